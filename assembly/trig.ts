import { add, mul, mulAdd, splat } from "./lanes";

// sin(pi/2 s) = 1.5 s + s P(s^2) on |s| <= 1/2, error 2^-27.5 (scripts/minimax.ts, c). The 1.5 keeps the rounding of
// pi/2 to f32 out of the leading term.
const S0: f32 = 0.07079632;
const S1: f32 = -0.6459632;
const S2: f32 = 0.07967716;
const S3: f32 = -0.004594419;

// cos(pi/2 s) = 1 + s^2 Q(s^2) on |s| <= 1/2, error 2^-31.1 (scripts/minimax.ts, d).
const C0: f32 = -1.2337005;
const C1: f32 = 0.25366855;
const C2: f32 = -0.020855596;
const C3: f32 = 0.0008944864;

/**
 * sin(pi/2 s) for |s| <= 1/2, s in quarter turns.
 * Max error: 1.5 ulp
 */
@inline
export function sinQuarter<V>(s: V): V {
  const u = mul<V>(s, s);
  let p = mulAdd<V>(u, splat<V>(S3), splat<V>(S2));
  p = mulAdd<V>(u, p, splat<V>(S1));
  p = mulAdd<V>(u, p, splat<V>(S0));
  return add<V>(mul<V>(splat<V>(1.5), s), mul<V>(s, p));
}

/**
 * cos(pi/2 s) for |s| <= 1/2, s in quarter turns.
 * Max error: 1.25 ulp
 */
@inline
export function cosQuarter<V>(s: V): V {
  const u = mul<V>(s, s);
  let q = mulAdd<V>(u, splat<V>(C3), splat<V>(C2));
  q = mulAdd<V>(u, q, splat<V>(C1));
  q = mulAdd<V>(u, q, splat<V>(C0));
  return mulAdd<V>(u, q, splat<V>(1));
}
