/**
 * The toy of Tucker et al. 2017: E (b - t)^2 of b ~ Bernoulli(sigmoid(phi)), in double precision: what each estimator of d/dphi is on
 * average, and its variance, by sums over b and integrals over its noise.
 */

export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (u: number): number => Math.log(u) - Math.log1p(-u);

/** Of values with the weights of a law. */
function momentsOf(values: readonly (readonly [weight: number, value: number])[]): Moments {
  const mean = values.reduce((sum, [w, x]) => sum + w * x, 0);
  return { mean, variance: values.reduce((sum, [w, x]) => sum + w * (x - mean) ** 2, 0) };
}

/** Midpoints of `n` panels of (from, to), weighted by their share of (0, 1): the ends, where logits are infinite, are never met. */
const midpoints = (from: number, to: number, n: number): [weight: number, u: number][] =>
  Array.from({ length: n }, (_, i) => [(to - from) / n, from + ((i + 0.5) * (to - from)) / n]);

/** Uniform noise, cut where the draw changes. */
const uniforms = (theta: number, n: number): [number, number][] => [
  ...midpoints(0, 1 - theta, n),
  ...midpoints(1 - theta, 1, n),
];

/** @param rounded what costs are rounded to: their difference at t = 0.499 is a hundredth of what they are */
export function toy(t: number, phi: number, rounded = (x: number): number => x): Readonly<Record<string, Moments>> {
  const theta = sigmoid(phi);
  const f = (b: number): number => rounded(rounded(b - t) ** 2);
  const slope = (b: number): number => 2 * (b - t);
  const v = theta * (1 - theta);
  const draws: readonly [number, number][] = [
    [theta, 1],
    [1 - theta, 0],
  ];
  const overDraws = (g: (b: number) => number): Moments => momentsOf(draws.map(([w, b]) => [w, g(b)]));
  /** Draw, relaxed draw and its derivative by phi. */
  const relaxed = (tau: number, g: (b: number, y: number, dy: number) => number): Moments =>
    momentsOf(
      uniforms(theta, 50_000).map(([w, u]) => {
        const x = phi + logit(u);
        const y = sigmoid(x / tau);
        return [w, g(x > 0 ? 1 : 0, y, (y * (1 - y)) / tau)];
      }),
    );
  const exact = f(1) * v - f(0) * v;
  return {
    exact: { mean: exact, variance: 0 },
    scoreFunction: overDraws((b) => f(b) * (b - theta)),
    rloo: momentsOf(
      draws.flatMap(([p, b]) => draws.map(([q, c]): [number, number] => [p * q, ((f(b) - f(c)) * (b - c)) / 2])),
    ),
    arm: momentsOf(
      [...uniforms(theta, 50_000)].map(([w, u]) => [
        w,
        (f(u > sigmoid(-phi) ? 1 : 0) - f(u < sigmoid(phi) ? 1 : 0)) * (u - 0.5),
      ]),
    ),
    disarm: momentsOf([
      [2 * Math.min(theta, 1 - theta), ((f(1) - f(0)) * Math.max(theta, 1 - theta)) / 2],
      [1 - 2 * Math.min(theta, 1 - theta), 0],
    ]),
    muProp: overDraws((b) => (f(b) - f(theta) - slope(theta) * (b - theta)) * (b - theta) + slope(theta) * v),
    "rebar 0.5": rebar(0.5, 1, { theta, phi, f, slope }),
    "gumbelSoftmax 0.1": relaxed(0.1, (_, y, dy) => slope(y) * dy),
    "gumbelSoftmax 0.5": relaxed(0.5, (_, y, dy) => slope(y) * dy),
    "gumbelSoftmax 1": relaxed(1, (_, y, dy) => slope(y) * dy),
    "straightThroughGumbelSoftmax 0.5": relaxed(0.5, (b, _, dy) => slope(b) * dy),
    straightThrough: overDraws((b) => slope(b) * v),
  };
}

interface Toy {
  readonly theta: number;
  readonly phi: number;
  readonly f: (b: number) => number;
  readonly slope: (b: number) => number;
}

/** [f(b) - eta f(s(z'))] d log p(b) + eta d f(s(z)) - eta d f(s(z')), z' the logistic variable of b with noise v of its own. */
function rebar(tau: number, eta: number, { theta, phi, f, slope }: Toy): Moments {
  const n = 1000;
  const squashed = (z: number) => sigmoid(z / tau);
  const along = (y: number) => (slope(y) * y * (1 - y)) / tau;
  return momentsOf(
    uniforms(theta, n).flatMap(([w, u]) => {
      const z = phi + logit(u);
      const b = z > 0 ? 1 : 0;
      return midpoints(0, 1, n).map(([share, v]): [number, number] => {
        const under = b === 1 ? v * theta + (1 - theta) : v * (1 - theta);
        const conditional = phi + logit(under);
        const dUnder = (b === 1 ? v - 1 : -v) * theta * (1 - theta);
        const dConditional = 1 + dUnder / (under * (1 - under));
        const [y, other] = [squashed(z), squashed(conditional)];
        return [w * share, (f(b) - eta * f(other)) * (b - theta) + eta * along(y) - eta * along(other) * dConditional];
      });
    }),
  );
}
