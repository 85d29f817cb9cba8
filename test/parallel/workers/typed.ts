// A module of works in TypeScript.
import { Bernoulli } from "reparam/distributions";
import { reshape, type Tensor } from "reparam/graph";
import { shared } from "reparam/parallel";

interface Options {
  readonly logits: readonly number[];
}

const options = { logits: [2] } satisfies Options;

export const coin = shared("coin", () => ({
  distribution: () => new Bernoulli(options),
  cost: (z: Tensor) => reshape(z, [z.size]),
}));
