import { gammaQ } from "../../reference/statistics.ts";
import { FOUR_ERRORS, type Outcome } from "../outcome.ts";

/** P(|Z| > |z|): erfc(z / sqrt 2) = Q(1/2, z^2 / 2), DLMF 7.11.2. */
export const normalPValue = (z: number): number => gammaQ(0.5, (z * z) / 2);

/** Sums of powers of x - center, in float64, of more numbers than fit an array. */
export class Powers {
  readonly #center: number;
  n = 0;
  first = 0;
  second = 0;
  fourth = 0;

  constructor(center: number) {
    this.#center = center;
  }

  add(values: Float32Array | Float64Array): void {
    let [first, second, fourth] = [0, 0, 0];
    for (const value of values) {
      const d = value - this.#center;
      const square = d * d;
      first += d;
      second += square;
      fourth += square * square;
    }
    this.n += values.length;
    this.first += first;
    this.second += second;
    this.fourth += fourth;
  }
}

/** The difference of a mean from what it should be, in standard errors: within 4. */
function errorsTest(name: string, draws: number, difference: number, variance: number): Outcome {
  const value = difference / Math.sqrt(variance / draws);
  return { name, draws, statistic: "standard errors", value, threshold: FOUR_ERRORS, p: normalPValue(value) };
}

/**
 * Mean and variance. `powers` are about the true mean; the mean of n numbers has the standard error sqrt(variance / n), their mean
 * squared distance from the true mean sqrt((mu4 - variance^2) / n).
 */
export function momentTests(
  name: string,
  powers: Powers,
  {
    variance,
    fourthCentralMoment = powers.fourth / powers.n,
  }: { variance: number; fourthCentralMoment?: number | undefined },
): Outcome[] {
  const { n, first, second } = powers;
  if (!Number.isFinite(variance)) return [];
  const spread = fourthCentralMoment - variance * variance;
  return [
    errorsTest(`${name}: mean`, n, first / n, variance),
    ...(Number.isFinite(fourthCentralMoment) && spread > 1e-9 * variance * variance
      ? [errorsTest(`${name}: variance`, n, second / n - variance, spread)]
      : []),
  ];
}
