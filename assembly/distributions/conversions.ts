import { gradient1, map1, partials } from "../elementwise";
import { logit } from "../special/logistic";

/** Between probabilities and log-odds or log-probabilities. */

/** d/dp logit(p) = 1 / (p (1 - p)) */
function logitGradient(p: f64): void {
  partials(1 / (p * (1 - p)));
}

/** Of values: infinite beyond 0 and 1, where a cdf is at its ends. */
function logitWithin(x: f64): f64 {
  return logit(Math.max(0, Math.min(x, 1)));
}

function logitWithinGradient(x: f64): void {
  if (x > 0 && x < 1) logitGradient(x);
  else partials(0);
}

export function logitWithinForward(y: usize, x: usize, n: usize): void {
  map1(y, x, n, logitWithin);
}

export function logitWithinBackward(dx: usize, dy: usize, x: usize, n: usize): void {
  gradient1(dx, dy, x, n, logitWithinGradient);
}

function log(p: f64): f64 {
  return Math.log(p);
}

function logGradient(p: f64): void {
  partials(1 / p);
}

export function logitOfForward(y: usize, probs: usize, n: usize): void {
  map1(y, probs, n, logit);
}

export function logitOfBackward(dprobs: usize, dy: usize, probs: usize, n: usize): void {
  gradient1(dprobs, dy, probs, n, logitGradient);
}

/** -Infinity at 0, where a probability that takes no part gets no gradient. */
export function logOfForward(y: usize, probs: usize, n: usize): void {
  map1(y, probs, n, log);
}

export function logOfBackward(dprobs: usize, dy: usize, probs: usize, n: usize): void {
  gradient1(dprobs, dy, probs, n, logGradient);
}
