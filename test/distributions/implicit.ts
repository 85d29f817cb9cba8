import { logBeta, logGamma } from "../reference/statistics.ts";
import { integrate } from "./quadrature.ts";

/**
 * Laws in a coordinate u in which their densities are smooth and end at both sides: an oracle for dx/dθ at a fixed cdf,
 * -(∂F/∂θ) / p, by differences of quadrature of the density. Naive float64: it shares nothing with the library.
 */
export interface Law {
  /** log of the density of u */
  readonly log: (u: number, shapes: readonly number[]) => number;
  readonly range: (shapes: readonly number[]) => { from: number; to: number; breaks: number[] };
  readonly coordinate: (x: number) => number;
  /** dx/du */
  readonly rate: (u: number) => number;
}

const logSigmoid = (u: number): number => Math.min(u, 0) - Math.log1p(Math.exp(-Math.abs(u)));
const around = (centre: number, width: number): number[] => [-12, -2, 2, 12].map((k) => centre + k * width);

/** u = log x */
export const GAMMA: Law = {
  log: (u, [a = 1]) => a * u - Math.exp(u) - logGamma(a),
  range: ([a = 1]) => ({
    from: Math.log(a) - 14 / Math.sqrt(a) - 60 / a,
    to: Math.log(a + 14 * Math.sqrt(a) + 60),
    breaks: [...around(Math.log(a), 1 / Math.sqrt(a)), 0, 2, -8 / a],
  }),
  coordinate: Math.log,
  rate: Math.exp,
};

/** u = logit x */
export const BETA: Law = {
  log: (u, [a = 1, b = 1]) => a * logSigmoid(u) + b * logSigmoid(-u) - logBeta(a, b),
  range: ([a = 1, b = 1]) => {
    const width = Math.sqrt(1 / a + 1 / b);
    const centre = Math.log(a / b);
    return {
      from: centre - 14 * width - 60 / a,
      to: centre + 14 * width + 60 / b,
      breaks: [...around(centre, width), -2, 2, centre - 8 / a, centre + 8 / b],
    };
  },
  coordinate: (x) => Math.log(x) - Math.log1p(-x),
  rate: (u) => Math.exp(logSigmoid(u) + logSigmoid(-u)),
};

const logSinh = (u: number): number => u - Math.LN2 + Math.log1p(-Math.exp(-2 * u));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** u = asinh t */
export const STUDENT: Law = {
  log: (u, [v = 1]) =>
    -((v + 1) / 2) * softplus(2 * logSinh(Math.abs(u)) - Math.log(v)) -
    logBeta(v / 2, 0.5) -
    Math.log(v) / 2 +
    (softplus(2 * Math.abs(u)) - Math.abs(u) - Math.LN2),
  range: ([v = 1]) => {
    const far = 14 + 60 / v + Math.max(0, Math.log(v) / 2);
    return { from: -far, to: far, breaks: [...around(0, 1), -8 / v, 8 / v] };
  },
  coordinate: Math.asinh,
  rate: Math.cosh,
};

/**
 * f'(x) by four central differences and Richardson's extrapolation: the error is (h / radius of convergence)^8 /
 * 4096.
 */
function slope(f: (x: number) => number, x: number, h: number): number {
  let row = [1, 2, 4, 8].map((k) => (k * (f(x + h / k) - f(x - h / k))) / (2 * h));
  for (const power of [4, 16, 64]) row = row.slice(1).map((y, i) => y + (y - (row[i] as number)) / (power - 1));
  return row[0] as number;
}

/** dx / d shapes[index] at a fixed cdf */
export function implicitGradient(law: Law, shapes: readonly number[], index: number, x: number): number {
  const u = law.coordinate(x);
  const mass = (from: number, to: number, own: readonly number[]): number =>
    integrate((t) => Math.exp(law.log(t, own)), from, to, law.range(shapes).breaks);
  const { from, to } = law.range(shapes);
  const isLow = mass(from, u, shapes) < 0.5; // the smaller tail has its digits
  const at = shapes[index] as number;
  const tail = slope(
    (shape) => {
      const own = shapes.map((s, i) => (i === index ? shape : s));
      return isLow ? mass(from, u, own) : -mass(u, to, own);
    },
    at,
    Math.min(at, Math.sqrt(at)) / 4,
  );
  return (-tail / Math.exp(law.log(u, shapes))) * law.rate(u);
}
