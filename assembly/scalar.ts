import { exp } from "./exp";
import { log } from "./log";

/** Functions of single numbers, not inlined: the rare places that need one share the code, which is in every bundle. */

/** As exp.ts. */
export function expOf(x: f32): f32 {
  return exp<f32>(x);
}

/** As log.ts. */
export function logOf(x: f32): f32 {
  return log<f32>(x);
}

/** log(1 + x) for 0 <= x <= 1, as log1p. */
export function log1pOf(x: f32): f32 {
  const one: f32 = 1;
  const m: f32 = one + x;
  return logOf(m) + (x - (m - one)) / m;
}

/**
 * 1 - exp(-x) for x >= 0: x / 1! - x^2 / 2! + ... where the difference would cancel.
 * Max error: 2 ulp
 */
export function oneMinusExp(x: f32): f32 {
  const one: f32 = 1;
  if (x >= 0.5) return one - expOf(-x);
  let p = one;
  for (let k: f32 = 8; k > 1; k -= 1) p = one - (x * p) / k;
  return x * p;
}

/** The largest float below a finite x. */
export function below(x: f32): f32 {
  const bits = reinterpret<u32>(x);
  return reinterpret<f32>(x > 0 ? bits - 1 : x < 0 ? bits + 1 : 0x80000001);
}
