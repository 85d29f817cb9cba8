/** Works that go wrong, each in its way. */
import { existsSync, writeFileSync } from "node:fs";
import { Bernoulli } from "reparam/distributions";
import { mul, parameter, sum } from "reparam/graph";
import { rloo } from "reparam/inference";
import { shared } from "reparam/parallel";

const heads = (z) => sum(z, { axis: 1 });

/** The first worker that comes to it leaves its number in a file, and is busy for longer than any test. */
export const hanging = shared("hanging", ({ file }) => ({
  distribution: () => new Bernoulli({ logits: [0.5, -1, 2] }),
  cost: (z) => {
    if (!existsSync(file)) {
      writeFileSync(file, String(process.pid));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    }
    return mul(heads(z), heads(z));
  },
}));

/** Parameters and gradients of 1.2 MB each: more than a message of NATS may have. */
export const wide = shared("wide", () => {
  const parameters = { logits: parameter([300_000]) };
  return {
    parameters,
    distribution: () => new Bernoulli({ logits: parameters.logits }),
    cost: (z) => heads(z),
    estimator: rloo(),
  };
});

export const poison = shared("poison", () => ({
  distribution: () => new Bernoulli({ logits: [0.5, -1, 2] }),
  cost: () => {
    throw new Error("no cost today");
  },
}));
