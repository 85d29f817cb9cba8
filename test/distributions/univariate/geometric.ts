import { Geometric } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

/** By its log-odds and by its probability: two entries of one family. */
export const geometric: readonly Univariate[] = [
  {
    name: "Geometric",
    settings: [{ logits: 0 }, { logits: 3.5 }, { logits: -6 }, { logits: 30 }],
    make: (parameters) => new Geometric(parameters),
    logProb: (x, { logits = 0 }) => -Math.log1p(Math.exp(-logits)) - x * Math.log1p(Math.exp(logits)),
    counts: ({ logits = 0 }) => ({ from: 0, to: 50 * (1 + Math.exp(-logits)) }),
    points: () => [0, 1, 100, 4e5],
  },
  {
    name: "Geometric",
    settings: [{ probs: 0.3 }, { probs: 0.998 }, { probs: 1e-3 }],
    make: (parameters) => new Geometric(parameters),
    logProb: (x, { probs = 0 }) => Math.log(probs) + x * Math.log1p(-probs),
    counts: ({ probs = 0 }) => ({ from: 0, to: 50 / probs }),
    points: () => [0, 1, 100],
  },
];
