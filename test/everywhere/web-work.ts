import { Bernoulli } from "reparam/distributions";
import { mul, parameter, sum, type Tensor } from "reparam/graph";
import { rloo } from "reparam/inference";
import { shared } from "reparam/parallel";

/** What Web Workers compute: how many of three bits are 1, squared, and its gradient. */
export const bits = shared("bits", () => {
  const logits = parameter([3], [0.5, -1, 2]);
  return {
    logits,
    distribution: () => new Bernoulli({ logits }),
    cost: (z: Tensor) => mul(sum(z, { axis: -1 }), sum(z, { axis: -1 })),
    estimator: rloo(),
  };
});
