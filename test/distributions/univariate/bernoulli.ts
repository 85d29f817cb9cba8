import { Bernoulli } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

/** By its log-odds and by its probability: two entries of one family. */
export const bernoulli: readonly Univariate[] = [
  {
    name: "Bernoulli",
    settings: [{ logits: 0 }, { logits: 1.5 }, { logits: -30 }, { logits: 80 }],
    make: (parameters) => new Bernoulli(parameters),
    logProb: (x, { logits = 0 }) => -Math.log1p(Math.exp(x === 1 ? -logits : logits)),
    counts: () => ({ from: 0, to: 1 }),
  },
  {
    name: "Bernoulli",
    settings: [{ probs: 0.5 }, { probs: 0.999 }, { probs: 1e-6 }],
    make: (parameters) => new Bernoulli(parameters),
    logProb: (x, { probs = 0 }) => (x === 1 ? Math.log(probs) : Math.log1p(-probs)),
    counts: () => ({ from: 0, to: 1 }),
  },
];
