import { exp, expm1, log, log1p } from "./double.ts";

/** The law of excesses over a high threshold: P(X > x) = (1 + k x / scale)^(-1/k), exp(-x / scale) for k = 0. */
export interface GeneralizedPareto {
  readonly k: number;
  readonly scale: number;
}

/**
 * The posterior mean of θ = -k / scale under the profile likelihood and a weak prior, on a grid, and the k that belongs to it.
 *
 * Zhang, Stephens 2009, "A new and efficient estimation method for the generalized Pareto distribution", section 3 (their k is -k here);
 * k is then drawn towards 1/2 with the weight of ten excesses: Vehtari, Simpson, Gelman, Yao, Gabry 2024, appendix G.
 * @param excesses ascending, above 0, not all the same
 */
export function fitGeneralizedPareto(excesses: Float64Array): GeneralizedPareto {
  const n = excesses.length;
  const largest = excesses[n - 1] as number;
  const quartile = excesses[Math.floor(n / 4 + 0.5) - 1] as number;
  const points = 30 + Math.floor(Math.sqrt(n));
  const thetas = Float64Array.from(
    { length: points },
    (_, j) => 1 / largest + (1 - Math.sqrt(points / (j + 0.5))) / (3 * quartile),
  );
  const logLikelihoods = thetas.map((theta) => {
    const k = shapeOf(excesses, theta);
    // θ and k have opposite signs; at θ = 0 the law is exponential, and -θ / k is one over the mean.
    const slope = k === 0 ? n / excesses.reduce((sum, x) => sum + x, 0) : -theta / k;
    return n * (log(slope) - k - 1);
  });
  const best = logLikelihoods.reduce((most, each) => Math.max(most, each), -Infinity);
  let [total, weighted] = [0, 0];
  for (const [j, each] of logLikelihoods.entries()) {
    const weight = exp(each - best);
    total += weight;
    weighted += weight * (thetas[j] as number);
  }
  const theta = weighted / total;
  const k = shapeOf(excesses, theta);
  return { k: (k * n + 5) / (n + 10), scale: -k / theta };
}

function shapeOf(excesses: Float64Array, theta: number): number {
  let sum = 0;
  for (const x of excesses) sum += log1p(-theta * x);
  return sum / excesses.length;
}

/** The p-quantile, 0 < p < 1. */
export function quantileOf({ k, scale }: GeneralizedPareto, p: number): number {
  const exponential = -log1p(-p);
  return k === 0 ? scale * exponential : (scale * expm1(k * exponential)) / k;
}
