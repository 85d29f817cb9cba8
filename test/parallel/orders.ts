import { type Data, decode, encode } from "../../bindings/inference/shards/wire.ts";
import type { Executor, Outcome } from "../../bindings/parallel/index.ts";

/** Hands out the shards of another executor in another order, and each of them `times` times. */
export const shuffled = (inner: Executor, times = 1): Executor => ({
  size: 3,
  async *map(task, signal) {
    const outcomes: Outcome[] = [];
    for await (const outcome of inner.map(task, signal)) outcomes.push(...Array(times).fill(outcome));
    // 7 has no factor in common with their number, or the order is as it was.
    const step = outcomes.length % 7 === 0 ? 1 : 7;
    for (let i = 0; i < outcomes.length; i++) yield outcomes[(i * step + 3) % outcomes.length] as Outcome;
  },
  dispose: () => inner.dispose(),
});

/** Changes what partial results are, the first `most` times; what a change gives back is no partial result, or still one. */
export const changed = (
  inner: Executor,
  change: (value: Record<string, Data>) => Data,
  most = Number.POSITIVE_INFINITY,
): Executor => {
  let times = 0;
  return {
    size: 2,
    async *map(task, signal) {
      for await (const outcome of inner.map(task, signal)) {
        if (!("partial" in outcome) || times++ >= most) yield outcome;
        else {
          const { value, ...rest } = decode(outcome.partial) as { value: Record<string, Data> };
          // Errors have no value, and stay as they are.
          yield value === undefined
            ? outcome
            : { ...outcome, partial: encode({ ...rest, value: change({ ...value }) } as Data) };
        }
      }
    },
    dispose: () => inner.dispose(),
  };
};

/** Counts the shards that are asked for. */
export const counted = (inner: Executor, size = 1): Executor & { readonly maps: number[] } => {
  const maps: number[] = [];
  return {
    size,
    maps,
    map(task, signal) {
      maps.push(task.shards.length);
      return inner.map(task, signal);
    },
    dispose: () => inner.dispose(),
  };
};
