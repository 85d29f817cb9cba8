import type { Divergence } from "./case.ts";

const ODDS: Divergence["settings"] = [
  [{ logits: 0 }, { logits: 0.01 }],
  [{ logits: -1.5 }, { logits: 2.5 }],
];

export const DISCRETE: readonly Divergence[] = [
  { p: "Bernoulli", q: "Bernoulli", settings: ODDS },
  {
    p: "Binomial",
    q: "Binomial",
    settings: [
      [
        { totalCount: 12, logits: 0.5 },
        { totalCount: 12, logits: -1 },
      ],
      [
        { totalCount: 1000, logits: -3 },
        { totalCount: 1000, logits: -2.99 },
      ],
    ],
  },
  { p: "Geometric", q: "Geometric", settings: ODDS },
  {
    p: "NegativeBinomial",
    q: "NegativeBinomial",
    settings: [
      [
        { totalCount: 2.5, logits: 0.5 },
        { totalCount: 2.5, logits: -1 },
      ],
      [
        { totalCount: 40, logits: 1 },
        { totalCount: 40, logits: 1.01 },
      ],
    ],
  },
  {
    p: "Poisson",
    q: "Poisson",
    settings: [
      [{ rate: 0.5 }, { rate: 3 }],
      [{ rate: 1000 }, { rate: 1001 }],
    ],
  },
];
