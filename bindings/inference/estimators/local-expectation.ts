import type { Tensor } from "../../graph/index.ts";
import type { Credit } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import { indicesOf, marginalOf } from "../joint.ts";
import { evenly, meanOf } from "../problem.ts";
import { onlyListed } from "./accept.ts";
import { costsOfChanges, variablesOf } from "./changed.ts";

/**
 * For each variable all its values exactly, with the others as they were drawn: sum over k of p(k) f(k, others) d log p(k).
 * 1 + sum of (K - 1) evaluations over the variables of a row, in two calls; unbiased, exact for a single variable, and where the cost
 * is a sum of what single variables cost.
 *
 * Titsias, Lázaro-Gredilla 2015, "Local expectation gradients for black box variational inference".
 */
export function localExpectation(): Estimator {
  return {
    name: "local expectation",
    unbiased: true,
    differentiates: false,
    refuses: onlyListed,
    estimate(problem) {
      const { factors, draws, samples } = problem;
      const costs = problem.evaluate(draws);
      const { rows } = problem;
      const f = costs.toArray();
      const marginals = factors.map((factor, i) => {
        const marginal = marginalOf(factor);
        return { ...marginal, drawn: indicesOf(marginal, (draws[i] as Tensor).toArray()) };
      });
      const others = costsOfChanges(
        problem,
        marginals.map(({ factor, count, values, drawn, probs }) => ({
          factor,
          count: count - 1,
          write: (points, to, at, which) => {
            const value = besides(drawn[at] as number, which);
            const variables = probs.length / count;
            // What cannot be may cost anything, also infinitely much: the point stays the draw.
            if (probs[value * variables + (at % variables)] === 0) return;
            const from = value * factor.eventSize;
            points.set(values.subarray(from, from + factor.eventSize), to);
          },
        })),
      );
      const credits = marginals.map(({ factor, count, logProb, probs, drawn }, i): Credit => {
        const costsOfOthers = others[i] as Float32Array;
        const width = variablesOf(problem, factor);
        const weights = new Float64Array(probs.length);
        const local = new Float64Array(count);
        for (let s = 0; s < samples; s++)
          for (let variable = 0; variable < width; variable++)
            for (let row = 0; row < rows; row++) {
              const at = row * width + variable;
              const value = drawn[s * rows * width + at] as number;
              local[value] = f[s * rows + row] as number;
              for (let which = 0; which < count - 1; which++)
                local[besides(value, which)] = costsOfOthers[
                  ((s * width + variable) * (count - 1) + which) * rows + row
                ] as number;
              // As sum dp = 0 the mean may be subtracted, and less is lost to rounding.
              let mean = 0;
              for (let k = 0; k < count; k++) {
                const p = probs[k * rows * width + at] as number;
                mean += p * (local[k] as number);
              }
              for (let k = 0; k < count; k++) {
                const p = probs[k * rows * width + at] as number;
                (weights[k * rows * width + at] as number) += (p * ((local[k] as number) - mean)) / samples;
              }
            }
        return { of: logProb, n: count, weights };
      });
      return {
        value: meanOf(costs),
        credits: [evenly(costs), ...credits],
      };
    },
  };
}

/** The values but the one that was drawn, in order. */
const besides = (drawn: number, which: number): number => (which < drawn ? which : which + 1);
