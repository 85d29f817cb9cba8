import { add, mul, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";

/** log p(x, z) of two switches by a table, over states (0, 0), (0, 1), (1, 0), (1, 1). */
export const TABLE = [-1.2, -0.3, -2.1, -0.7];
export const STATES = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

/** The polynomial a + b z1 + c z2 + d z1 z2 of the table: of points [n, ..., 2]. */
export function logTable(z: Tensor): Tensor {
  const [a, b, c, d] = TABLE;
  const z1 = sum(mul(z, tensor([1, 0])), { axis: -1 });
  const z2 = sum(mul(z, tensor([0, 1])), { axis: -1 });
  return add(a, add(add(mul(c - a, z1), mul(b - a, z2)), mul(a - b - c + d, mul(z1, z2))));
}

export const logMeanExp = (x: readonly number[]): number => {
  const most = Math.max(...x);
  return most + Math.log(x.reduce((so, each) => so + Math.exp(each - most), 0) / x.length);
};

export const EVIDENCE = logMeanExp(TABLE) + Math.log(4);

/** log q(z) of independent switches. */
export const logGuide = (logits: readonly number[], z: readonly number[]): number =>
  z.reduce((so, on, i) => so - Math.log(1 + Math.exp(on ? -logits[i] : logits[i])), 0);

/** Log weights of the four states. */
export const logWeightsOf = (logits: readonly number[], joint = TABLE): number[] =>
  STATES.map((z, i) => joint[i] - logGuide(logits, z));

/** All K-tuples of states, with their probabilities. */
export function tuples(logits: readonly number[], k: number): { weight: number; states: number[] }[] {
  let all = [{ weight: 1, states: [] as number[] }];
  for (let i = 0; i < k; i++)
    all = all.flatMap(({ weight, states }) =>
      STATES.map((z, s) => ({ weight: weight * Math.exp(logGuide(logits, z)), states: [...states, s] })),
    );
  return all;
}

/** E[log mean w^(1 - alpha)] / (1 - alpha) of K samples, exactly; alpha = 1 in the limit. */
export function exactBound(logits: readonly number[], k: number, alpha: number): number {
  const w = logWeightsOf(logits);
  return tuples(logits, k).reduce((so, { weight, states }) => {
    const each = states.map((s) => w[s]);
    const value =
      alpha === 1 ? each.reduce((a, b) => a + b) / k : logMeanExp(each.map((x) => (1 - alpha) * x)) / (1 - alpha);
    return so + weight * value;
  }, 0);
}

/** By central differences. */
export function slope(f: (at: readonly number[]) => number, at: readonly number[], h = 1e-5): number[] {
  return at.map((_, i) => {
    const moved = (by: number): number => f(at.map((x, j) => (i === j ? x + by : x)));
    return (moved(h) - moved(-h)) / (2 * h);
  });
}
