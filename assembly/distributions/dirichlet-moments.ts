import { get, put, send } from "../elementwise";
import { others, total } from "../totals";

/** Variance and mode of Dirichlet(a) over the rows of [rows, cols], s = Σ a, in f64; gradients are added. */

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

/**
 * Where the density is largest: max(a_j - 1, 0) over their sum; the corner of the first of the largest a_j if that is
 * 0.
 */
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
