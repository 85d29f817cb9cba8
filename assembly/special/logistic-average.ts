import { sigmoid, softplus } from "./logistic";

/**
 * Averages over the logistic law: E f(b + r e), e standard logistic, 0 <= r <= 1.
 * The trapezoidal rule on the whole line, whose error falls exponentially for functions analytic in a strip: with poles at
 * a distance of pi or more and a step of 1/2 it is exp(-2 pi pi / (1/2)) = 7e-18. The weight is 4e-18 at the ends.
 * For r > 1 there are identities with 1 / r, by parts: E sigmoid(b + r e) = E sigmoid(b / r + e / r),
 * E softabs(b + r e) = r E softabs(b / r + e / r) and the same for softplus. Max error: 1e-15 of the largest term.
 * Source of the rule: Trefethen, Weideman 2014, theorem 5.1.
 */
type Integrand = (x: f64, e: f64) => f64;

const STEP: f64 = 0.5;
const ENDS: i32 = 80;

function average(f: Integrand, b: f64, r: f64): f64 {
  let sum: f64 = 0;
  for (let i = -ENDS; i <= ENDS; i++) {
    const e = STEP * i;
    sum += slope(e) * f(b + r * e, e);
  }
  return STEP * sum;
}

/** sigmoid'(x) */
export function slope(x: f64): f64 {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
}

/** sigmoid''(x) */
function bend(x: f64): f64 {
  return -slope(x) * tanhHalf(x);
}

/** tanh(x / 2) */
export function tanhHalf(x: f64): f64 {
  const t = Math.expm1(-Math.abs(x));
  return (x < 0 ? t : -t) / (2 + t);
}

/** softplus(x) + softplus(-x) = -log sigmoid'(x) */
export function softabs(x: f64): f64 {
  const s = Math.abs(x);
  return s + 2 * Math.log1p(Math.exp(-s));
}

export function averageSigmoid(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => sigmoid(x), b, r);
}

/** The derivatives of averageSoftplus are averageSigmoid and averageSigmoidE. */
export function averageSoftplus(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => softplus(x), b, r);
}

export function averageSigmoidE(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => sigmoid(x) * e, b, r);
}

/** E sigmoid'(b + r e), and with a factor e: the derivatives of averageSigmoid with respect to b and to r. */
export function averageSlope(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => slope(x), b, r);
}

export function averageSlopeE(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => slope(x) * e, b, r);
}

/** The derivatives of averageSlope. */
export function averageBend(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => bend(x), b, r);
}

export function averageBendE(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => bend(x) * e, b, r);
}

export function averageSoftabs(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => softabs(x), b, r);
}

/** The derivatives of averageSoftabs. */
export function averageTanh(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => tanhHalf(x), b, r);
}

export function averageTanhE(b: f64, r: f64): f64 {
  return average((x: f64, e: f64): f64 => tanhHalf(x) * e, b, r);
}
