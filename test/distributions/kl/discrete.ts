import type { Divergence } from "./case.ts";

const ODDS: Divergence["settings"] = [
  [{ logits: 0 }, { logits: 0.01 }],
  [{ logits: -1.5 }, { logits: 2.5 }],
];

export const DISCRETE: readonly Divergence[] = [
  { p: "Bernoulli", q: "Bernoulli", settings: ODDS },
  { p: "Geometric", q: "Geometric", settings: ODDS },
];
