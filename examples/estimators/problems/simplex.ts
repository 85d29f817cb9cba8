import { OneHotCategorical } from "reparam/distributions";
import { add, div, matmul, mul, reshape, softmax, sub, sum, type Tensor, tensor } from "reparam/graph";
import { type Model, softmax as probabilities } from "../exact/model.ts";
import type { StandardProblem } from "./problem.ts";

const K = 3;
const C = 1 / 3;
const pairs = (f: (i: number, j: number) => number): number[] =>
  Array.from({ length: K * K }, (_, ij) => f(Math.floor(ij / K), ij % K));
const Q = pairs((i, j) => Math.exp(-2 * Math.abs(i - j)));
const START = [0.5, 0.3, 0.2].map(Math.log);
/** M = E[(D - c)(D - c)ᵀ] is linear in p: M_ii = p_i (1 - 2c) + c², M_ij = c² - c (p_i + p_j). */
const constantOf = C * C;
const linearOf = (i: number, j: number, k: number): number =>
  i === j ? (k === i ? 1 - 2 * C : 0) : k === i || k === j ? -C : 0;

/**
 * (p - c)ᵀ Q (p - c) on the simplex, as the mean of f = (D - c)ᵀ A(p) (D - c) over one-hot D ~ p, with A_ij = (p_i - c_i)(p_j - c_j) Q_ij /
 * E[(D_i - c_i)(D_j - c_j)]. Gradients flow through A(p) too: only then is the gradient that of the programme.
 * Paulus, Maddison, Krause 2021 ("Rao-Blackwellizing the straight-through Gumbel-Softmax"), section 5.2.
 */
export const simplex: StandardProblem = {
  id: "simplex",
  title: "A quadratic programme on the simplex",
  group: "simplex",
  kind: "one-hot",
  start: START,
  width: K,
  steps: 400,
  compared: [{ at: "p = (0.5, 0.3, 0.2)", logits: START }],
  law: (logits) => new OneHotCategorical({ logits }),
  cost(logits) {
    const a = weights(softmax(logits));
    return (x) => {
      const d = sub(x, C);
      const [n, runs] = x.shape as readonly [number, number];
      const outer = mul(reshape(d, [n, runs, K, 1]), reshape(d, [n, runs, 1, K]));
      return sum(mul(reshape(outer, [n, runs, K * K]), a), { axis: -1 });
    };
  },
  measure: {
    name: "(p − c)ᵀQ(p − c)",
    of: (logits) => {
      const u = probabilities(logits).map((p) => p - C);
      return pairs((i, j) => (u[i] as number) * (u[j] as number)).reduce(
        (total, each, ij) => total + each * (Q[ij] as number),
        0,
      );
    },
    scale: "log",
    range: [1e-12, 1],
    best: 0,
    goal: 1e-6,
  },
  model: exactModel(),
};

/** A(p) of [runs, K]: [runs, K²]. */
function weights(p: Tensor): Tensor {
  const runs = p.shape[0] as number;
  const u = sub(p, C);
  const outer = mul(reshape(u, [runs, K, 1]), reshape(u, [runs, 1, K]));
  const linear = tensor(
    Float32Array.from(Array.from({ length: K }, (_, k) => pairs((i, j) => linearOf(i, j, k))).flat()),
    [K, K * K],
  );
  const moments = add(matmul(p, linear), constantOf);
  return div(mul(reshape(outer, [runs, K * K]), tensor(Float32Array.from(Q), [K * K])), moments);
}

function exactModel(): Model {
  const moment = (i: number, j: number, p: readonly number[]): number =>
    p.reduce((total, each, k) => total + each * linearOf(i, j, k), constantOf);
  const weight = (i: number, j: number, p: readonly number[]): number =>
    (((p[i] as number) - C) * ((p[j] as number) - C) * (Q[i * K + j] as number)) / moment(i, j, p);
  const total = (f: (i: number, j: number) => number): number => pairs(f).reduce((sum, each) => sum + each, 0);
  const index = [0, 1, 2];
  return {
    categories: K,
    cost: (x, p) => total((i, j) => ((x[i] as number) - C) * ((x[j] as number) - C) * weight(i, j, p)),
    slope: (x, p) => index.map((i) => 2 * index.reduce((sum, j) => sum + weight(i, j, p) * ((x[j] as number) - C), 0)),
    slopeOfProbs: (x, p) =>
      index.map((k) =>
        total((i, j) => {
          const [ui, uj, m] = [(p[i] as number) - C, (p[j] as number) - C, moment(i, j, p)];
          const slope = ((i === k ? uj : 0) + (j === k ? ui : 0)) / m - (ui * uj * linearOf(i, j, k)) / (m * m);
          return ((x[i] as number) - C) * ((x[j] as number) - C) * (Q[i * K + j] as number) * slope;
        }),
      ),
  };
}
