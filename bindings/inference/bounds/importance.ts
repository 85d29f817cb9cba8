import { apply, type GraphCore, into } from "../../graph/extend.ts";
import { exp, log, type Tensor, tensor } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import { onlyReparameterized } from "../estimators/accept.ts";
import type { Factor } from "../factor.ts";

/**
 * For bounds of several samples of laws with `rsample`: the cost of a sample is -log w, the value -L with L = log mean exp(-cost), as of
 * VIMCO, and the gradient that of -L by the samples: the costs' gradients by their shares w / sum w. What comes through the sample
 * counts by the square of the share where `doubly` is true and the costs leave out the score of q.
 *
 * Burda, Grosse, Salakhutdinov 2016, eq. 14; Tucker, Lawson, Gu, Maddison 2019, eq. 8.
 */
export function together(doubly: boolean): Estimator {
  return {
    name: "pathwise",
    unbiased: false,
    differentiates: true,
    hasOwnValue: true,
    refuses: onlyReparameterized,
    estimate(problem) {
      const { factors, samples, source } = problem;
      const gate: Gate = { shares: new Float64Array() };
      const points = factors.map((factor) => {
        const z = source.rsample(factor, samples);
        return doubly ? gated(factor, z, gate) : z;
      });
      const costs = problem.evaluate(points);
      const { value, shares } = sharesOf(costs.toArray(), samples, problem.rows);
      gate.shares = shares;
      return { value, credits: [{ of: costs, n: samples, weights: shares }] };
    },
  };
}

/** Of costs [n, rows]: -log mean exp(-cost) of each row, and the shares of the samples in it. */
function sharesOf(costs: Float32Array, n: number, rows: number) {
  const least = new Float64Array(rows).fill(Infinity);
  for (let i = 0; i < costs.length; i++) least[i % rows] = Math.min(least[i % rows] as number, costs[i] as number);
  const e = exp(tensor(new Float64Array(costs).map((cost, i) => (least[i % rows] as number) - cost))).toArray();
  const total = new Float64Array(rows);
  for (let i = 0; i < e.length; i++) (total[i % rows] as number) += e[i] as number;
  const logs = log(tensor(total.map((each) => each / n))).toArray();
  return {
    value: least.map((cost, row) => cost - (logs[row] as number)),
    shares: new Float64Array(e).map((each, i) => each / (total[i % rows] as number)),
  };
}

/** By what a gradient is multiplied: known only after what the gradient is of. */
interface Gate {
  /** [n, rows] */
  shares: Float64Array;
}

const gated = ({ law }: Factor, z: Tensor, gate: Gate): Tensor =>
  law.rearranged([z], ([x]) => {
    const from = x as Tensor;
    return apply({
      name: "gate",
      inputs: { x: from },
      shape: from.shape,
      forward: (core, to) => core.move(to, from.at, from.size),
      backward: (core, dy) => into(from, (dx) => scale(core, dx >>> 2, dy >>> 2, from.size, gate.shares)),
    });
  });

function scale({ floats }: GraphCore, dx: number, dy: number, size: number, shares: Float64Array): void {
  const width = size / shares.length;
  for (let i = 0; i < size; i++)
    (floats[dx + i] as number) += (floats[dy + i] as number) * (shares[Math.floor(i / width)] as number);
}
