import { ArgumentError, checkBoolean, checkInteger, checkOptions, describe } from "../../core/index.ts";
import { type Distribution, klDivergence } from "../../distributions/index.ts";
import { expand, within } from "../../graph/extend.ts";
import { add, div, sub, type Tensor } from "../../graph/index.ts";
import { checkKey, foldIn, type Key } from "../../random/index.ts";
import type { Cost } from "../cost.ts";
import { estimateFrom } from "../estimate.ts";
import type { Estimator } from "../estimator.ts";
import { asGiven, type Factor, type Factors, factorsOf, pointsOf } from "../factor.ts";
import { Keyed, type Source } from "../source.ts";
import { type Bound, boundOf, type LogJoint, namesOf, type Prior, priorsOf } from "./model.ts";
import { logWeights, overRest } from "./weights.ts";

/** One for all latents, or one for each by name: `pathwise()` for some, and one other for the rest. */
export type ElboEstimator = Estimator | Readonly<Record<string, Estimator>>;

/** How the bound is estimated, and what of the model is a prior. */
export interface ElboOptions {
  /** Of all noise: with the same key, the same bits. */
  readonly key: Key;
  /** Of the gradient with respect to the guide: none with a value of its own (VIMCO). */
  readonly estimator: ElboEstimator;
  /** Independent samples that are averaged: 1 by default. */
  readonly samples?: number;
  /** Number of the first row, as of `estimate`: 0 by default. */
  readonly firstRow?: number;
  /** The latents' law in the model: `logJoint` is then the log likelihood alone, log p(x | z). */
  readonly prior?: Prior;
  /**
   * Whether the gradient leaves out d log q(z) at constant z, whose mean is 0: the rest is 0 for every sample where q is the posterior.
   * The divergence from a prior is then by samples. false by default.
   */
  readonly stickingTheLanding?: boolean;
}

/**
 * The evidence lower bound E_q[log p(x, z) - log q(z)] <= log p(x), estimated, as a node of the graph. With `prior`, and where
 * `klDivergence` has closed forms of all latents, it is E_q[log p(x | z)] - KL(q || prior) with the divergence exact.
 *
 * Unbiased in value; the gradient is the estimator's. With sticking the landing it is as unbiased, for estimators that evaluate at hard
 * samples or by `pathwise`; those that relax the sample (Gumbel-Softmax, straight-through) lose more than a mean of 0 by it.
 * Where estimators differ between latents, each of the `samples` of the pathwise ones has its own estimate of the others, of as
 * few samples as their estimator takes.
 *
 * Jordan, Ghahramani, Jaakkola, Saul 1999; Kingma, Welling 2014, eqs. 2 and 3; sticking the landing: Roeder, Wu, Duvenaud 2017, eq. 6;
 * of relaxed latents: Maddison, Mnih, Teh 2017, app. C.2, eq. 20.
 * @param q the guide: one distribution, or independent ones by name
 * @param logJoint log p(x, z) of points [n, ...batch, ...event]: [n, ...rows], rows being first dimensions of the batch
 * @returns the bound of each row (which is to be maximized), what it is a bound of, and where the divergence is from
 * @throws KeyError; ArgumentError (a latent that the guide forgot or invented, a density that is not finite, a law without a density,
 *   a prior that is not relaxed of a guide that is, an estimator that a law does not allow); ShapeError; DisposedError (outside of a step)
 */
export function elbo<const Q extends Factors>(q: Q, logJoint: LogJoint<Q>, options: ElboOptions): Bound {
  const {
    key,
    firstRow = 0,
    ...rest
  } = checkOptions(options, ["key", "estimator", "samples", "firstRow", "prior", "stickingTheLanding"]);
  checkKey(key);
  checkInteger("firstRow", firstRow, 0);
  const sourceOf = (s?: number): Source => new Keyed(s === undefined ? key : foldIn(key, s), firstRow);
  return elboFrom(sourceOf, q, logJoint, rest);
}

/** The same with noise of any kind: all of it, or that of one of several estimates. */
export function elboFrom(
  sourceOf: (s?: number) => Source,
  q: Factors,
  logJoint: LogJoint<never>,
  { estimator, samples = 1, prior, stickingTheLanding = false }: Omit<ElboOptions, "key" | "firstRow">,
): Bound {
  checkInteger("samples", samples, 1);
  checkBoolean("stickingTheLanding", stickingTheLanding);
  const factors = factorsOf(q);
  const of = boundOf(factors);
  return within(factors, "elbo", () => {
    const priors = prior === undefined ? [] : priorsOf(prior, factors);
    const closed = of === "relaxed" || stickingTheLanding ? undefined : divergences(factors, priors);
    const weights = logWeights(factors, logJoint, {
      guide: closed ? "none" : stickingTheLanding ? "constant parameters" : "whole",
      priors: closed ? [] : priors,
      hasPrior: prior !== undefined,
    });
    const mean = expected(sourceOf, factors, weights, estimator, samples);
    if (!closed) return { bound: mean, of, kl: "sampled" };
    const bound = closed.reduce((so, each) => sub(so, overRest(each, mean.shape)), mean);
    return { bound, of, kl: "analytic" };
  });
}

/** KL(q || prior) of each factor [...batch], if all have a closed form. */
function divergences(factors: readonly Factor[], priors: readonly Distribution[]): Tensor[] | undefined {
  if (priors.length === 0) return undefined;
  const all: Tensor[] = [];
  for (const [i, factor] of factors.entries()) {
    const { distribution, title } = factor;
    try {
      all.push(expand(klDivergence(distribution, priors[i] as Distribution) as Tensor, distribution.batchShape));
    } catch (error) {
      // No form for these families, or not for these parameters.
      if (error instanceof ArgumentError) return undefined;
      throw error;
    }
    const values = (all[i] as Tensor).toArray();
    const wrong = values.findIndex((each) => !Number.isFinite(each));
    if (wrong >= 0)
      throw new ArgumentError(
        `prior of ${title}`,
        "one that has a density wherever the guide has: a finite divergence",
        `${values[wrong]} at index ${wrong}`,
      );
  }
  return all;
}

/** E_q[f(z)] by one estimator, or by pathwise of some latents with an estimate of the others at each of their samples. */
export function expected(
  sourceOf: (s?: number) => Source,
  factors: readonly Factor[],
  f: (points: readonly Tensor[]) => Tensor,
  estimator: ElboEstimator,
  samples: number,
): Tensor {
  const chosen = factors.map((factor) => chosenFor(factor, factors, estimator));
  for (const each of chosen)
    if (each.hasOwnValue)
      throw new ArgumentError("estimator", "one of an expectation: importanceWeightedBound takes VIMCO", each.name);
  const others = [...new Set(chosen.filter(({ name }) => name !== "pathwise"))];
  if (others.length > 1)
    throw new ArgumentError(
      "estimator",
      "pathwise() for some latents, and one other, the same object, for the rest",
      others.map(({ name }) => name).join(", "),
    );
  const [other = chosen[0] as Estimator] = others;
  const isMoving = chosen.map((each) => each !== other && others.length > 0);
  const [moving, rest] = [true, false].map((which) => factors.filter((_, i) => isMoving[i] === which)) as [
    Factor[],
    Factor[],
  ];
  const costOfRest =
    (fixed: readonly Tensor[]) =>
    (sample: Tensor | Readonly<Record<string, Tensor>>): Tensor => {
      const points = pointsOf(rest, sample);
      const n = points[0]?.shape[0] as number;
      const all = factors.map((factor) =>
        rest.includes(factor)
          ? (points[rest.indexOf(factor)] as Tensor)
          : copies(factor, fixed[moving.indexOf(factor)] as Tensor, n),
      );
      return f(all);
    };
  const laws = asGiven(
    rest,
    rest.map(({ law }) => law),
  ) as Factors;
  const run = (source: Source, fixed: readonly Tensor[], samples: number): Tensor =>
    estimateFrom(source, laws, costOfRest(fixed) as Cost<never>, { estimator: other, samples });
  if (moving.length === 0) return run(sourceOf(), [], samples);
  for (const factor of moving) {
    const refused = chosen[factors.indexOf(factor)]?.refuses(factor);
    if (refused !== undefined) throw new ArgumentError(factor.title, `${refused} for pathwise`, factor.received);
  }
  const each = Array.from({ length: samples }, (_, s) => {
    const source = sourceOf(s);
    return within(s, "repetition", () =>
      run(
        source,
        moving.map((factor) => source.rsample(factor, 1)),
        other.leastSamples ?? 1,
      ),
    );
  });
  return div(
    each.reduce((so, bound) => add(so, bound)),
    samples,
  );
}

/** One sample [1, ...shape] at each of n points. */
const copies = ({ law, shape }: Factor, sample: Tensor, n: number): Tensor =>
  law.rearranged([sample], ([only]) => expand(only as Tensor, [n, ...shape]));

function chosenFor({ name }: Factor, factors: readonly Factor[], given: ElboEstimator): Estimator {
  if (typeof given?.estimate === "function") return given as Estimator;
  const each = (given as Readonly<Record<string, Estimator>> | undefined)?.[name];
  if (typeof each?.estimate === "function" && Object.keys(given).every((key) => factors.some((f) => f.name === key)))
    return each;
  throw new ArgumentError(
    "estimator",
    factors[0]?.name === ""
      ? "an estimator, such as rloo()"
      : `an estimator, or an object of one for each of ${namesOf(factors)}`,
    each === undefined ? describe(given) : `one for ${Object.keys(given).join(", ")}`,
  );
}
