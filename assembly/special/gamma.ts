/**
 * log Gamma, its derivatives, and differences of it that do not cancel. All for x > 0.
 * Sources: Abramowitz & Stegun 6.1.33 (series at 2), 6.1.40, 6.3.18, 6.4.11 (asymptotic series), 6.1.15, 6.3.5, 6.4.6 (recurrences).
 */

export const LN_SQRT_2PI: f64 = 0.91893853320467274178;
const ONE_MINUS_EULER: f64 = 0.42278433509846713939;

/** From here on the asymptotic series are exact to f64. */
const LARGE: f64 = 10;

/** (-1)^k (zeta(k) - 1) / k, k = 2..27 */
const ZETA = memory.data<f64>([
  0.322467033424113218, -0.0673523010531980951, 0.0205808084277845479, -0.00738555102867398527, 0.00289051033074152329,
  -0.00119275391170326098, 0.000509669524743042422, -0.00022315475845357938, 0.0000994575127818085337,
  -0.0000449262367381331417, 0.0000205072127756706916, -9.4394882752683959e-6, 4.3748667899074878e-6,
  -2.03921575380136624e-6, 9.55141213040741983e-7, -4.49246919876456604e-7, 2.12071848055546659e-7,
  -1.00432248239680996e-7, 4.76981016936398057e-8, -2.27110946089431649e-8, 1.08386592148969541e-8,
  -5.18347504197004666e-9, 2.48367454380247832e-9, -1.19214014058609121e-9, 5.73136724167886201e-10,
  -2.75952288512423315e-10,
]);

/** log Gamma(2 + d), |d| <= 1/2 */
function lgammaAtTwo(d: f64): f64 {
  let sum: f64 = 0;
  for (let k = 25; k >= 0; k--) sum = sum * d + load<f64>(ZETA + (<usize>k << 3));
  return d * (ONE_MINUS_EULER + d * sum);
}

/**
 * log Gamma(1 + x), x > -1/2, with full relative accuracy at its zeros 0 and 1.
 * Max error: 1e-15 of its value
 */
export function lgamma1p(x: f64): f64 {
  return x <= 0.5 ? lgammaAtTwo(x) - Math.log1p(x) : lgamma(1 + x);
}

/**
 * log Gamma(x).
 * Max error: 1e-15 of its value
 */
export function lgamma(x: f64): f64 {
  if (x < 0.5) return lgamma1p(x) - Math.log(x);
  if (x < 1.5) return lgamma1p(x - 1);
  if (x >= LARGE) return (x - 0.5) * (Math.log(x) - 1) - 0.5 + LN_SQRT_2PI + stirling(x);
  let product: f64 = 1;
  while (x > 2.5) product *= --x;
  const rest = lgammaAtTwo(x - 2);
  return product == 1 ? rest : rest + Math.log(product);
}

/**
 * lgamma(x) - [(x - 1/2) log x - x + log sqrt(2 pi)], about 1 / 12x.
 * Max error: 2e-15 absolute; 1e-16 of its value from 10 on
 */
export function stirling(x: f64): f64 {
  if (x < LARGE) return lgamma(x) - (x - 0.5) * Math.log(x) + x - LN_SQRT_2PI;
  const r = 1 / x;
  const t = r * r;
  let sum = t * (1.0 / 156) - 691.0 / 360360;
  sum = (sum * t + 1.0 / 1188) * t - 1.0 / 1680;
  sum = (sum * t + 1.0 / 1260) * t - 1.0 / 360;
  return r * (sum * t + 1.0 / 12);
}

/**
 * lgamma(x + d) - lgamma(x), x + d > 0, without the cancellation of the two where x is large or d small.
 * Max error: 2e-15 (1 + |value|)
 */
export function lgammaRatio(x: f64, d: f64): f64 {
  let y = x + d;
  if (Math.min(x, y) < 0) return NaN; // from -2^53 the recurrence would stand still
  if (Math.abs(d) > 1 && Math.min(x, y) < LARGE) return lgamma(y) - lgamma(x);
  let shift: f64 = 0;
  for (; Math.min(x, y) < LARGE; x++, y++) shift += Math.log1p(d / x);
  return (x - 0.5) * Math.log1p(d / x) + d * (Math.log(y) - 1) + (stirling(y) - stirling(x)) - shift;
}

/**
 * log B(a, b) = lgamma(a) + lgamma(b) - lgamma(a + b).
 * Max error: 2e-15 (1 + |value|)
 */
export function lbeta(a: f64, b: f64): f64 {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (small < LARGE) return lgamma(small) - lgammaRatio(large, small);
  const ratio = small / large;
  return (
    (small - 0.5) * Math.log(ratio / (1 + ratio)) - large * Math.log1p(ratio) - 0.5 * Math.log(large) + LN_SQRT_2PI +
    (stirling(small) + stirling(large) - stirling(small + large))
  );
}

/**
 * log of n choose k, 0 <= k <= n, real or whole.
 * Max error: 1e-15 (1 + |value|), for n up to 1e8
 */
export function lchoose(n: f64, k: f64): f64 {
  if (k == 0 || k == n) return 0;
  return -Math.log1p(n) - lbeta(k + 1, n - k + 1);
}

/**
 * d/dx lgamma(x).
 * Max error: 1e-15 (1 + |value|)
 */
export function digamma(x: f64): f64 {
  if (x < 0) return NaN;
  let shift: f64 = 0;
  for (; x < LARGE; x++) shift += 1 / x;
  return Math.log(x) - 0.5 / x - digammaSeries(x) - shift;
}

/**
 * digamma(x + d) - digamma(x), x + d > 0, without the cancellation of the two.
 * Max error: 2e-15 of its value
 */
export function digammaRatio(x: f64, d: f64): f64 {
  let shift: f64 = 0;
  let y = x + d;
  if (Math.min(x, y) < 0) return NaN;
  for (; Math.min(x, y) < LARGE; x++, y++) shift += d / (x * y);
  return shift + Math.log1p(d / x) + 0.5 * (d / (x * y)) + (digammaSeries(x) - digammaSeries(y));
}

/** log x - digamma(x), about 1 / 2x, without the cancellation of the two. Max error: 1e-14 of its value. */
export function logMinusDigamma(x: f64): f64 {
  return x < LARGE ? Math.log(x) - digamma(x) : 0.5 / x + digammaSeries(x);
}

/** log x - 1 / 2x - digamma(x), x >= LARGE */
function digammaSeries(x: f64): f64 {
  const t = 1 / (x * x);
  let sum = 1.0 / 12 - t * (3617.0 / 8160);
  sum = (sum * t - 691.0 / 32760) * t + 1.0 / 132;
  sum = (sum * t - 1.0 / 240) * t + 1.0 / 252;
  sum = (sum * t - 1.0 / 120) * t + 1.0 / 12;
  return sum * t;
}

/**
 * d/dx digamma(x).
 * Max error: 1e-15 of its value
 */
export function trigamma(x: f64): f64 {
  if (x < 0) return NaN;
  let shift: f64 = 0;
  for (; x < LARGE; x++) shift += 1 / (x * x);
  const r = 1 / x;
  const t = r * r;
  let sum = 7.0 / 6 - t * (3617.0 / 510);
  sum = (sum * t - 691.0 / 2730) * t + 5.0 / 66;
  sum = (sum * t - 1.0 / 30) * t + 1.0 / 42;
  sum = (sum * t - 1.0 / 30) * t + 1.0 / 6;
  return r + 0.5 * t + r * t * sum + shift;
}
