import { Binomial } from "../../../bindings/distributions/index.ts";
import { logGamma } from "../../reference/statistics.ts";
import type { Setting, Univariate } from "../case.ts";

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
const times = (k: number, log: number): number => (k === 0 ? 0 : k * log);

const counts = (n: number, p: number): { from: number; to: number } => {
  const width = 12 * Math.sqrt(n * p * (1 - p)) + 20;
  return { from: Math.max(0, Math.floor(n * p - width)), to: Math.min(n, Math.ceil(n * p + width)) };
};

const shared = {
  name: "Binomial",
  fixed: ["totalCount"],
  make: (parameters: ConstructorParameters<typeof Binomial>[0]) => new Binomial(parameters),
  points: ({ totalCount: n = 0 }: Setting) => [0, n, Math.floor(n / 3)],
};

/** By its log-odds and by its probability: two entries of one family. */
export const binomial: readonly Univariate[] = [
  {
    ...shared,
    settings: [
      { totalCount: 1, logits: 0.3 },
      { totalCount: 12, logits: -1 },
      { totalCount: 30, logits: 40 },
      { totalCount: 1000, logits: 2 },
      { totalCount: 1_000_000, logits: -7 },
    ],
    logProb: (x, { totalCount: n = 0, logits = 0 }) =>
      x < 0 || x > n
        ? -Infinity
        : logChoose(n, x) - times(x, Math.log1p(Math.exp(-logits))) - times(n - x, Math.log1p(Math.exp(logits))),
    counts: ({ totalCount: n = 0, logits = 0 }) => counts(n, 1 / (1 + Math.exp(-logits))),
  },
  {
    ...shared,
    settings: [
      { totalCount: 40, probs: 0.3 },
      { totalCount: 200, probs: 0.98 },
      { totalCount: 300_000, probs: 0.001 },
    ],
    logProb: (x, { totalCount: n = 0, probs = 0 }) =>
      x < 0 || x > n ? -Infinity : logChoose(n, x) + times(x, Math.log(probs)) + times(n - x, Math.log1p(-probs)),
    counts: ({ totalCount: n = 0, probs = 0 }) => counts(n, probs),
  },
];
