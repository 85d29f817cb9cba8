/**
 * r - 1 - log r >= 0, the exponent of gamma and beta densities about their means (C. Loader 2000, saddle-point form): no
 * cancellation of large terms. r > 0; d = r - 1, which the caller may know better. Max error: 1e-15 of its value.
 */
export function deviance(r: f64, d: f64): f64 {
  if (Math.abs(d) > 0.3) return d - Math.log(r);
  // log(1 + d) = 2 artanh z
  const z = d / (2 + d);
  const t = z * z;
  let sum: f64 = 0;
  for (let k: f64 = 23; k > 1; k -= 2) sum = sum * t + 1 / k;
  return z * (d - 2 * t * sum);
}
