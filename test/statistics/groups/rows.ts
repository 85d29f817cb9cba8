import { foldIn, type Key } from "reparam";
import "../../../bindings/entry/default/distributions.ts"; // provides the modules to the sources
import {
  Categorical,
  Dirichlet,
  HardConcrete,
  OneHotCategorical,
  PlackettLuce,
  Poisson,
  RelaxedOneHotCategorical,
  RelaxedSubset,
  TruncatedGumbelSoftmax,
} from "../../../bindings/distributions/index.ts";
import { step, type Tensor } from "../../../bindings/graph/index.ts";
import { subsetProbability, subsets } from "../../distributions/structures/oracle.ts";
import { beta } from "../../distributions/univariate/beta.ts";
import { argmax, softmax } from "../../reference/relax.ts";
import { logGamma } from "../../reference/statistics.ts";
import { type Job, job, keyFor } from "../job.ts";
import { hitsTest } from "../tools/hits.ts";
import { ksTest } from "../tools/law.ts";
import { type Likely, numbered, tuplesTest } from "../tools/tuples.ts";
import { FEW, plackettLuce } from "./categorical.ts";
import { lawOf } from "./distributions.ts";

const DRAWS = 1e6;
/** Draws of a step. */
const CHUNK = 1e5;

type Sampler = (key: Key, shape: readonly number[]) => Tensor;

/** 1e6 draws, of so many numbers each. */
function drawn(name: string, width: number, sample: Sampler): Float32Array {
  const all = new Float32Array(DRAWS * width);
  for (let i = 0; i * CHUNK < DRAWS; i++)
    step(() => all.set(sample(foldIn(keyFor(name), i), [CHUNK]).toArray(), i * CHUNK * width));
  return all;
}

const listedJob = (name: string, law: readonly Likely[], sample: Sampler): Job =>
  job(name, () => [tuplesTest(name, drawn(name, law[0].tuple.length, sample), law)]);

/** Component i is Beta(alpha_i, sum of the others). */
function dirichletJob(...concentration: number[]): Job {
  const name = `Dirichlet of ${concentration.join(" ")}`;
  const cols = concentration.length;
  const sum = concentration.reduce((a, b) => a + b);
  return job(name, () => {
    const x = drawn(name, cols, (key, shape) => new Dirichlet({ concentration }).sample(key, { shape }));
    return concentration.map((concentration1, j) => {
      const law = lawOf(beta, { concentration1, concentration0: sum - concentration1 });
      if (law.kind !== "continuous") throw new Error(`${name}: expected a continuous law`);
      return ksTest(
        `${name}: component ${j}`,
        Float32Array.from({ length: DRAWS }, (_, row) => x[row * cols + j]),
        law.cdf,
      );
    });
  });
}

const logits = [...FEW];
const p = softmax(FEW);

const discreteJobs = [
  listedJob("Categorical of 6", numbered(p), (key, shape) => new Categorical({ logits }).sample(key, { shape })),
  listedJob(
    "OneHotCategorical of 6",
    p.map((chance, i) => ({ tuple: p.map((_, j) => Number(i === j)), chance })),
    (key, shape) => new OneHotCategorical({ logits }).sample(key, { shape }),
  ),
  listedJob("PlackettLuce of 4: law of the order", plackettLuce(softmax(logits.slice(0, 4)), 4), (key, shape) =>
    new PlackettLuce({ logits: logits.slice(0, 4) }).sample(key, { shape }),
  ),
  listedJob(
    "RelaxedSubset, 2 of 4: law of the samples",
    subsets(4, 2).map((tuple) => ({ tuple, chance: subsetProbability(tuple, logits.slice(0, 4)) })),
    (key, shape) => new RelaxedSubset({ temperature: 1, logits: logits.slice(0, 4), k: 2 }).sample(key, { shape }),
  ),
];

/** Maddison, Mnih, Teh 2017, proposition 1 (c): the largest component is the categorical draw, whatever the temperature. */
function largestJob(temperature: number): Job {
  const name = `RelaxedOneHotCategorical of 3 at temperature ${temperature}: law of the largest component`;
  const three = [0.5, -1, 1.5];
  return job(name, () => {
    const x = drawn(name, 3, (key, shape) =>
      new RelaxedOneHotCategorical({ temperature, logits: three }).sample(key, { shape }),
    );
    const places = Int32Array.from({ length: DRAWS }, (_, row) => argmax(x.subarray(3 * row, 3 * row + 3)));
    return [tuplesTest(name, places, numbered(softmax(three)))];
  });
}

/** Louizos, Welling, Kingma 2018, eq. 10-12: P(0) = sigmoid(t log(-low / high) - l), P(1) = sigmoid(l - t log((1 - low) / (high - 1))). */
function hardConcreteJob(l: number, temperature: number, low: number, high: number): Job {
  const name = `HardConcrete of logits ${l} at temperature ${temperature}, stretched to ${low}, ${high}`;
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const chances = [
    sigmoid(temperature * Math.log(-low / high) - l),
    sigmoid(l - temperature * Math.log((1 - low) / (high - 1))),
  ];
  return job(name, () => {
    const x = drawn(name, 1, (key, shape) =>
      new HardConcrete({ logits: l, temperature, stretch: [low, high] }).sample(key, { shape }),
    );
    return chances.map((chance, end) =>
      hitsTest(`${name}: exactly ${end}`, x.filter((each) => each === end).length, DRAWS, chance),
    );
  });
}

/** Counts of a Poisson law, all from size - 1 on in the last. */
function truncatedJob(rate: number, size: number): Job {
  const below = Array.from({ length: size - 1 }, (_, k) => Math.exp(k * Math.log(rate) - rate - logGamma(k + 1)));
  const law = numbered([...below, 1 - below.reduce((sum, chance) => sum + chance, 0)]);
  const name = `TruncatedGumbelSoftmax of Poisson ${rate}, ${size} counts: law of the hard ones`;
  return listedJob(name, law, (key, shape) =>
    new TruncatedGumbelSoftmax({ base: new Poisson({ rate }), temperature: 0.5, size }).rsample(key, {
      shape,
      hard: true,
    }),
  );
}

export const rowJobs: readonly Job[] = [
  dirichletJob(0.5, 1, 3, 8),
  dirichletJob(0.3, 0.3, 4),
  ...discreteJobs,
  ...[0.1, 1, 10].map(largestJob),
  hardConcreteJob(0.5, 0.75, -0.125, 1.125),
  hardConcreteJob(-3, 0.25, -0.125, 1.125),
  truncatedJob(2.5, 6),
];
