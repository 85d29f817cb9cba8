import { Bernoulli } from "../../bindings/distributions/index.ts";
import { disarm, enumeration, rloo, scoreFunction } from "../../bindings/inference/index.ts";
import * as reference from "../reference/estimators.ts";
import { type Case, product, randomCost, table } from "./given.ts";
import { type Check, checkMeans } from "./unbiased.ts";

const logits = [0.3, -1.2, 2, 0.7, -0.4, 0.1, -2.2, 1.1, 0.05, -0.6, 0.9, -1.6];
const f = randomCost(5);

const statesOf = (logits: readonly number[]): Case[] =>
  reference.bits(logits.length).map((z) => ({ weight: reference.bernoulliProbability(logits, z), draws: [z] }));

const pairs = (logits: readonly number[]): Case[] =>
  product([statesOf(logits), statesOf(logits)]).map((two) => ({
    weight: two[0].weight * two[1].weight,
    draws: two.map(({ draws: [z] }) => z),
  }));

/** Logistic noise in each interval between -|logit|, |logit|, which is all that an antithetic pair depends on. */
const antithetic = (logits: readonly number[]): Case[] =>
  product(
    logits.map((l) => {
      const edge = Math.abs(l);
      return [
        { e: -edge - 1, weight: reference.sigmoid(-edge) },
        { e: 0, weight: 1 - 2 * reference.sigmoid(-edge) },
        { e: edge + 1, weight: reference.sigmoid(-edge) },
      ];
    }),
  ).map((cells) => ({
    weight: cells.reduce((p, { weight }) => p * weight, 1),
    draws: [cells.map(({ e }, v) => (logits[v] + e > 0 ? 1 : 0))],
    noise: { "logistic ": [cells.map(({ e }) => e)] },
  }));

const opposite = (logits: readonly number[], { noise }: Case): number[] =>
  logits.map((l, v) => (l - (noise?.["logistic "][0][v] as number) > 0 ? 1 : 0));

const checks: (Pick<Check, "name" | "estimator" | "samples" | "cases" | "naive"> & { logits: readonly number[] })[] = [
  {
    name: "score function, 2^12 states",
    estimator: scoreFunction(),
    logits,
    cases: statesOf(logits),
    naive: ({ draws: [z] }) => reference.scoreFunction(logits, f, [...(z as number[])]),
  },
  {
    name: "RLOO, pairs of 2^5 states",
    estimator: rloo(),
    samples: 2,
    logits: logits.slice(0, 5),
    cases: pairs(logits.slice(0, 5)),
    naive: ({ draws }) => reference.rloo(logits.slice(0, 5), f, draws as number[][]),
  },
  {
    name: "DisARM, 3^6 cells of noise",
    estimator: disarm(),
    logits: logits.slice(0, 6),
    cases: antithetic(logits.slice(0, 6)),
    naive: (each) =>
      reference.disarm(logits.slice(0, 6), f, each.draws[0] as number[], opposite(logits.slice(0, 6), each)),
  },
  {
    name: "enumeration, 2^12 states",
    estimator: enumeration(),
    logits,
    cases: [{ weight: 1, draws: [logits.map(() => 0)] }],
    naive: () => reference.bernoulliGradient(logits, f),
  },
];

checkMeans(
  checks.map(({ logits, ...rest }) => ({
    ...rest,
    parameters: logits,
    law: (logits) => new Bernoulli({ logits }),
    cost: table(logits.length, f),
    expected: reference.bernoulliGradient(logits, f),
  })),
);
