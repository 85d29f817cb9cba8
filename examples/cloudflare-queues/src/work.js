/** What the Durable Object and the consumers of the queue have in common: no code is ever in a message. */
import { Bernoulli } from "reparam/distributions";
import { mul, parameter, sum } from "reparam/graph";
import { rloo } from "reparam/inference";
import { shared } from "reparam/parallel";

/** How many of several coins show heads, squared. */
export const coins = shared("coins", ({ logits }) => {
  const parameters = { logits: parameter([logits.length], logits) };
  return {
    parameters,
    distribution: () => new Bernoulli({ logits: parameters.logits }),
    cost: (z) => {
      const heads = sum(z, { axis: 1 });
      return mul(heads, heads);
    },
    estimator: rloo(),
  };
});

/** Of a model with a fault: every shard throws. */
export const faulty = shared("faulty", () => ({
  distribution: () => new Bernoulli({ logits: [0] }),
  cost: () => {
    throw new Error("no cost today");
  },
}));
