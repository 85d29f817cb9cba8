import { Bernoulli, ExpRelaxedOneHotCategorical, Gamma, Normal } from "reparam/distributions";
import { parameter } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { logits, noise, pixels } from "../data.ts";
import { by, type Case } from "./case.ts";
import { forward, gradient } from "./graph.ts";

/** A batch of 100 with 200 latent variables each. */
const [ROWS, COLS] = [100, 200];
const SIZE = ROWS * COLS;
const distributions = { group: "Distributions", via: "graph", size: by(ROWS, COLS), elements: SIZE } as const;

function normals() {
  const [x, loc, scale] = [logits(SIZE), logits(SIZE), logits(SIZE).map((l) => 0.1 + l * l)];
  const all = [x, loc, scale].map((values) => parameter([ROWS, COLS], values));
  const out = new Float32Array(SIZE);
  const dispose = () => {
    for (const each of all) each.dispose();
  };
  const logProb = () => new Normal({ loc: all[1], scale: all[2], validateArgs: false }).logProb(all[0]);
  return { x, loc, scale, out, logProb, dispose };
}

const density: Case = {
  ...distributions,
  name: "Normal logProb",
  baseline: "-z² / 2 - log scale - log √(2π)",
  prepare: () => {
    const { x, loc, scale, out, logProb, dispose } = normals();
    return { ours: forward(logProb), baseline: () => js.normalLogProb(out, x, loc, scale), dispose };
  },
};

const densityGradient: Case = {
  ...distributions,
  name: "Normal logProb and gradients",
  baseline: "the same, and the derivatives in x, loc and scale",
  prepare: () => {
    const { x, loc, scale, out, logProb, dispose } = normals();
    const [dx, dLoc, dScale] = [x, loc, scale].map((values) => new Float32Array(values.length));
    return {
      ours: gradient(logProb),
      baseline: () => {
        js.normalLogProb(out, x, loc, scale);
        js.normalLogProbGrad(dx, dLoc, dScale, x, loc, scale);
      },
      dispose,
    };
  },
};

const bernoulli: Case = {
  ...distributions,
  name: "Bernoulli logProb",
  baseline: "x l - softplus(l)",
  prepare: () => {
    const [x, l] = [pixels(SIZE).map(Math.round), logits(SIZE)];
    const [value, given] = [x, l].map((values) => parameter([ROWS, COLS], values));
    const out = new Float32Array(SIZE);
    return {
      ours: forward(() => new Bernoulli({ logits: given, validateArgs: false }).logProb(value)),
      baseline: () => js.bernoulliLogProb(out, x, l),
      dispose: () => {
        for (const each of [value, given]) each.dispose();
      },
    };
  },
};

const gammaSample: Case = {
  ...distributions,
  name: "Gamma sample",
  baseline: "Marsaglia and Tsang, Math.random",
  prepare: () => {
    const out = new Float32Array(SIZE);
    const gamma = new Gamma({ concentration: 2.5, rate: 1 });
    return {
      ours: forward(() => gamma.sample(noise, { shape: [ROWS, COLS] })),
      baseline: () => js.gammaSample(out, 2.5),
    };
  },
};

/** The codes of a batch of 100: 20 variables of 10 categories each. */
const [VARIABLES, CATEGORIES] = [2000, 10];

const concrete: Case = {
  ...distributions,
  name: "ExpRelaxedOneHotCategorical logProb",
  size: by(VARIABLES, CATEGORIES),
  baseline: "two passes, one exponential an element",
  prepare: () => {
    const [y, l] = [logits(SIZE).map((x) => -x * x), logits(SIZE)];
    const [value, given] = [y, l].map((values) => parameter([VARIABLES, CATEGORIES], values));
    const out = new Float32Array(VARIABLES);
    const options = { temperature: 0.5, logits: given, validateArgs: false };
    return {
      ours: forward(() => new ExpRelaxedOneHotCategorical(options).logProb(value)),
      baseline: () => js.concreteLogProb(out, y, l, CATEGORIES, 0.5),
      dispose: () => {
        for (const each of [value, given]) each.dispose();
      },
    };
  },
};

export const distributionCases: readonly Case[] = [density, densityGradient, bernoulli, concrete, gammaSample];
