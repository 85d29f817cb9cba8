import { at, clear, increase, send, set, setSingle, single } from "../doubles";

/**
 * The probability that k draws without replacement give a set S, in any order (Plackett-Luce). value: f32[rows][n], 1
 * for the members; logits: f32[rows][n], finite or -Infinity (never drawn).
 *
 * Of exponential arrivals of rates exp(φ), those of S come before the first of the others, which has the rate
 * W = Σ exp(φ_j) over j not in S (Kool, van Hoof, Welling 2020, arXiv:2002.06043, appendix). With y the log of W times
 * that arrival, and t_i = φ_i - log W + y,
 *
 *   P(S) = ∫ exp f(y) dy over the real line,  f(y) = y - exp(y) + Σ_i log(1 - exp(-exp(t_i))).
 *
 * f is concave with its peak between 0 and log(k + 1), and analytic; so the trapezoid rule converges geometrically. 30
 * to 100 nodes, of O(k) each. Max error: 1e-11 relative to P, from the rule, for every k.
 */

/** The largest f, and where. */
let peak: f64;
let place: f64;
/** Σ exp(f - peak) over the nodes. */
let total: f64;

/** log(1 - exp(-exp(t))) */
function logArrived(t: f64): f64 {
  if (t < -36) return t;
  const x = Math.exp(t);
  return x < 0.6931471805599453 ? Math.log(-Math.expm1(-x)) : Math.log1p(-Math.exp(-x));
}

/** Its derivative, exp(t) / (exp(exp(t)) - 1) */
function arrivedSlope(t: f64): f64 {
  if (t < -36) return 1;
  if (t > 7) return 0;
  const x = Math.exp(t);
  return x / Math.expm1(x);
}

function logIntegrand(d: usize, k: usize, y: f64): f64 {
  let sum = y - Math.exp(y);
  for (let i: usize = 0; i < k; i++) sum += logArrived(at(d, i) + y);
  return sum;
}

function findPeak(d: usize, k: usize): void {
  let low: f64 = 0;
  let high = Math.log(f64(k) + 1);
  for (let turn = 0; turn < 12; turn++) {
    place = 0.5 * (low + high);
    let slope = 1 - Math.exp(place);
    for (let i: usize = 0; i < k; i++) slope += arrivedSlope(at(d, i) + place);
    if (slope > 0) low = place;
    else high = place;
  }
  peak = logIntegrand(d, k, place);
}

@inline
function spacing(k: usize): f64 {
  return Math.min(0.25, 0.6 / Math.sqrt(f64(k) + 1));
}

/** Nodes in a direction from `y` until nothing is left; adds to `total` and, for gradients, to mean: f64[k]. */
function walk(d: usize, k: usize, y: f64, step: f64, mean: usize): void {
  for (;;) {
    const f = logIntegrand(d, k, y) - peak;
    if (!(f > -42)) return;
    const weight = Math.exp(f);
    total += weight;
    if (mean != 0) for (let i: usize = 0; i < k; i++) increase(mean, i, weight * arrivedSlope(at(d, i) + y));
    y += step;
  }
}

/** log P of the set whose t_i - y are in d: f64[k]. */
function integrate(d: usize, k: usize, mean: usize): f64 {
  findPeak(d, k);
  total = 0;
  const step = spacing(k);
  walk(d, k, place, step, mean);
  walk(d, k, place - step, -step, mean);
  return peak + Math.log(step * total);
}

/** log Σ exp(φ) of those outside of the set; d: f64[k] gets φ - that of the members. NaN if they are not k. */
function gather(d: usize, value: usize, logits: usize, n: usize, k: usize): f64 {
  let most: f64 = -Infinity;
  let members: usize = 0;
  for (let i: usize = 0; i < n; i++) {
    const x = single(value, i);
    if (x == 0) most = Math.max(most, single(logits, i));
    else if (x == 1 && members < k) set(d, members++, single(logits, i));
    else return NaN;
  }
  if (members < k) return NaN;
  let sum: f64 = 0;
  if (most > -Infinity)
    for (let i: usize = 0; i < n; i++) if (single(value, i) == 0) sum += Math.exp(single(logits, i) - most);
  const rest = most > -Infinity ? most + Math.log(sum) : -Infinity;
  for (let i: usize = 0; i < k; i++) {
    if (at(d, i) == -Infinity) return NaN;
    set(d, i, at(d, i) - rest);
  }
  return rest;
}

/** y: f32[rows]; work: f64[k]. 0 if nothing else could have been drawn, -Infinity for what is no possible set. */
export function subsetLogProbForward(
  y: usize, value: usize, logits: usize, work: usize, rows: usize, n: usize, k: usize,
): void {
  for (; rows > 0; rows--, y += 4, value += n << 2, logits += n << 2) {
    const rest = gather(work, value, logits, n, k);
    setSingle(y, 0, isNaN(rest) ? -Infinity : rest == -Infinity ? 0 : integrate(work, k, 0));
  }
}

/**
 * d log P / dφ_i is the mean of the slope of log(1 - exp(-exp(t_i))) under exp(f) / P; the sum of all is 0, and what
 * the others get is in proportion to their rates. work: f64[2 k]
 */
export function subsetLogProbBackward(
  dlogits: usize, dy: usize, value: usize, logits: usize, work: usize, rows: usize, n: usize, k: usize,
): void {
  const mean = work + (k << 3);
  for (; rows > 0; rows--, dy += 4, value += n << 2, logits += n << 2, dlogits += n << 2) {
    const d = single(dy, 0);
    if (d == 0) continue;
    const rest = gather(work, value, logits, n, k);
    if (!(rest > -Infinity)) continue;
    clear(mean, k);
    integrate(work, k, mean);
    let sum: f64 = 0;
    for (let i: usize = 0; i < k; i++) sum += at(mean, i) / total;
    for (let i: usize = 0, member: usize = 0; i < n; i++) {
      if (single(value, i) == 1) send(dlogits, i, (d * at(mean, member++)) / total);
      else send(dlogits, i, -d * sum * Math.exp(single(logits, i) - rest));
    }
  }
}
