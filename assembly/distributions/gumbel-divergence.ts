import { gradient4, map4, partials } from "../elementwise";
import { digammaRatio, lgamma1p } from "../special/gamma";

/**
 * KL(p || Gumbel(otherLoc, s)) of p = loc + scale Z, Z of entropy h and mean m.
 * With r = scale / s, d = (loc - otherLoc) / s and M(r) = E exp(-r Z), which is given by its logarithm,
 * KL = d + m r + M(r) exp(-d) - log r - h
 */
function divergence(d: f64, r: f64, m: f64, h: f64, logM: f64): f64 {
  return d + m * r + Math.exp(logM - d) - Math.log(r) - h;
}

/** d/dd: 1 - M(r) exp(-d) */
function byShift(d: f64, logM: f64): f64 {
  return -Math.expm1(logM - d);
}

/** d/dr; `slope` of log M at r */
function byRatio(d: f64, r: f64, m: f64, logM: f64, slope: f64): f64 {
  return m + slope * Math.exp(logM - d) - 1 / r;
}

function send(d: f64, r: f64, s: f64, dd: f64, dr: f64): void {
  partials(dd / s, dr / s, -dd / s, -(d * dd + r * dr) / s);
}

const EULER: f64 = 0.5772156649015329;
const LN_SQRT_2PI_E: f64 = 1.4189385332046727;

/** digamma(1 + r), the slope of log Γ(1 + r) */
function digamma1p(r: f64): f64 {
  return digammaRatio(1, r) - EULER;
}

/** p Gumbel: M = Γ(1 + r) */
function gumbelKl(loc: f64, scale: f64, otherLoc: f64, s: f64): f64 {
  const r = scale / s;
  return divergence((loc - otherLoc) / s, r, EULER, 1 + EULER, lgamma1p(r));
}

function gumbelKlGradient(loc: f64, scale: f64, otherLoc: f64, s: f64): void {
  const d = (loc - otherLoc) / s;
  const r = scale / s;
  const logM = lgamma1p(r);
  send(d, r, s, byShift(d, logM), byRatio(d, r, EULER, logM, digamma1p(r)));
}

/** Weibull from Weibull: minus their logarithms are Gumbel(-log scale, 1 / k), and a bijection keeps a divergence. */
function weibullKl(scale: f64, k: f64, otherScale: f64, otherK: f64): f64 {
  const r = otherK / k;
  return divergence(-otherK * Math.log(scale / otherScale), r, EULER, 1 + EULER, lgamma1p(r));
}

function weibullKlGradient(scale: f64, k: f64, otherScale: f64, otherK: f64): void {
  const t = Math.log(scale / otherScale);
  const d = -otherK * t;
  const r = otherK / k;
  const logM = lgamma1p(r);
  const dd = byShift(d, logM);
  const dr = byRatio(d, r, EULER, logM, digamma1p(r));
  partials((-otherK * dd) / scale, (-r * dr) / k, (otherK * dd) / otherScale, dr / k - t * dd);
}

/** p normal: M = exp(r² / 2) */
function normalGumbelKl(loc: f64, scale: f64, otherLoc: f64, s: f64): f64 {
  const r = scale / s;
  return divergence((loc - otherLoc) / s, r, 0, LN_SQRT_2PI_E, 0.5 * r * r);
}

function normalGumbelKlGradient(loc: f64, scale: f64, otherLoc: f64, s: f64): void {
  const d = (loc - otherLoc) / s;
  const r = scale / s;
  const logM = 0.5 * r * r;
  send(d, r, s, byShift(d, logM), byRatio(d, r, 0, logM, r));
}

/** p exponential: M = 1 / (1 + r) */
function exponentialGumbelKl(loc: f64, scale: f64, otherLoc: f64, s: f64): f64 {
  const r = scale / s;
  return divergence((loc - otherLoc) / s, r, 1, 1, -Math.log1p(r));
}

function exponentialGumbelKlGradient(loc: f64, scale: f64, otherLoc: f64, s: f64): void {
  const d = (loc - otherLoc) / s;
  const r = scale / s;
  const logM = -Math.log1p(r);
  send(d, r, s, byShift(d, logM), byRatio(d, r, 1, logM, -1 / (1 + r)));
}

/** p uniform from loc to loc + scale: M = (1 - exp(-r)) / r */
function uniformGumbelKl(loc: f64, scale: f64, otherLoc: f64, s: f64): f64 {
  const r = scale / s;
  return divergence((loc - otherLoc) / s, r, 0.5, 0, Math.log(-Math.expm1(-r) / r));
}

function uniformGumbelKlGradient(loc: f64, scale: f64, otherLoc: f64, s: f64): void {
  const d = (loc - otherLoc) / s;
  const r = scale / s;
  const logM = Math.log(-Math.expm1(-r) / r);
  // Below 1e-3 the two terms cancel; their series.
  const slope = r < 1e-3 ? r / 12 - 0.5 : 1 / Math.expm1(r) - 1 / r;
  send(d, r, s, byShift(d, logM), byRatio(d, r, 0.5, logM, slope));
}

export function gumbelKlForward(
  y: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  map4(y, loc, scale, otherLoc, otherScale, n, gumbelKl);
}

export function gumbelKlBackward(
  dloc: usize, dscale: usize, dotherLoc: usize, dotherScale: usize, dy: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  gradient4(dloc, dscale, dotherLoc, dotherScale, dy, loc, scale, otherLoc, otherScale, n, gumbelKlGradient);
}

export function normalGumbelKlForward(
  y: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  map4(y, loc, scale, otherLoc, otherScale, n, normalGumbelKl);
}

export function normalGumbelKlBackward(
  dloc: usize, dscale: usize, dotherLoc: usize, dotherScale: usize, dy: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  gradient4(dloc, dscale, dotherLoc, dotherScale, dy, loc, scale, otherLoc, otherScale, n, normalGumbelKlGradient);
}

export function exponentialGumbelKlForward(
  y: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  map4(y, loc, scale, otherLoc, otherScale, n, exponentialGumbelKl);
}

export function exponentialGumbelKlBackward(
  dloc: usize, dscale: usize, dotherLoc: usize, dotherScale: usize, dy: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  gradient4(dloc, dscale, dotherLoc, dotherScale, dy, loc, scale, otherLoc, otherScale, n, exponentialGumbelKlGradient);
}

export function uniformGumbelKlForward(
  y: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  map4(y, loc, scale, otherLoc, otherScale, n, uniformGumbelKl);
}

export function uniformGumbelKlBackward(
  dloc: usize, dscale: usize, dotherLoc: usize, dotherScale: usize, dy: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  gradient4(dloc, dscale, dotherLoc, dotherScale, dy, loc, scale, otherLoc, otherScale, n, uniformGumbelKlGradient);
}

export function weibullKlForward(y: usize, scale: usize, k: usize, otherScale: usize, otherK: usize, n: usize): void {
  map4(y, scale, k, otherScale, otherK, n, weibullKl);
}

export function weibullKlBackward(
  dscale: usize, dk: usize, dotherScale: usize, dotherK: usize, dy: usize, scale: usize, k: usize, otherScale: usize, otherK: usize, n: usize,
): void {
  gradient4(dscale, dk, dotherScale, dotherK, dy, scale, k, otherScale, otherK, n, weibullKlGradient);
}
