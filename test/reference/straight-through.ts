/**
 * Estimators that differentiate the cost, for one categorical variable, naive and in float64: the gradient with respect to its K
 * logits, given the derivative g of the cost. A binary variable is the first of two categories, the second of logit 0.
 */

type Row = readonly number[];

export const softmax = (x: Row, tau = 1): number[] => {
  const top = Math.max(...x);
  const terms = x.map((each) => Math.exp((each - top) / tau));
  const total = terms.reduce((sum, each) => sum + each, 0);
  return terms.map((each) => each / total);
};

export const logSumExp = (x: Row): number => {
  const top = Math.max(...x);
  return top + Math.log(x.reduce((sum, each) => sum + Math.exp(each - top), 0));
};

export const oneHot = (k: number, K: number): number[] => Array.from({ length: K }, (_, i) => (i === k ? 1 : 0));

const dot = (a: Row, b: Row): number => a.reduce((sum, each, i) => sum + each * b[i], 0);

/** (diag(y) - y y') g, as a matrix is multiplied */
export const jacobian = (y: Row, g: Row): number[] =>
  y.map((yi, i) => g.reduce((sum, gj, j) => sum + ((i === j ? yi : 0) - yi * y[j]) * gj, 0));

const over = (x: Row, divisor: number): number[] => x.map((each) => each / divisor);
const plus = (a: Row, b: Row): number[] => a.map((each, i) => each + b[i]);

export const straightThrough = (theta: Row, g: Row, tau = 1): number[] => over(jacobian(softmax(theta, tau), g), tau);

/** Of noise G: ST-Gumbel-Softmax with g = f'(D), Gumbel-Softmax with g = f'(softmax((theta + G) / tau)). */
export const throughNoise = (theta: Row, noise: Row, g: Row, tau: number): number[] =>
  over(jacobian(softmax(plus(theta, noise), tau), g), tau);

/** Paulus, Maddison, Krause 2021, eq. 9, as printed: theta + G given D = d, of exponential noise E. */
export function conditional(theta: Row, d: number, E: Row): number[] {
  const Z = theta.reduce((sum, each) => sum + Math.exp(each), 0);
  return theta.map((each, j) => (j === d ? Math.log(Z) - Math.log(E[d]) : -Math.log(E[j] / Math.exp(each) + E[d] / Z)));
}

/** The mean over noises of ST-Gumbel-Softmax. */
export function gumbelRao(theta: Row, d: number, noises: readonly Row[], g: Row, tau: number): number[] {
  const all = noises.map((E) => over(jacobian(softmax(conditional(theta, d, E), tau), g), tau * noises.length));
  return all.reduce(plus);
}

/** Shekhovtsov 2023: half of J(p) g, half of <g, D - p> (D - p). */
export function zgr(theta: Row, d: number, g: Row): number[] {
  const p = softmax(theta);
  const away = plus(oneHot(d, p.length), over(p, -1));
  return plus(over(jacobian(p, g), 2), over(away, 2 / dot(g, away)));
}

/** Liu et al. 2023, algorithm 2, with the centring of the authors' code. */
export function reinMax(theta: Row, d: number, g: Row, tau: number): number[] {
  const middle = over(plus(softmax(theta, tau), oneHot(d, theta.length)), 2);
  const all = plus(over(jacobian(middle, g), 1 / 2), over(jacobian(softmax(theta), g), -2));
  const mean = all.reduce((sum, each) => sum + each, 0) / all.length;
  return all.map((each) => each - mean);
}

/** Fan et al. 2022: theta + m1 - m2 with the largest at D and `gap` above the others. */
export function gapped(theta: Row, d: number, g: Row, tau: number, gap: number | "adaptive"): number[] {
  const top = Math.max(...theta);
  const p = softmax(theta)[d];
  const least = gap === "adaptive" ? -Math.log1p(-p) / p : gap;
  const m1 = theta.map((each, j) => (j === d ? top - each : 0));
  const m2 = theta.map((each, j) => (j === d ? 0 : Math.max(0, each + least - top)));
  return over(
    jacobian(
      softmax(
        theta.map((each, j) => each + m1[j] - m2[j]),
        tau,
      ),
      g,
    ),
    tau,
  );
}
