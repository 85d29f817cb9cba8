import { digamma, lgamma } from "../special/gamma";
import { isSimplex, TOLERANCE } from "../totals";

/**
 * The Concrete (Gumbel-Softmax) law over rows: y = z - logsumexp(z), z = (l + G) / t of logits l, temperature t and Gumbel
 * noise G; x = exp(y). Arrays of rows are f32[rows, cols], t: f32[rows]; all in f64, rounded once.
 * A logit of -Infinity is a category that is absent: y = -Infinity there, and the law is that of the others.
 * Source: Maddison, Mnih, Teh 2017, eq. 10 and app. C.3.3; Jang, Gu, Poole 2017.
 */

/** What a density is given, and a density of what: y for y, y for x, x for x. */
const enum Form {
  Log,
  SimplexAtLog,
  Simplex,
}

/** Below it a component of x counts as this: the smallest normal float32. */
const LEAST: f64 = 1.1754943508222875e-38;

@inline
function get(at: usize): f64 {
  return f64(f32.load(at));
}

@inline
function send(g: usize, x: f64): void {
  f32.store(g, f32(get(g) + x));
}

export function concreteDraw(
  y: usize, noise: usize, logits: usize, temperature: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (let row: usize = 0; row < rows; row++, y += bytes, noise += bytes, logits += bytes) {
    const t = get(temperature + (row << 2));
    let most: f64 = -Infinity;
    for (let k: usize = 0; k < bytes; k += 4) most = Math.max(most, get(logits + k) + get(noise + k));
    let sum: f64 = 0;
    for (let k: usize = 0; k < bytes; k += 4) sum += Math.exp((get(logits + k) + get(noise + k) - most) / t);
    const rest = Math.log(sum);
    for (let k: usize = 0; k < bytes; k += 4)
      f32.store(y + k, f32((get(logits + k) + get(noise + k) - most) / t - rest));
  }
}

/** With d the gradient of y: of z it is d_k - x_k sum(d); l gets that / t, t gets -sum(that times z) / t, z up to a shift. */
export function concreteDrawGradient(
  dlogits: usize, dtemperature: usize, dy: usize, y: usize, temperature: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (let row: usize = 0; row < rows; row++, y += bytes, dy += bytes) {
    const t = get(temperature + (row << 2));
    let total: f64 = 0;
    let sum: f64 = 0;
    for (let k: usize = 0; k < bytes; k += 4) {
      const at = get(y + k);
      if (at == -Infinity) continue;
      total += get(dy + k);
      sum += Math.exp(at);
    }
    let byTemperature: f64 = 0;
    for (let k: usize = 0; k < bytes; k += 4) {
      const at = get(y + k);
      if (at == -Infinity) continue;
      const dz = (get(dy + k) - (Math.exp(at) / sum) * total) / t;
      byTemperature -= dz * at;
      if (dlogits != 0) send(dlogits + row * bytes + k, dz);
    }
    if (dtemperature != 0) send(dtemperature + (row << 2), byTemperature);
  }
}

/** log of component k of the value */
@inline
function logAt(form: Form, value: usize): f64 {
  const v = get(value);
  return form == Form.Simplex ? Math.log(Math.max(v, LEAST)) : v;
}

/** Whether the component is given as absent. */
@inline
function isZero(form: Form, value: usize): bool {
  return get(value) == (form == Form.Simplex ? 0 : -Infinity);
}

/** Of the last row: n, the largest u, sum exp(u - that). */
let present: f64;
let most: f64;
let mass: f64;
let sumU: f64;
let sumY: f64;

/** Whether the row is one of log-probabilities. */
function isLogSimplex(y: usize, bytes: usize): bool {
  let sum: f64 = 0;
  for (let k: usize = 0; k < bytes; k += 4) {
    if (!(get(y + k) <= TOLERANCE)) return false;
    sum += Math.exp(get(y + k));
  }
  return Math.abs(Math.log(sum)) <= TOLERANCE;
}

/** False where the row is not in the support. u = l - t y */
function scan(form: Form, value: usize, logits: usize, t: f64, bytes: usize): bool {
  if (!(form == Form.Simplex ? isSimplex(value, bytes) : isLogSimplex(value, bytes))) return false;
  present = 0;
  most = -Infinity;
  sumU = 0;
  sumY = 0;
  for (let k: usize = 0; k < bytes; k += 4) {
    const l = get(logits + k);
    const zero = isZero(form, value + k);
    if (l == -Infinity) {
      if (!zero) return false;
      continue;
    }
    if (zero && form != Form.Simplex) return false;
    const y = logAt(form, value + k);
    const u = l - t * y;
    present++;
    sumY += y;
    sumU += u;
    most = Math.max(most, u);
  }
  mass = 0;
  for (let k: usize = 0; k < bytes; k += 4) {
    const l = get(logits + k);
    if (l > -Infinity) mass += Math.exp(l - t * logAt(form, value + k) - most);
  }
  return true;
}

/**
 * log p = log (n - 1)! + (n - 1) log t + sum u - n logsumexp(u), u = l - t y, n the categories that are present; of x it
 * is sum y less. The density of y is that over the differences y_k - y_n, of x over all but one of its components.
 */
export function concreteLogProb(
  out: usize, value: usize, logits: usize, temperature: usize, rows: usize, cols: usize, form: i32,
): void {
  const bytes = cols << 2;
  for (let row: usize = 0; row < rows; row++, value += bytes, logits += bytes, out += 4) {
    const t = get(temperature + (row << 2));
    let p: f64 = -Infinity;
    if (scan(form, value, logits, t, bytes)) {
      const n = present;
      p = lgamma(n) + (n - 1) * Math.log(t) + (sumU - n * most) - n * Math.log(mass);
      if (form != Form.Log) p -= sumY;
    }
    f32.store(out, f32(p));
  }
}

/** d/du_k = 1 - n softmax(u)_k, d/dl = d/du, d/dy = -t d/du (and -1 of x), d/dt = (n - 1) / t - sum y d/du */
export function concreteLogProbGradient(
  dvalue: usize, dlogits: usize, dtemperature: usize, d: usize, value: usize, logits: usize, temperature: usize,
  rows: usize, cols: usize, form: i32,
): void {
  const bytes = cols << 2;
  for (let row: usize = 0; row < rows; row++, value += bytes, logits += bytes) {
    const upstream = get(d + (row << 2));
    const t = get(temperature + (row << 2));
    if (upstream == 0 || !scan(form, value, logits, t, bytes)) continue;
    let byTemperature = (present - 1) / t;
    for (let k: usize = 0; k < bytes; k += 4) {
      const l = get(logits + k);
      if (l == -Infinity) continue;
      const y = logAt(form, value + k);
      const du = 1 - (present * Math.exp(l - t * y - most)) / mass;
      byTemperature -= y * du;
      if (dlogits != 0) send(dlogits + row * bytes + k, upstream * du);
      if (dvalue == 0) continue;
      const v = get(value + k);
      const dy = form == Form.Log ? -t * du : -t * du - 1;
      if (form != Form.Simplex) send(dvalue + row * bytes + k, upstream * dy);
      else if (v >= LEAST) send(dvalue + row * bytes + k, (upstream * dy) / v);
    }
    if (dtemperature != 0) send(dtemperature + (row << 2), upstream * byTemperature);
  }
}

/**
 * The entropy of y, over the differences y_k - y_n. On its samples u is -G up to a shift, so it does not depend on l:
 * -log (n - 1)! - (n - 1) log t + n (Euler's gamma + digamma(n)), from E G = gamma and exp(-G) standard exponential.
 */
export function concreteEntropy(out: usize, logits: usize, temperature: usize, rows: usize, cols: usize): void {
  const bytes = cols << 2;
  for (let row: usize = 0; row < rows; row++, logits += bytes) {
    const n = count(logits, bytes);
    const t = get(temperature + (row << 2));
    const noise = n * (0.5772156649015329 + digamma(n));
    f32.store(out + (row << 2), f32(noise - lgamma(n) - (n - 1) * Math.log(t)));
  }
}

export function concreteEntropyGradient(
  dtemperature: usize, d: usize, logits: usize, temperature: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (let row: usize = 0; row < rows; row++, logits += bytes)
    send(dtemperature + (row << 2), (get(d + (row << 2)) * (1 - count(logits, bytes))) / get(temperature + (row << 2)));
}

function count(logits: usize, bytes: usize): f64 {
  let n: f64 = 0;
  for (let k: usize = 0; k < bytes; k += 4) if (get(logits + k) > -Infinity) n++;
  return n;
}

/** Below it the rest of a sum of float32 probabilities is rounding. */
const ROUNDING: f64 = 4.76837158203125e-7; // 2^-21

/**
 * The log-probabilities of 0..n-1, logs: f32[n, rows], as rows with the probability of all further numbers added to the
 * last: y: f32[rows, n]. That is one minus the others, whose logarithms come rounded: known to about 1e-7.
 */
export function foldTail(y: usize, logs: usize, rows: usize, n: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    let rest: f64 = 1;
    let last: f64 = 0;
    for (let k: usize = 0; k < n; k++) {
      const log = get(logs + ((k * rows + row) << 2));
      last = Math.exp(log);
      rest -= last;
      f32.store(y + ((row * n + k) << 2), f32(log));
    }
    if (rest > ROUNDING) f32.store(y + ((row * n + n - 1) << 2), f32(Math.log(last + rest)));
  }
}

/** With the tail folded in the last is log(1 - sum of the others): d/d log p_k = -p_k / that. */
export function foldTailGradient(dlogs: usize, dy: usize, logs: usize, rows: usize, n: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    let others: f64 = 0;
    for (let k: usize = 0; k + 1 < n; k++) others += Math.exp(get(logs + ((k * rows + row) << 2)));
    const end = ((n - 1) * rows + row) << 2;
    const upstream = get(dy + ((row * n + n - 1) << 2));
    const folded = 1 - others - Math.exp(get(logs + end)) > ROUNDING;
    for (let k: usize = 0; k + 1 < n; k++) {
      const at = (k * rows + row) << 2;
      const direct = get(dy + ((row * n + k) << 2));
      send(dlogs + at, folded ? direct - (upstream * Math.exp(get(logs + at))) / (1 - others) : direct);
    }
    if (!folded) send(dlogs + end, upstream);
  }
}
