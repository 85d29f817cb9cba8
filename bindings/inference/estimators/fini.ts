import { ArgumentError, checkOptions, describe } from "../../core/index.ts";
import { Binomial } from "../../distributions/index.ts";
import { expand } from "../../graph/extend.ts";
import { mul, tensor } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import { countOf, curvatureOf, onlyMeans } from "./count.ts";
import { straight } from "./straight-through.ts";
import { replaced } from "./through.ts";

/**
 * f'(Z) w(Z) for counts: to the mean mu goes the derivative of the cost at the draw, times the polynomial of degree D - 1 that makes it
 * exact for costs that are polynomials of degree D in each count, and biased for others (for Z³, Poisson and D = 2, by 1/2). With
 * V = mu + a mu², the variance:
 *
 * - D = 2: w = (mu + (1 + 2 a mu) Z) / (2 V)
 * - D = 3: the same less [Z (Z - 1) / (1 + a) - 2 mu Z + mu²] / (12 V²)
 *
 * which solve E [w x^j] = E [x^(j + 2)] / ((j + 1) V), x = Z - mu, j < D, from d E f / d mu = E [x f] / V. One evaluation. Where mu is
 * 0 only half of the gradient is left: that of Z = 0, the rest being at Z = 1, with probability mu and a weight as large as 1 / mu; w
 * of D = 3 may be large and negative there. No gradient goes to a `totalCount`, which may want none.
 *
 * He, Wu 2026 (Fini).
 * @param options `degree`: 2 (by default) or 3
 * @throws ArgumentError (degree; when used, a Binomial of one trial for degree 3, where there is no such polynomial)
 */
export function fini(options: { readonly degree?: 2 | 3 } = {}): Estimator {
  const { degree = 2 } = checkOptions(options, ["degree"]);
  if (degree !== 2 && degree !== 3) throw new ArgumentError("degree", "2 or 3", describe(degree));
  return {
    ...straight(`Fini-${degree}`, (_, factor, draws) => {
      const by = mul(
        tensor(weightsOf(factor, draws.toArray(), degree), draws.shape),
        expand(countOf(factor).mean(), draws.shape),
      );
      return replaced(draws, by);
    }),
    refuses: (factor) => onlyMeans(factor) ?? (degree === 3 ? onlySeveralTrials(factor) : undefined),
  };
}

const onlySeveralTrials = ({ law }: Factor): string | undefined =>
  law instanceof Binomial && law.totalCount.toArray().includes(1) ? "two trials or more" : undefined;

function weightsOf(factor: Factor, draws: Float32Array, degree: 2 | 3): Float32Array {
  const law = countOf(factor);
  const mean = law.mean().toArray();
  const a = curvatureOf(factor);
  // Near n, n - mu and n - Z are the counts without cancellation: V = mu (n - mu) / n.
  const failures =
    law instanceof Binomial
      ? law
          .variance()
          .toArray()
          .map((variance, i) => variance / -((a[i] as number) * (mean[i] as number)))
      : undefined;
  return draws.map((z, i) => {
    const element = i % factor.size;
    const [mu, own] = [mean[element] as number, a[element] as number];
    if (own === -Infinity) return 0;
    if (failures && -own * mu > 0.5)
      return weight(Math.floor(0.5 - 1 / own) - z, failures[element] as number, own, degree);
    return weight(z, mu, own, degree);
  });
}

function weight(z: number, mu: number, a: number, degree: 2 | 3): number {
  // mu / V and z / V, which have limits where mu is 0.
  const c = 1 / (1 + a * mu);
  const variance = mu / c;
  const share = z === 0 ? 0 : z / variance;
  const second = (c + (1 + 2 * a * mu) * share) / 2;
  if (degree === 2) return second;
  const pairs = z === 0 ? 0 : (share * ((z - 1) / variance)) / (1 + a);
  return second - (pairs - 2 * c * share + c * c) / 12;
}
