/** What threads compute while the cost of a shard is measured: a shard of ten draws takes no time of its own. */
import { Bernoulli } from "reparam/distributions";
import { mul, sum } from "reparam/graph";
import { rloo } from "reparam/inference";
import { shared } from "reparam/parallel";

export const coins = shared("coins", () => ({
  distribution: () => new Bernoulli({ logits: [0.5, -1, 2] }),
  cost: (z) => {
    const heads = sum(z, { axis: 1 });
    return mul(heads, heads);
  },
  estimator: rloo(),
}));
