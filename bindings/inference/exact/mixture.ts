import { ShapeError } from "../../core/index.ts";
import { checkTensor, show, within } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { type ExactSum, sumOut } from "./sum-out.ts";

/** A mixture summed over its components. */
export interface Mixture {
  /** The log of the sum, [...plates]: a node of the graph. */
  readonly logEvidence: Tensor;
  /** Posterior probabilities of the components, [...plates, K], as constants. */
  responsibilities(): Tensor;
}

/**
 * log sum_k exp(logWeights_k + logDensities_k) for each plate: `sumOut` of one variable. The gradient with respect to a log-density,
 * and to a log-weight, is the responsibility of its component. The weights are taken as they are: `logSoftmax` makes them add up to 1.
 *
 * @param logWeights [..., K], which broadcasts with the densities
 * @param logDensities [...plates, K]
 * @throws ShapeError, ArgumentError, DisposedError as `sumOut`
 */
export function mixture(logWeights: Tensor, logDensities: Tensor): Mixture {
  checkTensor("logWeights", logWeights);
  checkTensor("logDensities", logDensities);
  const [own, count] = [logWeights.shape.at(-1), logDensities.shape.at(-1)];
  if (own === undefined) throw new ShapeError("logWeights", "one weight for each component, [..., K]", "[]");
  if (own !== count)
    throw new ShapeError("logDensities", `the ${own} components of logWeights last`, show(logDensities.shape));
  const variables = ["component"];
  const exact: ExactSum = within("mixture", "sum", () =>
    sumOut([
      { variables, table: logDensities },
      { variables, table: logWeights },
    ]),
  );
  return { logEvidence: exact.logEvidence, responsibilities: () => exact.marginal("component") };
}
