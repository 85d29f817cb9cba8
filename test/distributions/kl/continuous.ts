import type { Divergence } from "./case.ts";

/** Alike, apart, wider and narrower. */
const LOCATION_SCALE: Divergence["settings"] = [
  [
    { loc: 0.5, scale: 1 },
    { loc: 0.5, scale: 1.001 },
  ],
  [
    { loc: 0, scale: 1 },
    { loc: -2.5, scale: 3 },
  ],
  [
    { loc: 12, scale: 2 },
    { loc: 10, scale: 0.7 },
  ],
];
const SCALE: Divergence["settings"] = [
  [{ scale: 1 }, { scale: 1.001 }],
  [{ scale: 4 }, { scale: 0.7 }],
  [{ scale: 0.02 }, { scale: 3 }],
];
const RATE: Divergence["settings"] = [
  [{ rate: 1 }, { rate: 1.001 }],
  [{ rate: 4 }, { rate: 0.7 }],
  [{ rate: 0.02 }, { rate: 3 }],
];
const PLACES = [
  { loc: 0.5, scale: 1 },
  { loc: -2, scale: 0.7 },
  { loc: 3, scale: 20 },
];

const same = (name: string, settings = LOCATION_SCALE): Divergence => ({ p: name, q: name, settings });

const RANGES = [
  { low: 0, high: 1 },
  { low: -3, high: 5 },
  { low: 10, high: 10.25 },
];

export const CONTINUOUS: readonly Divergence[] = [
  ...["Cauchy", "Gumbel", "Laplace", "Normal"].map((name) => same(name)),
  same("LogNormal", [
    [
      { loc: 0.5, scale: 1 },
      { loc: 0.5, scale: 1.001 },
    ],
    [
      { loc: 0, scale: 1 },
      { loc: -2.5, scale: 0.5 },
    ],
  ]),
  same("HalfNormal", SCALE),
  same("Exponential", RATE),
  same("Weibull", [
    [
      { scale: 2, concentration: 3 },
      { scale: 2.001, concentration: 3 },
    ],
    [
      { scale: 0.5, concentration: 0.8 },
      { scale: 3, concentration: 2.5 },
    ],
    [
      { scale: 5, concentration: 6 },
      { scale: 3, concentration: 0.4 },
    ],
  ]),
  same("Uniform", [
    [
      { low: 0, high: 1 },
      { low: -0.5, high: 4 },
    ],
    [
      { low: 10, high: 10.25 },
      { low: 7, high: 90 },
    ],
  ]),
  ...["Gumbel", "Laplace", "Logistic"].map((p) => ({ p, q: "Normal", settings: LOCATION_SCALE })),
  ...["Gumbel", "Laplace"].map((q) => ({ p: "Normal", q, settings: LOCATION_SCALE })),
  ...["Gumbel", "Normal"].flatMap((q) => [
    { p: "Uniform", q, settings: RANGES.map((p, i) => [p, PLACES[i] ?? {}] as const) },
    { p: "Exponential", q, settings: RATE.map(([p], i) => [p, PLACES[i] ?? {}] as const) },
  ]),
  {
    p: "Uniform",
    q: "Gumbel",
    settings: [
      [
        { low: 1, high: 1.001 },
        { loc: 2, scale: 1.5 },
      ],
    ],
  },
  { p: "HalfNormal", q: "Normal", settings: SCALE.map(([p], i) => [p, PLACES[i] ?? {}] as const) },
  {
    p: "Exponential",
    q: "Weibull",
    settings: [[{ rate: 3 }, { scale: 2, concentration: 1.7 }]],
  },
  {
    p: "Weibull",
    q: "Exponential",
    settings: [[{ scale: 2, concentration: 1.7 }, { rate: 3 }]],
  },
];
