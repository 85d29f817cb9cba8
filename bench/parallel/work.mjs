// What the workers of npm run bench:parallel compute: one sample of one bit, beside as many parameters as are asked for.
import { Bernoulli } from "reparam/distributions";
import { parameter, reshape } from "reparam/graph";
import { shared } from "reparam/parallel";

export const bit = shared("bench", (/** @type {{ values: number }} */ { values }) => ({
  parameters: { values: parameter([values]) },
  distribution: new Bernoulli({ logits: [0] }),
  cost: (/** @type {import("reparam/graph").Tensor} */ z) => reshape(z, [z.size]),
}));
