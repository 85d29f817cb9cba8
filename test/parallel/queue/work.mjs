// What the main program and the workers import. The environment of a worker says what is wrong with it.

import { Bernoulli } from "reparam/distributions";
import { add, mul, parameter, reshape, sum } from "reparam/graph";
import { rloo } from "reparam/inference";
import { shared } from "reparam/parallel";

const total = (z) => sum(reshape(z, [z.shape[0], z.size / z.shape[0]]), { axis: 1 });

const { SLOW, LOOP, DIE } = process.env;

function suffer() {
  if (LOOP) for (;;);
  if (DIE) process.exit(3);
  if (SLOW) {
    const end = performance.now() + Number(SLOW);
    while (performance.now() < end);
  }
}

export const dice = shared("dice", ({ shift }) => {
  const parameters = { logits: parameter([3], [0.5, -1, 2]), offset: parameter([1], [shift]) };
  return {
    parameters,
    distribution: () => new Bernoulli({ logits: add(parameters.logits, parameters.offset) }),
    cost: (z) => {
      suffer();
      return add(total(z), mul(total(z), total(z)));
    },
    poison: () => {
      throw new Error("poison");
    },
    estimator: rloo(),
  };
});
