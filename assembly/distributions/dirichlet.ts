import { get, put, send } from "../elementwise";
import { Stream } from "../philox";
import { begin } from "../rejection";
import { elementOf } from "../sampling";
import { deviance } from "../special/deviance";
import { logMinusDigamma, digammaRatio, LN_SQRT_2PI, stirling, trigamma } from "../special/gamma";
import { gammaDivergenceRest } from "../special/gamma-divergence";
import { logGammaVariate } from "../special/gamma-variate";
import { betaLogitSampleGradient } from "../special/incomplete-beta";
import { insidePositive } from "../special/inside";

/**
 * Dirichlet(a) over the rows of [rows, cols], s = Σ a: density ∏ x_j^(a_j - 1) / B(a), B(a) = ∏ Γ(a_j) / Γ(s).
 * All in f64, one rounding at the end; gradients are added, and a row or element without one sends nothing.
 */

function total(a: usize, bytes: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) sum += get(a + i);
  return sum;
}

/** s - a_j, added up where the subtraction would lose its digits */
function others(a: usize, bytes: usize, j: usize, s: f64): f64 {
  const own = get(a + j);
  if (own <= 0.5 * s) return s - own;
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) if (i != j) sum += get(a + i);
  return sum;
}

/** Logarithms of the gamma variates of a row, f64 at `logs`; gives the place of the largest. */
function drawRow(logs: usize, a: usize, bytes: usize, k0: u32, k1: u32, element: u64): usize {
  let top: usize = 0;
  for (let i: usize = 0; i < bytes; i += 4, element++) {
    begin(k0, k1, element, Stream.GAMMAS);
    const log = logGammaVariate(get(a + i));
    f64.store(logs + (i << 1), log);
    if (log > f64.load(logs + (top << 1))) top = i;
  }
  return top;
}

/** log Σ exp of a row but for the element at `without` */
function logSum(logs: usize, bytes: usize, without: usize): f64 {
  let most = -Infinity;
  for (let i: usize = 0; i < bytes; i += 4) if (i != without) most = Math.max(most, f64.load(logs + (i << 1)));
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) if (i != without) sum += Math.exp(f64.load(logs + (i << 1)) - most);
  return most + Math.log(sum);
}

/** x = G / Σ G, from logarithms. logs: f64[cols] */
export function dirichletSample(
  y: usize, concentration: usize, logs: usize, rows: usize, cols: usize, k0: u32, k1: u32, low: u32, high: u32,
): void {
  const bytes = cols << 2;
  let element = elementOf(low, high);
  for (const end = y + rows * bytes; y < end; y += bytes, concentration += bytes, element += cols) {
    drawRow(logs, concentration, bytes, k0, k1, element);
    const log = logSum(logs, bytes, bytes);
    for (let i: usize = 0; i < bytes; i += 4) put(y + i, insidePositive(Math.exp(f64.load(logs + (i << 1)) - log)));
  }
}

/**
 * dx_j / da_i = x_i h_i (δ_ij - x_j), h_i = d logit x_i / da_i of the marginal Beta(a_i, s - a_i): a_i moves x_i, and the
 * others keep their proportions (Figurnov, Mohamed, Mnih 2018, section 3.2). The variates are drawn again.
 */
export function dirichletSampleBackward(
  dconcentration: usize, dy: usize, concentration: usize, logs: usize, rows: usize, cols: usize,
  k0: u32, k1: u32, low: u32, high: u32,
): void {
  const bytes = cols << 2;
  let element = elementOf(low, high);
  for (const end = dy + rows * bytes; dy < end; dy += bytes) {
    const top = drawRow(logs, concentration, bytes, k0, k1, element);
    const rest = logSum(logs, bytes, top); // of all but the largest: 1 - x_top has all its digits
    const log = logSum(logs, bytes, bytes);
    const s = total(concentration, bytes);
    const dtop = get(dy + top);
    let mean: f64 = 0; // Σ x_j (dy_j - dy_top): exact in the other x_j when x_top is next to 1
    for (let j: usize = 0; j < bytes; j += 4) mean += Math.exp(f64.load(logs + (j << 1)) - log) * (get(dy + j) - dtop);
    for (let i: usize = 0; i < bytes; i += 4) {
      const own = f64.load(logs + (i << 1));
      const upstream = Math.exp(own - log) * (get(dy + i) - dtop - mean);
      if (upstream == 0) continue;
      const logit = own - (i == top ? rest : log + Math.log1p(-Math.exp(own - log)));
      const h = betaLogitSampleGradient(logit, get(concentration + i), others(concentration, bytes, i, s));
      send(dconcentration, i, upstream * h);
    }
    if (dconcentration != 0) dconcentration += bytes;
    concentration += bytes;
    element += cols;
  }
}

/** log p(x) = Σ (a_j log (x_j s / a_j) + log(a_j / s) / 2 - log x_j - stirling(a_j)) + ..., the large terms gone */
export function dirichletLogProbForward(y: usize, x: usize, concentration: usize, rows: usize, cols: usize): void {
  const bytes = cols << 2;
  for (const end = y + (rows << 2); y < end; y += 4, x += bytes, concentration += bytes) {
    const s = total(concentration, bytes);
    let sum = stirling(s) + 0.5 * f64(cols - 1) * Math.log(s) - f64(cols - 1) * LN_SQRT_2PI;
    for (let i: usize = 0; i < bytes; i += 4) {
      const a = get(concentration + i);
      const v = get(x + i);
      const m = a / s;
      sum += v > 0 ? a * Math.log(v / m) + 0.5 * Math.log(m) - Math.log(v) - stirling(a) : -Infinity;
    }
    put(y, sum);
  }
}

/** d/dx_j = (a_j - 1) / x_j, d/da_j = log x_j + psi(s) - psi(a_j) */
export function dirichletLogProbBackward(
  dx: usize, dconcentration: usize, dy: usize, x: usize, concentration: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (const end = dy + (rows << 2); dy < end; dy += 4, x += bytes, concentration += bytes) {
    const d = get(dy);
    const s = d != 0 ? total(concentration, bytes) : 0;
    for (let i: usize = 0; d != 0 && i < bytes; i += 4) {
      const a = get(concentration + i);
      const v = get(x + i);
      if (!(v > 0)) continue;
      send(dx, i, (d * (a - 1)) / v);
      send(dconcentration, i, d * (Math.log(v) + digammaRatio(a, others(concentration, bytes, i, s))));
    }
    if (dx != 0) dx += bytes;
    if (dconcentration != 0) dconcentration += bytes;
  }
}

/** log B(a) + (s - cols) psi(s) - Σ (a_j - 1) psi(a_j), in which the large terms are gone */
export function dirichletEntropyForward(y: usize, concentration: usize, rows: usize, cols: usize): void {
  const bytes = cols << 2;
  for (const end = y + (rows << 2); y < end; y += 4, concentration += bytes) {
    const s = total(concentration, bytes);
    const gap = logMinusDigamma(s);
    let sum = f64(cols - 1) * (LN_SQRT_2PI - 0.5 * Math.log(s)) - stirling(s);
    for (let i: usize = 0; i < bytes; i += 4) {
      const a = get(concentration + i);
      sum += 0.5 * Math.log(a / s) + stirling(a) + (a - 1) * (logMinusDigamma(a) - gap);
    }
    put(y, sum);
  }
}

/** d/da_j = (s - cols) psi'(s) - (a_j - 1) psi'(a_j) */
export function dirichletEntropyBackward(
  dconcentration: usize, dy: usize, concentration: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (const end = dy + (rows << 2); dy < end; dy += 4, concentration += bytes, dconcentration += bytes) {
    const d = get(dy);
    if (d == 0) continue;
    const s = total(concentration, bytes);
    const shared = (s - f64(cols)) * trigamma(s);
    for (let i: usize = 0; i < bytes; i += 4) {
      const a = get(concentration + i);
      send(dconcentration, i, d * (shared - (a - 1) * trigamma(a)));
    }
  }
}

/** m (1 - m) / (s + 1), m = a_j / s */
export function dirichletVarianceForward(y: usize, concentration: usize, rows: usize, cols: usize): void {
  const bytes = cols << 2;
  for (const end = y + rows * bytes; y < end; y += bytes, concentration += bytes) {
    const s = total(concentration, bytes);
    for (let i: usize = 0; i < bytes; i += 4) {
      put(y + i, ((get(concentration + i) / s) * (others(concentration, bytes, i, s) / s)) / (s + 1));
    }
  }
}

/** dv_i / da_j = (1 - 2 m_i) (δ_ij - m_i) / (s (s + 1)) - v_i / (s + 1) */
export function dirichletVarianceBackward(
  dconcentration: usize, dy: usize, concentration: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (const end = dy + rows * bytes; dy < end; dy += bytes, concentration += bytes, dconcentration += bytes) {
    const s = total(concentration, bytes);
    const scale = 1 / (s * (s + 1));
    let shared: f64 = 0;
    for (let i: usize = 0; i < bytes; i += 4) {
      const m = get(concentration + i) / s;
      shared += get(dy + i) * m * ((1 - 2 * m) * scale + (1 - m) / (s + 1) / (s + 1));
    }
    for (let i: usize = 0; i < bytes; i += 4) {
      send(dconcentration, i, get(dy + i) * (1 - (2 * get(concentration + i)) / s) * scale - shared);
    }
  }
}

/** Σ max(a_j - 1, 0) */
function excess(a: usize, bytes: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) sum += Math.max(get(a + i) - 1, 0);
  return sum;
}

/** Where the density is largest: max(a_j - 1, 0) over their sum; the corner of the first of the largest a_j if that is 0. */
export function dirichletModeForward(y: usize, concentration: usize, rows: usize, cols: usize): void {
  const bytes = cols << 2;
  for (const end = y + rows * bytes; y < end; y += bytes, concentration += bytes) {
    const n = excess(concentration, bytes);
    let top: usize = 0;
    for (let i: usize = 0; i < bytes; i += 4) {
      const a = get(concentration + i);
      if (a > get(concentration + top)) top = i;
      put(y + i, n > 0 ? Math.max(a - 1, 0) / n : 0);
    }
    if (n == 0) put(y + top, 1);
  }
}

export function dirichletModeBackward(
  dconcentration: usize, dy: usize, concentration: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (const end = dy + rows * bytes; dy < end; dy += bytes, concentration += bytes, dconcentration += bytes) {
    const n = excess(concentration, bytes);
    if (n == 0) continue;
    let mean: f64 = 0;
    for (let i: usize = 0; i < bytes; i += 4) mean += (get(dy + i) * Math.max(get(concentration + i) - 1, 0)) / n;
    for (let i: usize = 0; i < bytes; i += 4) {
      if (get(concentration + i) > 1) send(dconcentration, i, (get(dy + i) - mean) / n);
    }
  }
}

/** KL = log B(b) - log B(a) + Σ (a_j - b_j) (psi(a_j) - psi(s)), q = Dirichlet(b): see gammaDivergenceRest */
export function dirichletKlForward(
  y: usize, concentration: usize, otherConcentration: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (const end = y + (rows << 2); y < end; y += 4, concentration += bytes, otherConcentration += bytes) {
    const s = total(concentration, bytes);
    const t = total(otherConcentration, bytes);
    let sum = -gammaDivergenceRest(s, t);
    for (let i: usize = 0; i < bytes; i += 4) {
      const a = get(concentration + i);
      const b = get(otherConcentration + i);
      sum += b * deviance((a * t) / (b * s), (a * t - b * s) / (b * s)) + gammaDivergenceRest(a, b);
    }
    put(y, sum);
  }
}

export function dirichletKlBackward(
  dconcentration: usize, dotherConcentration: usize, dy: usize,
  concentration: usize, otherConcentration: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (const end = dy + (rows << 2); dy < end; dy += 4, concentration += bytes, otherConcentration += bytes) {
    const d = get(dy);
    const s = total(concentration, bytes);
    const gap = s - total(otherConcentration, bytes);
    const shared = gap * trigamma(s);
    const ratio = digammaRatio(s, -gap);
    for (let i: usize = 0; d != 0 && i < bytes; i += 4) {
      const a = get(concentration + i);
      const own = a - get(otherConcentration + i);
      send(dconcentration, i, d * (own * trigamma(a) - shared));
      send(dotherConcentration, i, d * (digammaRatio(a, -own) - ratio));
    }
    if (dconcentration != 0) dconcentration += bytes;
    if (dotherConcentration != 0) dotherConcentration += bytes;
  }
}
