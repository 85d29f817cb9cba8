/**
 * Families of a location and a scale, z = (x - loc) / scale, over arrays f32[n], computed in f64 and rounded once. A family
 * gives functions of one number: the log-density f(z) of scale 1, its slope f'(z), the cdf F(z) and its inverse Q(p).
 *
 * Gradients are added as in elementwise.ts: `dx`, `dloc`, ... are 0 where none is wanted, an upstream gradient of 0 sends
 * nothing.
 */
import { get, put, send } from "./elementwise";

type F1 = (z: f64) => f64;

/** log p(x) = f(z) - log scale */
export function logDensity(y: usize, x: usize, loc: usize, scale: usize, n: usize, f: F1): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) {
    const s = get(scale + i);
    put(y + i, f((get(x + i) - get(loc + i)) / s) - Math.log(s));
  }
}

/** d/dx = f'(z) / scale, d/dloc = -f'(z) / scale, d/dscale = -(1 + z f'(z)) / scale */
export function logDensityGradient(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize, slope: F1,
): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) {
    const d = get(dy + i);
    if (d == 0) continue;
    const s = get(scale + i);
    const z = (get(x + i) - get(loc + i)) / s;
    const f = slope(z);
    send(dx, i, (d * f) / s);
    send(dloc, i, (-d * f) / s);
    send(dscale, i, (-d * (1 + z * f)) / s);
  }
}

/** F(z) */
export function probability(y: usize, x: usize, loc: usize, scale: usize, n: usize, F: F1): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) put(y + i, F((get(x + i) - get(loc + i)) / get(scale + i)));
}

/** With p = exp f(z) / scale: d/dx = p, d/dloc = -p, d/dscale = -z p; nothing where p is 0, also at an infinite z. */
export function probabilityGradient(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize, f: F1,
): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) {
    const s = get(scale + i);
    const z = (get(x + i) - get(loc + i)) / s;
    const p = (get(dy + i) * Math.exp(f(z))) / s;
    if (p == 0) continue;
    send(dx, i, p);
    send(dloc, i, -p);
    send(dscale, i, -z * p);
  }
}

/** loc + scale Q(p) */
export function quantile(y: usize, p: usize, loc: usize, scale: usize, n: usize, Q: F1): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) put(y + i, get(loc + i) + get(scale + i) * Q(get(p + i)));
}

/** d/dp = scale / exp f(Q(p)), d/dloc = 1, d/dscale = Q(p) */
export function quantileGradient(
  dp: usize, dloc: usize, dscale: usize, dy: usize, p: usize, loc: usize, scale: usize, n: usize, Q: F1, f: F1,
): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) {
    const d = get(dy + i);
    if (d == 0) continue;
    const z = Q(get(p + i));
    if (dp != 0) send(dp, i, d * get(scale + i) * Math.exp(-f(z)));
    send(dloc, i, d);
    send(dscale, i, d * z);
  }
}
