/** Whether an expectation over Web Workers has the bits that it has without. */
import { key } from "reparam";
import { expectation } from "reparam/inference";
import { type Executor, inline, type WebWorker, webWorkers } from "reparam/parallel";
import { bits } from "./web-work.ts";

/** entry/web-worker.ts with the package in it, filled in by project.ts. */
declare const WEB_WORKER: string;

/** Of runtimes that have it; the types of browsers would hide that some have not. */
const { Worker } = globalThis as { Worker?: new (url: string, options: { type: "module" }) => WebWorker };

/** @returns "none" where there are no Web Workers; else "same", or what differs */
export async function checkWebWorkers(): Promise<string> {
  const alone = await run(undefined);
  const copied = await run(inline());
  if (copied !== alone) return `inline: expected ${alone}, got ${copied}`;
  if (Worker === undefined) return "none";
  const url = URL.createObjectURL(new Blob([WEB_WORKER], { type: "text/javascript" }));
  const executor = webWorkers({ create: () => new Worker(url, { type: "module" }), workers: 2, startTimeout: 20_000 });
  try {
    const found = await run(executor);
    return found === alone ? "same" : `2 Web Workers: expected ${alone}, got ${found}`;
  } catch (error) {
    return `2 Web Workers: ${error}`;
  } finally {
    await executor.dispose();
    URL.revokeObjectURL(url);
  }
}

async function run(executor: Executor | undefined): Promise<string> {
  const { cost, distribution, estimator, logits } = bits();
  const options = { key: key(1), samples: 5000, estimator };
  const sharing = executor && { executor, shard: 700 };
  const { value, standardError } = await expectation(cost, distribution, { ...options, ...sharing });
  return [value, standardError, ...logits.grad()].join(" ");
}
