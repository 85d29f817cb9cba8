import { NegativeBinomial } from "../../../bindings/distributions/index.ts";
import { logGamma } from "../../reference/statistics.ts";
import type { Univariate } from "../case.ts";

const logWays = (x: number, r: number): number => logGamma(x + r) - logGamma(x + 1) - logGamma(r);

/** The mean, and a width of which an exponential tail leaves nothing. */
const counts = (r: number, odds: number): { from: number; to: number } => {
  const width = 14 * Math.sqrt(r * odds * (1 + odds)) + 45 * (1 + odds);
  return { from: Math.max(0, Math.floor(r * odds - width)), to: Math.ceil(r * odds + width) };
};

/** By its log-odds and by its probability: two entries of one family. */
export const negativeBinomial: readonly Univariate[] = [
  {
    name: "NegativeBinomial",
    settings: [
      { totalCount: 1, logits: 0.5 },
      { totalCount: 0.2, logits: 2 },
      { totalCount: 7.5, logits: -3 },
      { totalCount: 2000, logits: 1 },
    ],
    make: (parameters) => new NegativeBinomial(parameters),
    logProb: (x, { totalCount: r = 0, logits = 0 }) =>
      logWays(x, r) - x * Math.log1p(Math.exp(-logits)) - r * Math.log1p(Math.exp(logits)),
    counts: ({ totalCount: r = 0, logits = 0 }) => counts(r, Math.exp(logits)),
    points: () => [0, 1, 2, 1000],
  },
  {
    name: "NegativeBinomial",
    settings: [
      { totalCount: 3, probs: 0.4 },
      { totalCount: 50, probs: 0.99 },
    ],
    make: (parameters) => new NegativeBinomial(parameters),
    logProb: (x, { totalCount: r = 0, probs = 0 }) => logWays(x, r) + x * Math.log(probs) + r * Math.log1p(-probs),
    counts: ({ totalCount: r = 0, probs = 0 }) => counts(r, probs / (1 - probs)),
    points: () => [0, 1, 2, 1000],
  },
];
