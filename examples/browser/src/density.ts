import type { Triple } from "./statistics.ts";

/**
 * The binary logarithm of the density of the Concrete distribution, over that of the uniform one (which is 2 on the
 * triangle). Maddison, Mnih, Teh 2017, eq. 10, in log space: n = 3, alpha = exp(logits).
 *
 * @param logY logarithms of a point inside the simplex; at the border the density is 0 or infinite
 */
export function log2Density([a, b, c]: Triple, tau: number, logY: Triple): number {
  const [u, v, w] = [a - tau * logY[0], b - tau * logY[1], c - tau * logY[2]];
  const most = Math.max(u, v, w);
  const logSum = most + Math.log(Math.exp(u - most) + Math.exp(v - most) + Math.exp(w - most));
  const logTerms = u + v + w - (logY[0] + logY[1] + logY[2]) - 3 * logSum;
  return (2 * Math.log(tau) + logTerms) / Math.LN2;
}
