import { key } from "reparam";
import { expectation } from "reparam/inference";
import { type Executor, inline } from "reparam/parallel";
import { dice } from "./work.mjs";

/** Shards of a run. */
export const SHARDS = 12;

/** A mean and gradients of it: the same bits from any executor. */
export async function mean(
  executor: Executor,
  options: { readonly signal?: AbortSignal; readonly part?: "poison"; readonly samples?: number } = {},
) {
  const work = dice({ shift: 0.25 });
  const samples = 12_000;
  const found = await expectation(work[options.part ?? "cost"], work.distribution, {
    key: key(5),
    samples: options.samples ?? samples,
    shard: samples / SHARDS,
    estimator: work.estimator,
    executor,
    ...(options.signal && { signal: options.signal }),
  });
  return { found, gradients: Object.values(work.parameters).map((each) => [...each.grad()]) };
}

/** What every executor has to come to. */
export const alone = () => mean(inline());
