import { checkOptions, checkPositive } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { add, mul } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import { straight } from "./straight-through.ts";
import { soft, through } from "./through.ts";

/**
 * (2 J((softmax(logits / tau) + D) / 2) - J(p) / 2) f'(D), J(y) = diag(y) - y y' the Jacobian of softmax: Heun's method, of second order
 * where straight-through is of first. One evaluation, at the draw; exact for costs that are quadratic at tau = 1, where it is `zgr`
 * draw by draw (expand J((p + D) / 2), with D D' = diag(D)); biased for others. A binary variable is the first of two categories.
 *
 * Liu, Dong, Liu, Yu, Gao 2023, "Bridging discrete and backpropagation: straight-through and beyond", algorithm 2.
 * @param options `tau`: above 0, 1 by default; the paper has 1 and more, which lowers the variance
 */
export function reinMax(options: { readonly tau?: number } = {}): Estimator {
  const { tau = 1 } = checkOptions(options, ["tau"]);
  checkPositive("tau", tau);
  return straight("ReinMax", (_, factor, draws) => {
    const p = soft(factor, factor.logits, 1);
    const middle = mul(0.5, add(soft(factor, factor.logits, tau), draws));
    const start = expand(p, draws.shape);
    return through(factor, draws, (_core, send) => {
      send(middle.at, 2);
      send(start.at, -0.5);
    });
  });
}
