/**
 * The normal distribution: tails, their logarithms, quantiles.
 * Sources: W. J. Cody (1969), rational Chebyshev approximations for the error function (the three ranges of SPECFUN's CALERF);
 * M. J. Wichura (1988), algorithm AS 241, PPND16.
 */

const SQRT1_PI: f64 = 0.56418958354775628695;
const SQRT1_2: f64 = 0.70710678118654752440;
const LN2: f64 = 0.69314718055994530942;
const SQRT_PI_2: f64 = 1.25331413731550025121;
const LN_SQRT_2PI: f64 = 0.91893853320467274178;

/** erf x for |x| <= 0.46875 */
function erfSmall(x: f64): f64 {
  const t = x * x;
  const p =
    (((1.85777706184603153e-1 * t + 3.16112374387056560) * t + 1.13864154151050156e2) * t + 3.77485237685302021e2) * t +
    3.20937758913846947e3;
  const q =
    (((t + 2.36012909523441209e1) * t + 2.44024637934444173e2) * t + 1.28261652607737228e3) * t +
    2.84423683343917062e3;
  return (x * p) / q;
}

/** exp(x^2) erfc x for 0.46875 <= x <= 4 */
function scaledMiddle(x: f64): f64 {
  let p = 2.15311535474403846e-8 * x + 5.64188496988670089e-1;
  p = (p * x + 8.88314979438837594) * x + 6.61191906371416295e1;
  p = (p * x + 2.98635138197400131e2) * x + 8.81952221241769090e2;
  p = (p * x + 1.71204761263407058e3) * x + 2.05107837782607147e3;
  p = p * x + 1.23033935479799725e3;
  let q = (x + 1.57449261107098347e1) * x + 1.17693950891312499e2;
  q = (q * x + 5.37181101862009858e2) * x + 1.62138957456669019e3;
  q = (q * x + 3.29079923573345963e3) * x + 4.36261909014324716e3;
  q = (q * x + 3.43936767414372164e3) * x + 1.23033935480374942e3;
  return p / q;
}

/** exp(x^2) erfc x for x >= 4 */
function scaledLarge(x: f64): f64 {
  const t = 1 / (x * x);
  let p = 1.63153871373020978e-2 * t + 3.05326634961232344e-1;
  p = (p * t + 3.60344899949804439e-1) * t + 1.25781726111229246e-1;
  p = (p * t + 1.60837851487422766e-2) * t + 6.58749161529837803e-4;
  let q = (t + 2.56852019228982242) * t + 1.87295284992346725;
  q = (q * t + 5.27905102951428412e-1) * t + 6.05183413124413191e-2;
  q = q * t + 2.33520497626869185e-3;
  return (SQRT1_PI - (t * p) / q) / x;
}

/** exp(x^2) erfc x for x >= 0.46875 */
function scaledErfc(x: f64): f64 {
  return x <= 4 ? scaledMiddle(x) : scaledLarge(x);
}

/** exp(-c x^2), c = 1 or 1/2: h has few enough bits that h^2 is exact, so no rounding is multiplied by x^2. */
function expMinusSquare(x: f64, c: f64): f64 {
  if (x > 40) return 0;
  const h = Math.floor(x * 16) / 16;
  return Math.exp(-c * h * h) * Math.exp(-c * (x - h) * (x + h));
}

/**
 * 2/sqrt(pi) times the integral of exp(-t^2) from x on, any x.
 * Max error: 1e-15 of its value, where that is not subnormal (x < 26.5)
 */
export function erfc(x: f64): f64 {
  const z = Math.abs(x);
  if (z <= 0.46875) return 1 - erfSmall(x);
  const tail = expMinusSquare(z, 1) * scaledErfc(z);
  return x > 0 ? tail : 2 - tail;
}

/** 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x. Max error: 1e-15 of its value. */
export function erf(x: f64): f64 {
  return Math.abs(x) <= 0.46875 ? erfSmall(x) : 1 - erfc(x);
}

/**
 * Probability of a standard normal below z, any z; above z it is normalCdf(-z).
 * Max error: 1e-15 of its value, where that is not subnormal (z > -37.5)
 */
export function normalCdf(z: f64): f64 {
  if (z > -1) return 0.5 * erfc(-z * SQRT1_2);
  return 0.5 * expMinusSquare(-z, 0.5) * scaledErfc(-z * SQRT1_2);
}

/**
 * log normalCdf(z), z from -1e150 on; the logarithm of the upper tail is normalLogCdf(-z).
 * Max error: 1e-15 of its value
 */
export function normalLogCdf(z: f64): f64 {
  if (z > 0) return Math.log1p(-normalCdf(-z));
  if (z > -1) return Math.log(normalCdf(z));
  return Math.log(scaledErfc(-z * SQRT1_2)) - LN2 - 0.5 * z * z;
}

/** AS 241 for |p - 1/2| <= 0.425, from c = p - 1/2 */
function quantileCentral(c: f64): f64 {
  const r = 0.180625 - c * c;
  let p = 2.5090809287301226727e3 * r + 3.3430575583588128105e4;
  p = (p * r + 6.7265770927008700853e4) * r + 4.5921953931549871457e4;
  p = (p * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3;
  p = (p * r + 1.3314166789178437745e2) * r + 3.3871328727963666080;
  let q = 5.2264952788528545610e3 * r + 2.8729085735721942674e4;
  q = (q * r + 3.9307895800092710610e4) * r + 2.1213794301586595867e4;
  q = (q * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2;
  q = (q * r + 4.2313330701600911252e1) * r + 1;
  return (c * p) / q;
}

/** AS 241 for the tails: minus the quantile of p, from r = sqrt(-log p), p < 0.075; made for r <= 27 */
function quantileTail(r: f64): f64 {
  if (r <= 5) {
    const t = r - 1.6;
    let p = 7.74545014278341407640e-4 * t + 2.27238449892691845833e-2;
    p = (p * t + 2.41780725177450611770e-1) * t + 1.27045825245236838258;
    p = (p * t + 3.64784832476320460504) * t + 5.76949722146069140550;
    p = (p * t + 4.63033784615654529590) * t + 1.42343711074968357734;
    let q = 1.05075007164441684324e-9 * t + 5.47593808499534494600e-4;
    q = (q * t + 1.51986665636164571966e-2) * t + 1.48103976427480074590e-1;
    q = (q * t + 6.89767334985100004550e-1) * t + 1.67638483018380384940;
    q = (q * t + 2.05319162663775882187) * t + 1;
    return p / q;
  }
  const t = r - 5;
  let p = 2.01033439929228813265e-7 * t + 2.71155556874348757815e-5;
  p = (p * t + 1.24266094738807843860e-3) * t + 2.65321895265761230930e-2;
  p = (p * t + 2.96560571828504891230e-1) * t + 1.78482653991729133580;
  p = (p * t + 5.46378491116411436990) * t + 6.65790464350110377720;
  let q = 2.04426310338993978564e-15 * t + 1.42151175831644588870e-7;
  q = (q * t + 1.84631831751005468180e-5) * t + 7.86869131145613259100e-4;
  q = (q * t + 1.48753612908506148525e-2) * t + 1.36929880922735805310e-1;
  q = (q * t + 5.99832206555887937690e-1) * t + 1;
  return p / q;
}

/**
 * The z with normalCdf(z) = p; infinite at 0 and 1. Near 1 ask normalQuantileTail.
 * Max error: 1e-15 of its value
 */
export function normalQuantile(p: f64): f64 {
  const c = p - 0.5;
  if (Math.abs(c) <= 0.425) return quantileCentral(c);
  const tail = c < 0 ? p : 1 - p;
  if (tail < 0) return NaN;
  if (tail == 0) return c < 0 ? -Infinity : Infinity;
  const z = quantileTail(Math.sqrt(-Math.log(tail)));
  return c < 0 ? -z : z;
}

/** The z with a probability of p between -z and z, p from 0 to 1. */
export function normalQuantileMiddle(p: f64): f64 {
  return p <= 0.85 ? quantileCentral(0.5 * p) : -normalQuantile(0.5 * (1 - p));
}

/** The z with a probability of q above it: exact for q as small as floats go. */
export function normalQuantileTail(q: f64): f64 {
  return -normalQuantile(q);
}

/**
 * The z with normalLogCdf(z) = logP, logP from -1e300 to 0.
 * Max error: 1e-15 (1 + |value|)
 */
export function normalQuantileLog(logP: f64): f64 {
  if (logP > -LN2) return -normalQuantile(-Math.expm1(logP));
  if (logP > -2.5) return normalQuantile(Math.exp(logP));
  const r = Math.sqrt(-logP);
  if (r <= 27) return -quantileTail(r);
  // Beyond: Newton's method on log cdf, whose slope is sqrt(2/pi) / scaledErfc(-z/sqrt 2), about -z.
  const root = Math.sqrt(2) * r;
  let z = -root + (Math.log(root) + LN_SQRT_2PI) / root;
  for (let i = 0; i < 3; i++) {
    z -= (normalLogCdf(z) - logP) * scaledErfc(-z * SQRT1_2) * SQRT_PI_2;
  }
  return z;
}
