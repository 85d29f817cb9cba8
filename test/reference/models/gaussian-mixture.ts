import { sum } from "./log-space.ts";
import { type Assigned, assign, climb, type EmOptions, type Fitted } from "./mixture.ts";

/** Mixture of Gaussians in d dimensions; covariances are whole matrices, those of "diagonal" with zeros beside. */
export interface GaussianMixture {
  readonly weights: readonly number[];
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}
export type CovarianceShape = "full" | "diagonal";
type Points = readonly (readonly number[])[];

export function gaussianLogDensity(x: readonly number[], mean: readonly number[], lower: number[][]): number {
  // x - mean = L z, by forward substitution.
  const z: number[] = [];
  let log = -0.5 * x.length * Math.log(2 * Math.PI);
  for (const [i, row] of lower.entries()) {
    let left = (x[i] as number) - (mean[i] as number);
    for (let j = 0; j < i; j++) left -= (row[j] as number) * (z[j] as number);
    z.push(left / (row[i] as number));
    log -= Math.log(row[i] as number) + 0.5 * (z[i] as number) ** 2;
  }
  return log;
}

/** The lower triangle L with L Lᵀ = matrix; NaN where the matrix is not positive definite. */
export function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower = matrix.map((row) => row.map(() => 0));
  for (const [i, row] of lower.entries()) {
    for (let j = 0; j <= i; j++) {
      const other = lower[j] as number[];
      let left = (matrix[i] as readonly number[])[j] as number;
      for (let k = 0; k < j; k++) left -= (row[k] as number) * (other[k] as number);
      row[j] = i === j ? Math.sqrt(left) : left / (other[j] as number);
    }
  }
  return lower;
}

export function assignGaussian({ weights, means, covariances }: GaussianMixture, points: Points): Assigned {
  const lower = covariances.map(cholesky);
  return assign(
    points.map((x) =>
      weights.map(
        (weight, k) => Math.log(weight) + gaussianLogDensity(x, means[k] as number[], lower[k] as number[][]),
      ),
    ),
  );
}

export function gaussianOf(responsibilities: readonly number[][], points: Points, shape: CovarianceShape) {
  const components = (responsibilities[0] as number[]).map((_, k) => {
    const of = responsibilities.map((row) => row[k] as number);
    const total = sum(of);
    const average = (value: (x: readonly number[]) => number): number =>
      sum(points.map((x, n) => (of[n] as number) * value(x))) / total;
    const mean = (points[0] as readonly number[]).map((_, i) => average((x) => x[i] as number));
    const covariance = mean.map((a, i) =>
      mean.map((b, j) =>
        shape === "diagonal" && i !== j ? 0 : average((x) => ((x[i] as number) - a) * ((x[j] as number) - b)),
      ),
    );
    return { weight: total / points.length, mean, covariance };
  });
  return {
    weights: components.map(({ weight }) => weight),
    means: components.map(({ mean }) => mean),
    covariances: components.map(({ covariance }) => covariance),
  } satisfies GaussianMixture;
}

/** EM for the weights, means and covariances (Bishop 2006, equations 9.23 to 9.27). */
export const fitGaussianMixture = (
  start: GaussianMixture,
  points: Points,
  shape: CovarianceShape,
  options: EmOptions = {},
): Fitted<GaussianMixture> =>
  climb(
    start,
    (model: GaussianMixture) => assignGaussian(model, points),
    ({ responsibilities }) => gaussianOf(responsibilities, points, shape),
    options,
  );
