import { ShapeError } from "../../core/index.ts";
import { apply, broadcast, checkTensor, show, sizeOf } from "../../graph/extend.ts";
import { type Tensor, tensor } from "../../graph/index.ts";
import { expOf, logOf } from "./log-space.ts";
import { addInto, checkLogValues, startsOf } from "./plates.ts";

/** A mixture summed over its components. */
export interface Mixture {
  /** The log of the sum, [...plates]: a node of the graph. */
  readonly logEvidence: Tensor;
  /** Posterior probabilities of the components, [...plates, K], as constants; NaN where nothing is possible. */
  responsibilities(): Tensor;
}

/**
 * log sum_k exp(logWeights_k + logDensities_k) for each plate, in double precision, rounded once: what `sumOut` gives of one variable.
 * The gradient with respect to a log-density, and to a log-weight, is the responsibility of its component. The weights are taken as
 * they are: `logSoftmax` makes them add up to 1. Where nothing is possible the sum is -Infinity and the gradient NaN.
 *
 * @param logWeights [..., K], which broadcasts with the densities
 * @param logDensities [...plates, K]
 * @throws ShapeError (other components, plates that do not broadcast); ArgumentError (NaN or +Infinity); DisposedError (outside of a step)
 */
export function mixture(logWeights: Tensor, logDensities: Tensor): Mixture {
  checkTensor("logWeights", logWeights);
  checkTensor("logDensities", logDensities);
  const count = logWeights.shape.at(-1);
  if (count === undefined) throw new ShapeError("logWeights", "one weight for each component, [..., K]", "[]");
  if (logDensities.shape.at(-1) !== count)
    throw new ShapeError("logDensities", `the ${count} components of logWeights last`, show(logDensities.shape));
  const given = [logWeights, logDensities] as const;
  const [a, b] = [checkLogValues("logWeights", logWeights), checkLogValues("logDensities", logDensities)];
  const leading = [logWeights.shape.slice(0, -1), logDensities.shape.slice(0, -1)] as const;
  const plates = broadcast(...leading, "logDensities");
  const [startsOfA, startsOfB] = [startsOf(leading[0], plates, count), startsOf(leading[1], plates, count)];
  const sums = new Float64Array(sizeOf(plates));
  const shares = new Float64Array(sums.length * count);
  for (let plate = 0; plate < sums.length; plate++) {
    const [atA, atB, at] = [startsOfA[plate] as number, startsOfB[plate] as number, plate * count];
    let most = -Infinity;
    for (let k = 0; k < count; k++) {
      const term = (a[atA + k] as number) + (b[atB + k] as number);
      shares[at + k] = term;
      if (term > most) most = term;
    }
    let total = 0;
    // Of nothing but -Infinity the differences are NaN, and so are the shares.
    for (let k = 0; k < count; k++) {
      const term = expOf((shares[at + k] as number) - most);
      shares[at + k] = term;
      total += term;
    }
    for (let k = 0; k < count; k++) (shares[at + k] as number) /= total;
    sums[plate] = most === -Infinity ? most : most + logOf(total);
  }
  const logEvidence = apply({
    name: "mixture",
    inputs: { logWeights, logDensities },
    shape: plates,
    forward: (core, out) => core.write(sums, out),
    backward: (core, dy) => {
      const above = core.copy(dy, sums.length);
      for (const [i, starts] of [startsOfA, startsOfB].entries()) {
        const x = given[i] as Tensor;
        if (!x.differentiable) continue;
        const totals = new Float64Array(x.size);
        for (let plate = 0; plate < sums.length; plate++) {
          const [own, to, from] = [above[plate] as number, starts[plate] as number, plate * count];
          if (own !== 0)
            for (let k = 0; k < count; k++) (totals[to + k] as number) += own * (shares[from + k] as number);
        }
        addInto(core, x, totals);
      }
    },
  });
  return { logEvidence, responsibilities: () => tensor(shares, [...plates, count]) };
}
