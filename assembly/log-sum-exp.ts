/** log(exp(a) + exp(b)); -Infinity is the logarithm of nothing. Max error: 1 ulp of f64. */
export function logAddExp(a: f64, b: f64): f64 {
  const most = Math.max(a, b);
  return most > -Infinity ? most + Math.log1p(Math.exp(-Math.abs(a - b))) : most;
}

/** log of the sum of exp(x) over a row of f32, `bytes` long, in f64 from the first to the last; of nothing but -Infinity, that. */
export function logSumExp(row: usize, bytes: usize): f64 {
  let most: f32 = -Infinity;
  for (let i: usize = 0; i < bytes; i += 4) most = max(most, f32.load(row + i));
  if (most == -Infinity) return most;
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) sum += Math.exp(f64(f32.load(row + i)) - f64(most));
  return f64(most) + Math.log(sum);
}
