import { at, clear, increase, send, set, setSingle, single } from "../doubles";

/**
 * Sinkhorn's operator (Mena et al. 2018, arXiv:1802.08665): exp(x / τ) with its rows and then its columns
 * normalized, `turns` times. O(turns n²). x, y: f32[count][n][n], tau: f32[count]; x is finite.
 *
 * By potentials, in logarithms: y = exp(w - u - v), w = x / τ, v = 0 at first, then by turns
 * u_i = log Σ_j exp(w_ij - v_j), v_j = log Σ_i exp(w_ij - u_i): w is never changed, so nothing rounded adds up.
 */

/** log Σ exp(w - other) over n elements of w, `step` floats apart, at a temperature. */
function potential(x: usize, step: usize, other: usize, n: usize, tau: f64): f64 {
  let most: f64 = -Infinity;
  for (let j: usize = 0; j < n; j++) most = Math.max(most, single(x, j * step) / tau - at(other, j));
  let sum: f64 = 0;
  for (let j: usize = 0; j < n; j++) sum += Math.exp(single(x, j * step) / tau - at(other, j) - most);
  return most + Math.log(sum);
}

/** One turn from `before`: f64[n]; u and v: f64[n] each. */
function turn(u: usize, v: usize, before: usize, x: usize, n: usize, tau: f64): void {
  for (let i: usize = 0; i < n; i++) set(u, i, potential(x + ((i * n) << 2), 1, before, n, tau));
  for (let j: usize = 0; j < n; j++) set(v, j, potential(x + (j << 2), n, u, n, tau));
}

/** work: f64[3 n] */
export function sinkhornForward(
  y: usize, x: usize, tau: usize, work: usize, count: usize, n: usize, turns: usize,
): void {
  const u = work;
  const v = u + (n << 3);
  const before = v + (n << 3);
  for (; count > 0; count--, y += (n * n) << 2, x += (n * n) << 2, tau += 4) {
    const t = single(tau, 0);
    clear(v, n);
    for (let s: usize = 0; s < turns; s++) {
      memory.copy(before, v, n << 3);
      turn(u, v, before, x, n, t);
    }
    for (let i: usize = 0; i < n; i++)
      for (let j: usize = 0; j < n; j++)
        setSingle(y, i * n + j, Math.exp(single(x, i * n + j) / t - at(u, i) - at(v, j)));
  }
}

/** work: f64[n² + (2 turns + 3) n]: the gradients at w, u and v; the potentials, v of 0 turns, then u and v of each. */
export function sinkhornBackward(
  dx: usize, dtau: usize, dy: usize, x: usize, tau: usize, work: usize, count: usize, n: usize, turns: usize,
): void {
  const row = n << 3;
  const dw = work;
  const du = dw + n * row;
  const dv = du + row;
  const first = dv + row;
  for (; count > 0; count--, dy += (n * n) << 2, x += (n * n) << 2, tau += 4) {
    const t = single(tau, 0);
    clear(first, n);
    let v = first;
    for (let s: usize = 0; s < turns; s++, v += 2 * row) turn(v + row, v + 2 * row, v, x, n, t);
    lastBackward(dw, du, dv, v - row, v, dy, x, n, t);
    for (; v > first; v -= 2 * row) turnBackward(dw, du, dv, v - row, v, v - 2 * row, x, n, t);
    if (dx != 0) {
      for (let i: usize = 0; i < n * n; i++) send(dx, i, at(dw, i) / t);
      dx += (n * n) << 2;
    }
    if (dtau != 0) {
      send(dtau, 0, slope(dw, x, n, t));
      dtau += 4;
    }
  }
}

/** From y = exp(w - u - v). */
function lastBackward(
  dw: usize, du: usize, dv: usize, u: usize, v: usize, dy: usize, x: usize, n: usize, tau: f64,
): void {
  clear(du, n);
  clear(dv, n);
  for (let i: usize = 0; i < n; i++)
    for (let j: usize = 0; j < n; j++) {
      const e = i * n + j;
      const d = single(dy, e) * Math.exp(single(x, e) / tau - at(u, i) - at(v, j));
      set(dw, e, d);
      increase(du, i, -d);
      increase(dv, j, -d);
    }
}

/** From v = log Σ_i exp(w - u) and u = log Σ_j exp(w - before); dv becomes the gradient at `before`, du 0. */
function turnBackward(
  dw: usize, du: usize, dv: usize, u: usize, v: usize, before: usize, x: usize, n: usize, tau: f64,
): void {
  for (let i: usize = 0; i < n; i++)
    for (let j: usize = 0; j < n; j++) {
      const e = i * n + j;
      const d = at(dv, j) * Math.exp(single(x, e) / tau - at(u, i) - at(v, j));
      increase(dw, e, d);
      increase(du, i, -d);
    }
  clear(dv, n);
  for (let i: usize = 0; i < n; i++)
    for (let j: usize = 0; j < n; j++) {
      const e = i * n + j;
      const d = at(du, i) * Math.exp(single(x, e) / tau - at(u, i) - at(before, j));
      increase(dw, e, d);
      increase(dv, j, -d);
    }
  clear(du, n);
}

/** -Σ dw w / τ: the sum of a row of dw is 0, so w is taken from the row's largest. */
function slope(dw: usize, x: usize, n: usize, tau: f64): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    let most: f64 = -Infinity;
    for (let j: usize = 0; j < n; j++) most = Math.max(most, single(x, i * n + j));
    for (let j: usize = 0; j < n; j++) sum -= at(dw, i * n + j) * ((single(x, i * n + j) - most) / tau);
  }
  return sum / tau;
}
