import type { Estimator } from "../estimator.ts";
import { evenly, meanOf } from "../problem.ts";
import { onlyReparameterized } from "./accept.ts";

/**
 * The reparameterization trick: z = g(e, parameters) with noise e that depends on nothing, so that the gradient goes through g.
 * For distributions with `rsample`; as unbiased as their samples are (relaxed ones: for the relaxed model).
 *
 * Kingma, Welling 2014, eq. 4; Rezende, Mohamed, Wierstra 2014.
 */
export function pathwise(): Estimator {
  return {
    name: "pathwise",
    unbiased: true,
    differentiates: true,
    refuses: onlyReparameterized,
    estimate(problem) {
      const costs = problem.evaluate(problem.factors.map((factor) => problem.source.rsample(factor, problem.samples)));
      return {
        value: meanOf(costs),
        credits: [evenly(costs)],
      };
    },
  };
}
