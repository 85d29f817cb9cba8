import { gradient2, map2, partials } from "../elementwise";
import { LN_SQRT_2PI } from "../special/gamma";
import { erf, normalQuantileMiddle } from "../special/normal";

/** HalfNormal(scale): |scale e| of a standard normal e, z = x / scale. */

const LN2: f64 = 0.6931471805599453;
const SQRT1_2: f64 = 0.7071067811865476;

/** log p(x) = log 2 - z² / 2 - log scale - log √(2π), x >= 0 */
function logProb(x: f64, scale: f64): f64 {
  const z = x / scale;
  return x >= 0 ? LN2 - 0.5 * z * z - Math.log(scale) - LN_SQRT_2PI : -Infinity;
}

function logProbGradient(x: f64, scale: f64): void {
  const z = x / scale;
  if (x >= 0) partials(-z / scale, (z * z - 1) / scale);
  else partials(0);
}

/** erf(z / √2) */
function cdf(x: f64, scale: f64): f64 {
  return x > 0 ? erf((x / scale) * SQRT1_2) : 0;
}

function cdfGradient(x: f64, scale: f64): void {
  const p = Math.exp(logProb(x, scale));
  partials(p, p > 0 ? (-x / scale) * p : 0);
}

function icdf(p: f64, scale: f64): f64 {
  return p >= 0 ? scale * normalQuantileMiddle(p) : NaN;
}

function icdfGradient(p: f64, scale: f64): void {
  const z = normalQuantileMiddle(p);
  partials(Math.exp(-logProb(scale * z, scale)), z);
}

export function halfNormalLogProbForward(y: usize, x: usize, scale: usize, n: usize): void {
  map2(y, x, scale, n, logProb);
}

export function halfNormalLogProbBackward(dx: usize, dscale: usize, dy: usize, x: usize, scale: usize, n: usize): void {
  gradient2(dx, dscale, dy, x, scale, n, logProbGradient);
}

export function halfNormalCdfForward(y: usize, x: usize, scale: usize, n: usize): void {
  map2(y, x, scale, n, cdf);
}

export function halfNormalCdfBackward(dx: usize, dscale: usize, dy: usize, x: usize, scale: usize, n: usize): void {
  gradient2(dx, dscale, dy, x, scale, n, cdfGradient);
}

export function halfNormalIcdfForward(y: usize, p: usize, scale: usize, n: usize): void {
  map2(y, p, scale, n, icdf);
}

export function halfNormalIcdfBackward(dp: usize, dscale: usize, dy: usize, p: usize, scale: usize, n: usize): void {
  gradient2(dp, dscale, dy, p, scale, n, icdfGradient);
}
