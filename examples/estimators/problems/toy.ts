import { Bernoulli } from "reparam/distributions";
import { mul, reshape, sub, type Tensor } from "reparam/graph";
import { softmax } from "../exact/model.ts";
import type { StandardProblem } from "./problem.ts";

/**
 * One Bernoulli variable b with theta = sigmoid(phi), f = (b - t)²: d L / d phi = (1 - 2 t) theta (1 - theta), so that for t < 1/2 the
 * best theta is 0. The nearer t is to 1/2, the smaller the signal. Tucker et al. 2017 (t = 0.45), Grathwohl et al. 2018 (0.499).
 */
export const toy = (t: number): StandardProblem => ({
  id: `toy-${String(t).slice(2)}`,
  title: `One Bernoulli variable, f = (b − ${t})²`,
  group: "toy",
  kind: "binary",
  start: [0],
  width: 1,
  steps: 2500,
  compared: [
    { at: "θ = 0.5", logits: [0] },
    { at: "θ = 0.2", logits: [logit(0.2)] },
  ],
  law: (logits) => new Bernoulli({ logits: single(logits) }),
  cost: () => (b) => square(sub(b, t)),
  measure: {
    name: "θ",
    of: ([phi]) => probability(phi as number),
    scale: "linear",
    range: [0, 0.6],
    best: 0,
    goal: 0.01,
  },
  model: {
    categories: 2,
    cost: ([x]) => ((x as number) - t) ** 2,
    slope: ([x]) => [2 * ((x as number) - t), 0],
  },
});

export const probability = (phi: number): number => softmax([phi, 0])[0] as number;

export const logit = (theta: number): number => Math.log(theta / (1 - theta));

export const square = (x: Tensor): Tensor => mul(x, x);

/** [runs, 1] as [runs]. */
const single = (logits: Tensor): Tensor => reshape(logits, [logits.shape[0] as number]);
