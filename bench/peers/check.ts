import { distance, moments } from "./moments.ts";
import type { Kind, Work } from "./work.ts";

/** Says what is wrong with a result, given ours of the same work; undefined if nothing is. */
type Check = (result: Float32Array, ours: Float32Array, work: Work) => string | undefined;

const SOFTMAX_TOLERANCE = 1e-5;
const SUM_TOLERANCE = 1e-4;
const GRADIENT_SUM_TOLERANCE = 1e-6;
/** Of the largest number, for a product of float32 matrices. */
const PRODUCT_TOLERANCE = 1e-3;
/** Samples differ from run to run; a wrong law or temperature differs by more standard deviations than this. */
const DEVIATIONS = 6;
/** Of a bound on noisy codes, relative. */
const TRAINING_TOLERANCE = 0.03;
/** Of mean and variance of a million numbers, 8 standard deviations and more. */
const MOMENT_TOLERANCE = 0.02;

const EULER_MASCHERONI = 0.5772156649;

const checks: Readonly<Record<Kind, Check>> = {
  gumbelSoftmax: (y, ours, work) => onSimplex(y, work) ?? sameLaw(y, ours, work),
  overhead: (y, _, work) => onSimplex(y, work),
  gumbelSoftmaxWithGradient: (dx, ours, work) => {
    const sum = worst(rowSums(dx, work.cols), 0);
    if (!(sum <= GRADIENT_SUM_TOLERANCE)) return `a row of the gradient sums to ${sum}, not to 0`;
    return sameLaw(dx, ours, work);
  },
  gumbel: (noise) => hasMoments(noise, EULER_MASCHERONI, Math.PI ** 2 / 6),
  normal: (noise) => hasMoments(noise, 0, 1),
  softmax: (y, ours) => near(y, ours, SOFTMAX_TOLERANCE),
  categorical: ([index], _, { cols }) =>
    Number.isInteger(index) && index >= 0 && index < cols ? undefined : `${index} is no category of ${cols}`,
  matmul: (c, ours) => near(c, ours, PRODUCT_TOLERANCE * ours.reduce((most, x) => Math.max(most, Math.abs(x)), 0)),
  training: ([before, after], [ourBefore, ourAfter]) => {
    const off = (theirs: number, wanted: number) => !(Math.abs(theirs / wanted - 1) <= TRAINING_TOLERANCE);
    if (off(before, ourBefore)) return `distortion ${before} before training, ours ${ourBefore}`;
    if (off(after, ourAfter)) return `distortion ${after} after training, ours ${ourAfter}`;
    return after < before ? undefined : `nothing is learned: ${before}, then ${after}`;
  },
};

/** @returns what is wrong, for a reader; undefined if the contestant may be timed */
export function findFault(result: Float32Array, ours: Float32Array, work: Work): string | undefined {
  if (result.length !== ours.length) return `${result.length} numbers, not ${ours.length}`;
  if (!result.every(Number.isFinite)) return "not all numbers are finite";
  return checks[work.kind](result, ours, work);
}

function onSimplex(y: Float32Array, { cols }: Work): string | undefined {
  if (y.some((p) => p < 0)) return "a negative probability";
  const off = worst(rowSums(y, cols), 1);
  return off <= SUM_TOLERANCE ? undefined : `a row sums to 1 only within ${off}`;
}

/** Compares how concentrated rows are, by their sums of squares: that is where a temperature shows. */
function sameLaw(y: Float32Array, ours: Float32Array, { cols }: Work): string | undefined {
  const concentration = (x: Float32Array) =>
    moments(
      rowSums(
        x.map((each) => each * each),
        cols,
      ),
    );
  const off = distance(concentration(y), concentration(ours));
  return off <= DEVIATIONS ? undefined : `the mean square of a row is ${off.toFixed(1)} standard deviations from ours`;
}

function hasMoments(noise: Float32Array, mean: number, variance: number): string | undefined {
  const found = moments(noise);
  const near =
    Math.abs(found.mean - mean) <= MOMENT_TOLERANCE && Math.abs(found.variance - variance) <= MOMENT_TOLERANCE;
  return near ? undefined : `mean ${found.mean} and variance ${found.variance}, not ${mean} and ${variance}`;
}

function near(x: Float32Array, ours: Float32Array, tolerance: number): string | undefined {
  const off = worst(x, ours);
  return off <= tolerance ? undefined : `differs from ours by ${off}`;
}

/** The greatest difference. */
function worst(x: ArrayLike<number>, expected: ArrayLike<number> | number): number {
  let most = 0;
  for (let i = 0; i < x.length; i++)
    most = Math.max(most, Math.abs(x[i] - (typeof expected === "number" ? expected : expected[i])));
  return most;
}

function rowSums(x: Float32Array, cols: number): Float64Array {
  const sums = new Float64Array(x.length / cols);
  for (let i = 0; i < x.length; i++) sums[Math.floor(i / cols)] += x[i];
  return sums;
}
