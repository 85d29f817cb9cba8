import { foldIn, type Key } from "reparam";
import { adam, backward, parameter, step, sum } from "reparam/graph";
import { estimate } from "reparam/inference";
import { type Entry, madeOf } from "./menu.ts";
import type { StandardProblem } from "./problems/problem.ts";

export const RATE = 0.01;
/** Steps between two looks at the measure. */
const STRIDE = 10;
/** What a run ends with is the mean over this last part of it. */
const END = 0.2;

export interface Trace {
  readonly unbiased: boolean;
  /** Steps taken, and the mean of the measure over the runs. */
  readonly points: readonly (readonly [step: number, mean: number])[];
  /** Of each run the mean of the measure over the last fifth of the steps. */
  readonly ends: readonly number[];
  /** Of each run the measure after the last step. */
  readonly last: readonly number[];
  /** Of each run the step at which the goal was first seen reached; undefined if it was not. */
  readonly reached: readonly (number | undefined)[];
}

/**
 * Adam of rate 0.01 from the problem's start, `runs` times side by side, each with noise of its own. What an estimator learns
 * (a baseline, a coefficient) it learns from all of them together.
 */
export function optimize(problem: StandardProblem, entry: Entry, key: Key, runs: number, steps: number): Trace {
  const { start, measure } = problem;
  const width = start.length;
  using logits = parameter(
    [runs, width],
    Float32Array.from({ length: runs * width }, (_, i) => start[i % width] as number),
  );
  using optimizer = adam({ logits }, { rate: RATE });
  const { estimator, parameters } = madeOf(entry, problem);
  using learning = parameters && adam(parameters, { rate: RATE });
  const points: [number, number][] = [];
  const sums = new Float64Array(runs);
  const reached: (number | undefined)[] = Array.from({ length: runs });
  let last: number[] = [];
  let counted = 0;
  const look = (taken: number): void => {
    const values = Array.from(logits.toArray());
    last = [];
    const late = taken > (1 - END) * steps;
    if (late) counted++;
    for (let r = 0; r < runs; r++) {
      const now = measure.of(values.slice(r * width, (r + 1) * width));
      last.push(now);
      if (late) (sums[r] as number) += now;
      if (measure.best < measure.goal ? now < measure.goal : now > measure.goal) reached[r] ??= taken;
    }
    points.push([taken, last.reduce((sum, each) => sum + each, 0) / runs]);
  };
  look(0);
  for (let t = 0; t < steps; t++) {
    const run = { key: foldIn(key, t), estimator, samples: entry.samples ?? 1 };
    step(() => backward(sum(estimate(problem.law(logits), problem.cost(logits), run))));
    optimizer.step();
    learning?.step();
    if ((t + 1) % STRIDE === 0 || t + 1 === steps) look(t + 1);
  }
  return { unbiased: estimator.unbiased, points, ends: Array.from(sums, (each) => each / counted), last, reached };
}
