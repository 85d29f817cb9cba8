import { ArgumentError, describe, ShapeError } from "../../core/index.ts";
import {
  Distribution,
  ExpRelaxedOneHotCategorical,
  HardConcrete,
  LogitRelaxedBernoulli,
  OneHotCategoricalStraightThrough,
  RelaxedBernoulli,
  RelaxedBernoulliStraightThrough,
  RelaxedOneHotCategorical,
  RelaxedOneHotCategoricalStraightThrough,
  RelaxedSubset,
} from "../../distributions/index.ts";
import { sameShape, show } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Factor, Factors, SampleOf } from "../factor.ts";

/** log p(x, z): of points [n, ...batch, ...event] (of several latents an object of such) their log density [n, ...rows]. */
export type LogJoint<Q extends Factors = Factors> = (sample: SampleOf<Q>) => Tensor;

/** A law of each latent, given like the guide: alone, or by name. */
export type Prior = Distribution | Readonly<Record<string, Distribution>>;

/** What a bound is a bound of: the evidence of a model with discrete latents, of its relaxation, or of one with neither. */
export type BoundOf = "discrete" | "relaxed" | "continuous";

/** A lower bound of the log evidence. */
export interface Bound {
  /** [...rows]; it is to become larger: `backward(mul(-1, sum(bound)))`. */
  readonly bound: Tensor;
  /**
   * "relaxed" where a latent is: the bound is then one of the relaxed model, which says nothing about the discrete one. "discrete" where
   * a latent is discrete and none is relaxed, "continuous" where all are continuous.
   */
  readonly of: BoundOf;
  /** Whether KL(q || prior) came from its closed form, or log prior - log q from the samples. */
  readonly kl: "analytic" | "sampled";
}

const RELAXED = [
  ExpRelaxedOneHotCategorical,
  HardConcrete,
  LogitRelaxedBernoulli,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
];

/** The value is hard and the density is that of what is behind it: log p(z) - log q(z) would mix two models. */
const OF_TWO_MODELS = [
  OneHotCategoricalStraightThrough,
  RelaxedBernoulliStraightThrough,
  RelaxedOneHotCategoricalStraightThrough,
  RelaxedSubset,
];

export const isRelaxed = (law: unknown): boolean => RELAXED.some((Family) => law instanceof Family);

/** Whether a law of a model has no density of the values that it draws: that of the other two is of these. */
export const isOfRelaxed = (law: unknown): boolean =>
  law instanceof RelaxedBernoulliStraightThrough || law instanceof RelaxedOneHotCategoricalStraightThrough;

/** @throws ArgumentError for a latent that has no density, or one that is not the density of its values */
export function boundOf(factors: readonly Factor[]): BoundOf {
  for (const { title, law, received } of factors)
    if (!(law instanceof Distribution) || OF_TWO_MODELS.some((Family) => law instanceof Family))
      throw new ArgumentError(title, "a distribution with a density of the values that it draws", received);
  if (factors.some(({ law }) => isRelaxed(law))) return "relaxed";
  return factors.every(({ kind, law }) => kind === "other" && law.hasRsample) ? "continuous" : "discrete";
}

/** The prior of each factor, in order. */
export function priorsOf(given: Prior, factors: readonly Factor[]): Distribution[] {
  const alone = factors[0]?.name === "";
  const laws = (alone ? { "": given } : given) as Record<string, unknown>;
  if (typeof laws !== "object" || laws === null || (!alone && given instanceof Distribution))
    throw new ArgumentError("prior", `an object of ${namesOf(factors)}, as the guide is`, describe(given));
  for (const name of Object.keys(laws))
    if (!factors.some((factor) => factor.name === name))
      throw new ArgumentError(`prior.${name}`, `a latent of the guide, which has ${namesOf(factors)}`, "another name");
  return factors.map((factor) => {
    const law = laws[factor.name];
    const title = alone ? "prior" : `prior.${factor.name}`;
    if (!(law instanceof Distribution)) throw new ArgumentError(title, "a distribution with a density", describe(law));
    checkPair(factor, law, title);
    return law;
  });
}

function checkPair({ law }: Factor, prior: Distribution, title: string): void {
  const leading = law.batchShape.slice(law.batchShape.length - prior.batchShape.length);
  const fits =
    prior.batchShape.length <= law.batchShape.length && prior.batchShape.every((n, i) => n === 1 || n === leading[i]);
  if (!fits || !sameShape(law.eventShape, prior.eventShape))
    throw new ShapeError(
      title,
      `a batch that broadcasts to ${show(law.batchShape)} and events of ${show(law.eventShape)}, as the guide's`,
      `${show(prior.batchShape)} and ${show(prior.eventShape)}`,
    );
  if (isRelaxed(law) !== isRelaxed(prior))
    throw new ArgumentError(
      title,
      isRelaxed(law) ? "a relaxed distribution, as the guide is: no bound has one of each" : "no relaxed distribution",
      `one of ${prior.support.description}`,
    );
}

export const namesOf = (factors: readonly Factor[]): string => factors.map(({ name }) => name).join(", ");
