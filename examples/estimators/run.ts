import { foldIn, type Key, key, named } from "reparam";
import { adam, backward, parameter, step, sum } from "reparam/graph";
import { diagnose, type Estimator, estimate, type Report } from "reparam/inference";
import { turn } from "../mnist-vae/turn.ts";
import { short } from "./blocks.ts";
import { restingPoint } from "./exact/fixed-points.ts";
import { softmax } from "./exact/model.ts";
import { type Entry, madeOf, menuOf } from "./menu.ts";
import { optimize, RATE } from "./optimize.ts";
import type { StandardProblem } from "./problems/problem.ts";
import type { Comparison, ProblemResults, Run } from "./results.ts";

export interface Settings {
  readonly seed: number;
  /** Less of everything, to see that it runs. */
  readonly quick: boolean;
}

/** Runs side by side. */
const RUNS = 32;
/** Of each estimator, for bias and variance. */
const GRADIENTS = 50_000;
/** Of points that are kept of a trace. */
const KEPT = 50;
/** Most categories of which the means of relaxed estimators are integrated. */
const INTEGRABLE = 3;

export interface Work {
  readonly signal: AbortSignal;
  /** Called before each piece of work with what it is about. */
  readonly doing: (what: string) => void;
}

export const piecesOf = (problem: StandardProblem): number => menuOf(problem).length * (1 + problem.compared.length);

export async function runProblem(
  problem: StandardProblem,
  { seed, quick }: Settings,
  { signal, doing }: Work,
): Promise<ProblemResults> {
  const { id, title, measure } = problem;
  const [runs, steps] = quick ? [4, problem.steps / 10] : [RUNS, problem.steps];
  const traces: Run[] = [];
  for (const entry of menuOf(problem)) {
    doing(`${id}: ${entry.name}`);
    await turn(signal);
    const trace = optimize(problem, entry, foldIn(key(seed), 0), runs, steps);
    const end = mean(trace.ends);
    const reached = trace.reached.filter((each) => each !== undefined);
    traces.push({
      estimator: entry.name,
      unbiased: trace.unbiased,
      samples: entry.samples ?? 1,
      drawn: entry.drawn === true,
      points: thinned(trace.points),
      end,
      error: Math.sqrt(mean(trace.ends.map((each) => (each - end) ** 2)) / (runs - 1)),
      reached: reached.length,
      by: reached.length === 0 ? undefined : Math.max(...reached),
      rest: restOf(problem, entry, trace.unbiased),
    });
  }
  const comparisons: Comparison[] = [];
  for (const [i, { at, logits }] of problem.compared.entries()) {
    const report = await compare(problem, logits, foldIn(key(seed), 1 + i), quick ? 2000 : GRADIENTS, {
      signal,
      doing,
    });
    comparisons.push({ at, report });
  }
  const goal = `${measure.name} ${measure.best < measure.goal ? "<" : ">"} ${short(measure.goal)}`;
  return { id, title, measure: measure.name, goal, runs, steps, traces, comparisons };
}

/** Steps in which an estimator with parameters of its own trains these, at the logits where it is then measured. */
const TRAINING = 500;

function prepared(problem: StandardProblem, entry: Entry, logits: readonly number[], key: Key): Estimator {
  const { estimator, parameters } = madeOf(entry, problem);
  if (!parameters) return estimator;
  using optimizer = adam(parameters, { rate: RATE });
  const all = Float32Array.from({ length: RUNS * logits.length }, (_, i) => logits[i % logits.length] as number);
  using fixed = parameter([RUNS, logits.length], all);
  for (let t = 0; t < TRAINING; t++) {
    const run = { key: foldIn(named(key, "training"), t), estimator, samples: entry.samples ?? 1 };
    step(() => backward(sum(estimate(problem.law(fixed), problem.cost(fixed), run))));
    optimizer.step();
  }
  return estimator;
}

/** All estimators at the same logits. */
async function compare(
  problem: StandardProblem,
  logits: readonly number[],
  key: Key,
  samples: number,
  { signal, doing }: Work,
): Promise<Report> {
  const measured: Record<string, { estimator: Estimator; samples: number }> = {};
  for (const entry of menuOf(problem))
    measured[entry.name] = { estimator: prepared(problem, entry, logits, key), samples: entry.samples ?? 1 };
  let current = "truth";
  return diagnose(
    { parameters: { logits }, loss: ({ logits }, run) => estimate(problem.law(logits), problem.cost(logits), run) },
    measured,
    {
      key,
      samples,
      signal,
      onProgress({ estimator }) {
        if (estimator !== current && estimator !== "truth") doing(`${problem.id}: gradients, ${estimator}`);
        current = estimator;
      },
    },
  );
}

/** Of a biased estimator whose mean is known, where that leads; of an unbiased one, the best there is. */
export function restOf(problem: StandardProblem, { mean, integrated }: Entry, unbiased: boolean): number | undefined {
  const { model, start, measure, kind } = problem;
  if (unbiased) return measure.best;
  if (mean === undefined || (integrated && model.categories > INTEGRABLE)) return undefined;
  const logits = restingPoint(model, mean, kind === "binary" ? [...start, 0] : start);
  // Still under way, slower than can be waited for.
  if (Math.max(...mean(model, logits).map(Math.abs)) > 1e-5) return undefined;
  const gone = Math.max(...softmax(logits)) > 1 - 1e-5;
  // What leaves for a corner has that for its limit.
  return measure.of(gone ? logits.map((each) => 1000 * each) : logits);
}

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

function thinned(points: Run["points"]): Run["points"] {
  const stride = Math.max(1, Math.floor(points.length / KEPT));
  return points
    .filter((_, i) => i % stride === 0 || i === points.length - 1)
    .map(([step, value]) => [step, Number(value.toPrecision(5))] as const);
}
