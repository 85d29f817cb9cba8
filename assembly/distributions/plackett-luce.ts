import { logAddExp } from "../log-sum-exp";

/**
 * Orders of the items of logits x: f32[batches][cols], each place taken by one of those left with probability softmax(x):
 * log p(v) = Σ_j (s_j - L_j), s_j = x at v_j, L_j = log Σ_{i >= j} exp(s_i), added up from the last place, in log space.
 * v: f32[rows][cols] holds numbers of items, best first. Row r goes with row r mod `batches` of the logits.
 * Source: Plackett 1975; Luce 1959.
 */

@inline
function get(row: usize, i: usize): f64 {
  return f64(f32.load(row + (i << 2)));
}

/** Whether each of the items stands in the row once. seen: u8[cols]. */
function isOrder(v: usize, seen: usize, cols: usize): bool {
  memory.fill(seen, 0, cols);
  for (let j: usize = 0; j < cols; j++) {
    const item = get(v, j);
    if (!(item >= 0 && item < f64(cols)) || Math.floor(item) != item) return false;
    const at = seen + usize(item);
    if (load<u8>(at) != 0) return false;
    store<u8>(at, 1);
  }
  return true;
}

/** log p of a row, L_j left in totals: f64[cols]. */
function logProb(v: usize, x: usize, totals: usize, cols: usize): f64 {
  let total: f64 = -Infinity;
  let sum: f64 = 0;
  for (let j = cols; j-- > 0; ) {
    const s = get(x, usize(get(v, j)));
    total = logAddExp(total, s);
    f64.store(totals + (j << 3), total);
    sum += s - total;
  }
  return sum;
}

/** y: f32[rows]; -Infinity for rows that are no order of the items. work: f64[2 cols]. */
export function plackettLuceLogProb(
  y: usize, v: usize, logits: usize, work: usize, rows: usize, batches: usize, cols: usize,
): void {
  for (let r: usize = 0; r < rows; r++, y += 4, v += cols << 2) {
    const x = logits + (((r % batches) * cols) << 2);
    f32.store(y, isOrder(v, work, cols) ? f32(logProb(v, x, work, cols)) : -Infinity);
  }
}

/**
 * d log p / d s_m = 1 - Σ_{j <= m} exp(s_m - L_j), the sum of exp(-L_j) kept as its logarithm: no term is above 1.
 * work: f64[2 cols]: L, and the rows added up before they are rounded.
 */
export function plackettLuceLogProbGradient(
  dlogits: usize, dy: usize, v: usize, logits: usize, work: usize, rows: usize, batches: usize, cols: usize,
): void {
  const sums = work + (cols << 3);
  for (let b: usize = 0; b < batches; b++) {
    const row = (b * cols) << 2;
    memory.fill(sums, 0, cols << 3);
    for (let r = b; r < rows; r += batches) {
      const d = get(dy, r);
      const order = v + ((r * cols) << 2);
      if (d == 0 || !isOrder(order, work, cols)) continue;
      logProb(order, logits + row, work, cols);
      let inverse: f64 = -Infinity;
      for (let m: usize = 0; m < cols; m++) {
        const item = usize(get(order, m));
        inverse = logAddExp(inverse, -f64.load(work + (m << 3)));
        const at = sums + (item << 3);
        f64.store(at, f64.load(at) + d * (1 - Math.exp(get(logits + row, item) + inverse)));
      }
    }
    for (let k: usize = 0; k < cols; k++) {
      const at = dlogits + row + (k << 2);
      f32.store(at, f32(f64(f32.load(at)) + f64.load(sums + (k << 3))));
    }
  }
}
