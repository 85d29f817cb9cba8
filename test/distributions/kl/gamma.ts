import type { Divergence } from "./case.ts";

export const GAMMA: readonly Divergence[] = [
  {
    p: "Beta",
    q: "Beta",
    settings: [
      [
        { concentration1: 2, concentration0: 3.5 },
        { concentration1: 0.6, concentration0: 1 },
      ],
      [
        { concentration1: 400, concentration0: 90 },
        { concentration1: 390, concentration0: 95 },
      ],
      [
        { concentration1: 0.7, concentration0: 0.8 },
        { concentration1: 30, concentration0: 2 },
      ],
    ],
  },
  {
    p: "Gamma",
    q: "Gamma",
    settings: [
      [
        { concentration: 2.5, rate: 1.5 },
        { concentration: 0.4, rate: 20 },
      ],
      [
        { concentration: 300, rate: 40 },
        { concentration: 290, rate: 41 },
      ],
      [
        { concentration: 0.5, rate: 2 },
        { concentration: 9, rate: 0.3 },
      ],
    ],
  },
  {
    p: "Exponential",
    q: "Gamma",
    settings: [[{ rate: 3 }, { concentration: 0.4, rate: 0.5 }]],
  },
  {
    p: "Gamma",
    q: "Exponential",
    settings: [[{ concentration: 2.5, rate: 1.5 }, { rate: 0.2 }]],
  },
];
