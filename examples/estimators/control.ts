import { key } from "reparam";
import { add, glorot, matmul, parameter, reshape, sum, type Tensor, tanh } from "reparam/graph";
import { relax } from "reparam/inference";
import type { Trained } from "./menu.ts";
import type { StandardProblem } from "./problems/problem.ts";

const HIDDEN = 10;

/** RELAX whose control variate is the relaxed cost and a network of one layer of 10 units of the variables behind the draws. */
export function relaxWithNetwork(problem: StandardProblem): Trained {
  const { width } = problem;
  const parameters = {
    w: parameter([width, HIDDEN], glorot(key(1712), [width, HIDDEN])),
    b: parameter([HIDDEN]),
    out: parameter([HIDDEN, 1]),
  };
  const control = (z: Tensor): Tensor => {
    const [n, runs] = z.shape as readonly [number, number];
    const hidden = tanh(add(matmul(reshape(z, [n * runs, width]), parameters.w), parameters.b));
    return reshape(sum(matmul(hidden, parameters.out), { axis: -1 }), [n, runs]);
  };
  return { estimator: relax({ control, tau: 0.5, learn: 0.01 }), parameters };
}
