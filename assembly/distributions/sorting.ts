import { at, clear, increase, send, set, setSingle, single, softmaxGradientInPlace, softmaxInPlace } from "../doubles";

/**
 * Relaxed matrices of the permutation that sorts x, largest first. x: f32[count][n], finite; tau: f32[count];
 * y: f32[count][n][n], row i that of the i-th largest. O(n²).
 */

// --- SoftSort (Prillo and Eisenschlos 2020, arXiv:2006.16038) -------------------------------------------------------
// Row i is softmax_j(-|s_i - x_j| / τ), s: x sorted.

/** order: u32[count][n], the indices of the largest, the second largest, ... work: f64[n] */
export function softSortForward(
  y: usize, x: usize, tau: usize, work: usize, count: usize, n: usize, order: usize,
): void {
  for (; count > 0; count--, x += n << 2, tau += 4, order += n << 2)
    for (let i: usize = 0; i < n; i++, y += n << 2) {
      softSortRow(work, x, single(tau, 0), single(x, usize(load<u32>(order + (i << 2)))), n);
      for (let j: usize = 0; j < n; j++) setSingle(y, j, at(work, j));
    }
}

function softSortRow(p: usize, x: usize, tau: f64, s: f64, n: usize): void {
  for (let j: usize = 0; j < n; j++) set(p, j, -Math.abs(s - single(x, j)) / tau);
  softmaxInPlace(p, n);
}

/** work: f64[2 n] */
export function softSortBackward(
  dx: usize, dtau: usize, dy: usize, x: usize, tau: usize, work: usize, count: usize, n: usize, order: usize,
): void {
  const d = work;
  const g = work + (n << 3);
  for (; count > 0; count--, x += n << 2, tau += 4, order += n << 2) {
    const t = single(tau, 0);
    let slope: f64 = 0;
    clear(g, n);
    for (let i: usize = 0; i < n; i++, dy += n << 2) {
      const sorted = usize(load<u32>(order + (i << 2)));
      const s = single(x, sorted);
      softSortRow(d, x, t, s, n);
      softmaxGradientInPlace(d, dy, n);
      let ds: f64 = 0;
      for (let j: usize = 0; j < n; j++) {
        const gap = s - single(x, j);
        // d(-|s - x| / τ): ∓1 / τ by s and x (0 at equals), |s - x| / τ² by τ; the last 1 / τ comes at the end.
        const dgap = -sign(gap) * at(d, j);
        ds += dgap;
        increase(g, j, -dgap);
        slope += at(d, j) * (Math.abs(gap) / t);
      }
      increase(g, sorted, ds);
    }
    for (let j: usize = 0; j < n; j++) send(dx, j, at(g, j) / t);
    send(dtau, 0, slope / t);
    if (dx != 0) dx += n << 2;
    if (dtau != 0) dtau += 4;
  }
}

/** Without a branch: in scores that are not sorted, no processor predicts it. */
@inline
function sign(x: f64): f64 {
  return f64(i32(x > 0) - i32(x < 0));
}

// --- NeuralSort (Grover et al. 2019, arXiv:1903.08850) --------------------------------------------------------------
// Row i, from 1, is softmax_j(((n + 1 - 2 i) x_j - b_j) / τ), b_j = Σ_l |x_j - x_l|.

/** work: f64[2 n] */
export function neuralSortForward(y: usize, x: usize, tau: usize, work: usize, count: usize, n: usize): void {
  const p = work;
  const b = work + (n << 3);
  for (; count > 0; count--, x += n << 2, tau += 4) {
    distances(b, x, n);
    for (let i: usize = 0; i < n; i++, y += n << 2) {
      neuralSortRow(p, x, b, single(tau, 0), i, n);
      softmaxInPlace(p, n);
      for (let j: usize = 0; j < n; j++) setSingle(y, j, at(p, j));
    }
  }
}

function distances(b: usize, x: usize, n: usize): void {
  for (let j: usize = 0; j < n; j++) {
    let sum: f64 = 0;
    for (let l: usize = 0; l < n; l++) sum += Math.abs(single(x, j) - single(x, l));
    set(b, j, sum);
  }
}

/** The factor n + 1 - 2 i of row i, which counts from 0 here. */
@inline
function factor(i: usize, n: usize): f64 {
  return f64(n) - 1 - 2 * f64(i);
}

function neuralSortRow(w: usize, x: usize, b: usize, tau: f64, i: usize, n: usize): void {
  for (let j: usize = 0; j < n; j++) set(w, j, (factor(i, n) * single(x, j) - at(b, j)) / tau);
}

/** work: f64[5 n] */
export function neuralSortBackward(
  dx: usize, dtau: usize, dy: usize, x: usize, tau: usize, work: usize, count: usize, n: usize,
): void {
  const d = work;
  const b = d + (n << 3);
  const w = b + (n << 3);
  const g = w + (n << 3);
  const db = g + (n << 3);
  for (; count > 0; count--, x += n << 2, tau += 4) {
    const t = single(tau, 0);
    let slope: f64 = 0;
    distances(b, x, n);
    clear(g, 2 * n);
    for (let i: usize = 0; i < n; i++, dy += n << 2) {
      neuralSortRow(w, x, b, t, i, n);
      memory.copy(d, w, n << 3);
      const level = softmaxInPlace(d, n);
      softmaxGradientInPlace(d, dy, n);
      for (let j: usize = 0; j < n; j++) {
        increase(g, j, (factor(i, n) * at(d, j)) / t);
        increase(db, j, -at(d, j) / t);
        // The sum of d is 0, so w is taken from about its largest.
        slope -= (at(d, j) * (at(w, j) - level)) / t;
      }
    }
    for (let j: usize = 0; j < n; j++) {
      let sum = at(g, j);
      for (let l: usize = 0; l < n; l++) sum += sign(single(x, j) - single(x, l)) * (at(db, j) + at(db, l));
      send(dx, j, sum);
    }
    send(dtau, 0, slope);
    if (dx != 0) dx += n << 2;
    if (dtau != 0) dtau += 4;
  }
}
