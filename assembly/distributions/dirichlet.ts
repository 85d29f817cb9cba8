import { get, put, send } from "../elementwise";
import { deviance } from "../special/deviance";
import { digammaRatio, LN_SQRT_2PI, logMinusDigamma, stirling, trigamma } from "../special/gamma";
import { gammaDivergenceRest } from "../special/gamma-divergence";
import { isSimplex, others, total } from "../totals";

/**
 * Dirichlet(a) over the rows of [rows, cols], s = Σ a: density ∏ x_j^(a_j - 1) / B(a), B(a) = ∏ Γ(a_j) / Γ(s).
 * All in f64, one rounding at the end; gradients are added, and a row or element without one sends nothing.
 */

/** log p(x) = Σ (a_j log (x_j s / a_j) + log(a_j / s) / 2 - log x_j - stirling(a_j)) + ..., the large terms gone */
export function dirichletLogProbForward(y: usize, x: usize, concentration: usize, rows: usize, cols: usize): void {
  const bytes = cols << 2;
  for (const end = y + (rows << 2); y < end; y += 4, x += bytes, concentration += bytes) {
    if (!isSimplex(x, bytes)) {
      put(y, -Infinity);
      continue;
    }
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
    const d = isSimplex(x, bytes) ? get(dy) : 0;
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
