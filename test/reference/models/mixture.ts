import { logSumExp } from "./log-space.ts";

/** What every finite mixture has in common: points are independent, each of one hidden component. */
export interface Assigned {
  /** log p(points), summed over points. */
  readonly logLikelihood: number;
  /** p(component | point), [points][components]. */
  readonly responsibilities: number[][];
}

/** From the logs of p(component) p(point | component), [points][components]. */
export function assign(logJoint: readonly (readonly number[])[]): Assigned {
  let logLikelihood = 0;
  const responsibilities = logJoint.map((row) => {
    const log = logSumExp(row);
    logLikelihood += log;
    return row.map((joint) => Math.exp(joint - log));
  });
  return { logLikelihood, responsibilities };
}

export interface Climbed<Model> {
  readonly model: Model;
  /**
   * What is maximized, the log-likelihood plus the log prior (up to a constant), of the start and after each step: EM
   * never lowers it (Dempster, Laird & Rubin 1977, theorem 1).
   */
  readonly objectives: readonly number[];
}
export type Fitted<Model> = Assigned & Climbed<Model>;

export interface EmOptions {
  /** At most this many; 10 000 by default. */
  readonly steps?: number;
  /** Stops when a step gains less than this; 1e-12 by default. */
  readonly tolerance?: number;
}

/** EM from a start: `expect` is the E step, `maximize` the M step; no prior by default, which is maximum likelihood. */
export function climb<Model, Expected extends { readonly logLikelihood: number }>(
  start: Model,
  expect: (model: Model) => Expected,
  maximize: (expected: Expected) => Model,
  { steps = 10_000, tolerance = 1e-12 }: EmOptions = {},
  logPrior: (model: Model) => number = () => 0,
): Expected & Climbed<Model> {
  let model = start;
  let expected = expect(model);
  const objectives = [expected.logLikelihood + logPrior(model)];
  for (let step = 0; step < steps; step++) {
    model = maximize(expected);
    expected = expect(model);
    const objective = expected.logLikelihood + logPrior(model);
    if (!Number.isFinite(objective)) throw new RangeError(`step ${step} of EM has objective ${objective}`);
    const gain = objective - (objectives.at(-1) as number);
    objectives.push(objective);
    if (gain < tolerance) break;
  }
  return { ...expected, model, objectives };
}

/** One-hot responsibilities: an M step of them is the start that known labels give. */
export const responsibilitiesOf = (labels: readonly number[], components: number): number[][] =>
  labels.map((label) => Array.from({ length: components }, (_, k) => (k === label ? 1 : 0)));
