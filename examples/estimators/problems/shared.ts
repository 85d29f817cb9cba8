import { Bernoulli } from "reparam/distributions";
import { add, sub, sum, tensor } from "reparam/graph";
import type { StandardProblem } from "./problem.ts";
import { logit, probability, square } from "./toy.ts";

const P = [0.6, 0.51, 0.48];

/**
 * Three Bernoulli variables of one logit, f = Σ (x_i - p_i)²: the slope by theta is Σ (1 - 2 p_i) = -0.18, the best theta 1.
 * As the variables are independent and f is a sum, means are those of one variable of which f is the sum. Liu et al. 2019, section 5.1.
 */
export const shared: StandardProblem = {
  id: "shared",
  title: "Three Bernoulli variables of one logit, f = Σ (xᵢ − pᵢ)², p = (0.6, 0.51, 0.48)",
  group: "shared",
  kind: "binary",
  start: [0],
  width: P.length,
  steps: 2500,
  compared: [{ at: "θ = 0.7", logits: [logit(0.7)] }],
  law: (logits) => new Bernoulli({ logits: add(logits, tensor(new Float32Array(3), [3])) }),
  cost: () => (x) => sum(square(sub(x, tensor(Float32Array.from(P), [3]))), { axis: -1 }),
  measure: {
    name: "θ",
    of: ([phi]) => probability(phi as number),
    scale: "linear",
    range: [0.4, 1],
    best: 1,
    goal: 0.97,
  },
  model: {
    categories: 2,
    cost: ([x]) => P.reduce((total, p) => total + ((x as number) - p) ** 2, 0),
    slope: ([x]) => [P.reduce((total, p) => total + 2 * ((x as number) - p), 0), 0],
  },
};
