import { deviance } from "./deviance";
import { logMinusDigamma, stirling } from "./gamma";

/**
 * What remains of lgamma(b) - lgamma(a) - psi(a) (b - a) >= 0, the divergence of which those of the gamma, beta and
 * Dirichlet families are made, beside b deviance(a / b): terms as small as 1 / a, where lgamma is as large as a log a.
 * It is
 *   deviance(b / a) / 2 + (log a - psi(a) - 1 / 2a) (b - a) + stirling(b) - stirling(a)
 * by Stirling's formula for the two lgamma.
 */
export function gammaDivergenceRest(a: f64, b: f64): f64 {
  const gap = b - a;
  return 0.5 * deviance(b / a, gap / a) + (logMinusDigamma(a) - 0.5 / a) * gap + (stirling(b) - stirling(a));
}
