import { ArgumentError, checkOptions, checkPositive, describe } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { logSumExp, sigmoid, softplus, type Tensor, tensor } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import { straight } from "./straight-through.ts";
import { LEAST_TAU, placesOf, soft, through } from "./through.ts";

/**
 * f'(D) d softmax((logits + m) / tau) with m that makes D the argmax, a constant: the drawn category is lifted to the largest logit, the
 * others are pushed down to `gap` below it or further. ST-Gumbel-Softmax without noise beyond the draw. One evaluation, at the draw;
 * biased. A binary variable is the first of two categories, the other's logit being 0.
 *
 * Fan, Chi, Rudnicky, Ramadge 2022, "Training discrete deep generative models via gapped straight-through estimator", section 3.
 * @param options `tau`: above 0, 1 by default; `gap`: 0 or more, 1 by default, or "adaptive", -log(1 - p(D)) / p(D), the mean of
 *   the distance of logits + gumbel of the drawn category to the next, given the draw
 */
export function gappedStraightThrough(
  options: { readonly tau?: number; readonly gap?: number | "adaptive" } = {},
): Estimator {
  const { tau = 1, gap = 1 } = checkOptions(options, ["tau", "gap"]);
  checkPositive("tau", tau);
  if (gap !== "adaptive" && !(typeof gap === "number" && gap >= 0 && gap < Infinity))
    throw new ArgumentError("gap", 'a finite number of 0 or more, or "adaptive"', describe(gap));
  return straight("gapped straight-through", (_, factor, draws) => {
    const moved = factor.kind === "one-hot" ? movedRows : movedOdds;
    const x = moved(expand(factor.logits, draws.shape), draws, gap);
    const y = soft(factor, x, tau);
    return through(factor, draws, (_core, add) => add(y.at, 1 / Math.max(tau, LEAST_TAU)));
  });
}

/** logits + m of rows of categories. */
function movedRows(logits: Tensor, draws: Tensor, gap: number | "adaptive"): Tensor {
  const cols = logits.shape.at(-1) as number;
  const x = logits.toArray();
  const drawn = placesOf(draws);
  const gaps = gap === "adaptive" ? gapsOf(oddsOf(x, drawn, logits.shape)) : undefined;
  const moved = Float32Array.from(x);
  for (const [row, place] of drawn.entries()) {
    let top = -Infinity;
    for (let i = row * cols; i < (row + 1) * cols; i++) top = Math.max(top, x[i] as number);
    const below = top - (gaps?.[row] ?? (gap as number));
    for (let i = row * cols; i < (row + 1) * cols; i++) moved[i] = i === place ? top : Math.min(x[i] as number, below);
  }
  return tensor(moved, logits.shape);
}

/** The same for log-odds, the difference of two logits. */
function movedOdds(logits: Tensor, draws: Tensor, gap: number | "adaptive"): Tensor {
  const signs = draws.toArray().map((one) => 2 * one - 1);
  const drawn = logits.toArray().map((x, i) => x * (signs[i] as number));
  const gaps = gap === "adaptive" ? gapsOf(drawn) : undefined;
  const moved = drawn.map((x, i) => (signs[i] as number) * Math.max(x, gaps?.[i] ?? (gap as number)));
  return tensor(moved, logits.shape);
}

/** Log-odds of the drawn category against all others. */
function oddsOf(x: Float32Array, drawn: readonly number[], shape: readonly number[]): Float32Array {
  const others = Float32Array.from(x);
  for (const place of drawn) others[place] = -Infinity;
  const rest = logSumExp(tensor(others, shape)).toArray();
  return rest.map((each, row) => (x[drawn[row] as number] as number) - each);
}

/** -log(1 - p) / p = softplus(x) / sigmoid(x) of p = sigmoid(x): 1 where p is too small for a quotient, or is all there is (NaN). */
function gapsOf(x: Float32Array): Float32Array {
  const odds = tensor(x.map((each) => (each > LEAST_ODDS ? each : LEAST_ODDS)));
  const [over, under] = [softplus(odds).toArray(), sigmoid(odds).toArray()];
  return over.map((each, i) => each / (under[i] as number));
}

const LEAST_ODDS = -80;
