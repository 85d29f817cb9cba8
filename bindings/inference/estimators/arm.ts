import { sigmoid } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import { noiseOf } from "../source.ts";
import { onlyBinary } from "./accept.ts";
import { antithetic, paired } from "./disarm.ts";

/**
 * (f(1[u > sigmoid(-logits)]) - f(1[u < sigmoid(logits)])) (u - 1/2) for each binary variable, u uniform: two evaluations, unbiased, no
 * derivative. The first of the two samples is the draw, u = sigmoid(e) being what it is made of. `disarm` is its expectation given
 * both samples: at the same cost it never has more variance.
 *
 * Yin, Zhou 2019, "ARM: Augment-REINFORCE-merge gradient for stochastic binary networks", eq. 8.
 */
export function arm(): Estimator {
  return {
    name: "ARM",
    unbiased: true,
    differentiates: false,
    refuses: onlyBinary,
    estimate(problem) {
      const { factors, samples, source } = problem;
      const opposite = factors.map((factor) => antithetic(problem, factor));
      const slopes = factors.map((factor) => {
        const logits = factor.logits.toArray();
        // A sure variable has no gradient, and that of its log-odds by its probability is infinite.
        return new Float64Array(sigmoid(noiseOf(source, factor, "logistic", "", samples)).toArray()).map((u, i) =>
          Number.isFinite(logits[i % factor.size]) ? u - 0.5 : 0,
        );
      });
      return paired(problem, opposite, slopes);
    },
  };
}
