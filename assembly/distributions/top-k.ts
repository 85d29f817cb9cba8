import { at, clear, increase, send, set, setSingle, single } from "../doubles";
import { sigmoid, softplus } from "../special/logistic";

/**
 * The relaxed subset of Xie and Ermon 2019 (arXiv:1901.10517): with α¹ the scores,
 * aʲ = softmax(αʲ / τ), αʲ⁺¹ = αʲ + log(1 - aʲ), y = a¹ + ... + aᵏ. O(k n).
 *
 * x, y: f32[rows][n], tau: f32[rows]. x is finite, or -Infinity (never chosen) but for k elements of a row or more.
 *
 * 1 - a of the leader, the largest, would cancel; its log is that of a sigmoid of the log-odds of all others together,
 * which neither rounds to log 0 nor underflows. All others have a <= 1/2.
 */

let leader: usize;
/** The log-odds of anything but the leader. */
let odds: f64;

/** The leader, its odds, and q: f64[n] = a of the others as shares of their sum, 0 for the leader. */
function pick(q: usize, alpha: usize, n: usize, tau: f64): void {
  leader = 0;
  let second: f64 = -Infinity;
  for (let i: usize = 1; i < n; i++) {
    const x = at(alpha, i);
    if (x > at(alpha, leader)) {
      second = at(alpha, leader);
      leader = i;
    } else second = Math.max(second, x);
  }
  let total: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    const e = i == leader || second == -Infinity ? 0 : Math.exp((at(alpha, i) - second) / tau);
    set(q, i, e);
    total += e;
  }
  odds = (second - at(alpha, leader)) / tau + Math.log(total);
  if (total > 0) for (let i: usize = 0; i < n; i++) set(q, i, at(q, i) / total);
}

/** next = alpha + log(1 - a), after `pick`; they may be the same. */
function advance(next: usize, alpha: usize, q: usize, n: usize): void {
  const rest = sigmoid(odds);
  for (let i: usize = 0; i < n; i++) {
    const log = i == leader ? -softplus(-odds) : Math.log1p(-rest * at(q, i));
    set(next, i, at(alpha, i) + log);
  }
}

function begin(alpha: usize, x: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) set(alpha, i, single(x, i));
}

/** work: f64[3 n] */
export function topKForward(y: usize, x: usize, tau: usize, work: usize, rows: usize, n: usize, k: usize): void {
  const alpha = work;
  const q = alpha + (n << 3);
  const sum = q + (n << 3);
  for (; rows > 0; rows--, y += n << 2, x += n << 2, tau += 4) {
    const t = single(tau, 0);
    begin(alpha, x, n);
    clear(sum, n);
    for (let j: usize = 1; j <= k; j++) {
      pick(q, alpha, n, t);
      const rest = sigmoid(odds);
      for (let i: usize = 0; i < n; i++) increase(sum, i, i == leader ? sigmoid(-odds) : rest * at(q, i));
      if (j < k) advance(alpha, alpha, q, n);
    }
    for (let i: usize = 0; i < n; i++) setSingle(y, i, at(sum, i));
  }
}

/** work: f64[(k + 2) n]: α of every step, shares, and the gradient at α. */
export function topKBackward(
  dx: usize, dtau: usize, dy: usize, x: usize, tau: usize, work: usize, rows: usize, n: usize, k: usize,
): void {
  const q = work + ((k * n) << 3);
  const g = q + (n << 3);
  for (; rows > 0; rows--, dy += n << 2, x += n << 2, tau += 4) {
    const t = single(tau, 0);
    begin(work, x, n);
    for (let j: usize = 1, alpha = work; j < k; j++, alpha += n << 3) {
      pick(q, alpha, n, t);
      advance(alpha + (n << 3), alpha, q, n);
    }
    clear(g, n);
    let slope: f64 = 0;
    for (let j = k; j > 0; j--) slope += stepBackward(g, dy, work + (((j - 1) * n) << 3), q, n, t);
    for (let i: usize = 0; i < n; i++) send(dx, i, at(g, i));
    send(dtau, 0, slope);
    if (dx != 0) dx += n << 2;
    if (dtau != 0) dtau += 4;
  }
}

/**
 * g, the gradient at αʲ⁺¹ (0 after the last step), becomes that at αʲ. With w = α / τ, m the leader, i ≠ m, and
 * c = g a / (1 - a):
 *   from a:          dw_m = a_m (1 - a_m) (dy_m - Σ q dy),  dw_i = a_i (dy_i - Σ a dy)
 *   from log(1 - a): dw_m = a_m (Σ c - g_m),                dw_i = q_i a_m g_m + a_i (Σ c - c_i - g_i), sums without m
 * @returns the gradient at τ, -Σ dw w / τ; Σ dw = 0, so w is taken from the leader's
 */
function stepBackward(g: usize, dy: usize, alpha: usize, q: usize, n: usize, tau: f64): f64 {
  pick(q, alpha, n, tau);
  const m = leader;
  const share = sigmoid(-odds);
  const rest = sigmoid(odds);
  let others: f64 = 0;
  let sum: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    if (i == m) continue;
    const a = rest * at(q, i);
    others += at(q, i) * single(dy, i);
    sum += (at(g, i) * a) / (1 - a);
  }
  const mean = share * single(dy, m) + rest * others;
  const most = at(alpha, m);
  const gm = at(g, m);
  let slope: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    if (i == m || at(q, i) == 0) continue;
    const a = rest * at(q, i);
    const gi = at(g, i);
    const dw = a * (single(dy, i) - mean) + at(q, i) * share * gm + a * (sum - (gi * a) / (1 - a) - gi);
    increase(g, i, dw / tau);
    slope -= (dw * ((at(alpha, i) - most) / tau)) / tau;
  }
  increase(g, m, (share * (rest * (single(dy, m) - others) + sum - gm)) / tau);
  return slope;
}
