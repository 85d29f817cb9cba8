import { ArgumentError, checkFinite, checkInteger, checkOptions, describe } from "../../core/index.ts";
import { within } from "../../graph/extend.ts";
import { mul, type Tensor } from "../../graph/index.ts";
import { checkKey, type Key } from "../../random/index.ts";
import type { Cost } from "../cost.ts";
import { estimateFrom } from "../estimate.ts";
import type { Estimator } from "../estimator.ts";
import { pathwise } from "../estimators/pathwise.ts";
import { rloo } from "../estimators/score-function.ts";
import { type Factors, factorsOf, pointsOf } from "../factor.ts";
import { Keyed, type Source } from "../source.ts";
import { together } from "./importance.ts";
import { type Bound, boundOf, type LogJoint, type Prior, priorsOf } from "./model.ts";
import { logWeights } from "./weights.ts";

interface Together {
  /** Of all noise: with the same key, the same bits. */
  readonly key: Key;
  /** `vimco()`, of two samples or more, or `pathwise()` of laws with `rsample`: one for all latents. */
  readonly estimator: Estimator;
  /** How many the bound has together: it is not a mean over them. */
  readonly samples: number;
  /** Number of the first row, as of `estimate`: 0 by default. */
  readonly firstRow?: number;
  /** The latents' law in the model: `logJoint` is then the log likelihood alone, log p(x | z). */
  readonly prior?: Prior;
}

/** Of `importanceWeightedBound`. */
export interface ImportanceWeightedOptions extends Together {
  /**
   * Of `pathwise()`: "doublyReparameterized" leaves out the score of q and counts what comes through a sample by the square of its share,
   * which has the same mean and a signal that grows with the number of samples. It is right where nothing but q itself depends on
   * the parameters of q. "reparameterized" by default.
   */
  readonly gradient?: "reparameterized" | "doublyReparameterized";
}

/** Of `renyiBound`. */
export interface RenyiOptions extends Together {
  /** 1 (the evidence lower bound), or any number that is 0.01 or more away from it; 0 is the importance-weighted bound. */
  readonly alpha: number;
}

const SHARED = ["key", "estimator", "samples", "firstRow", "prior"] as const;

/**
 * The bound of K samples together, E[log mean_k w_k] <= log p(x) with w = p(x, z) / q(z): the evidence lower bound for K = 1, growing
 * to the evidence with K. Unbiased for the bound, in value and gradient.
 *
 * Burda, Grosse, Salakhutdinov 2016, "Importance weighted autoencoders", eq. 8; of discrete latents: Mnih, Rezende 2016; doubly
 * reparameterized: Tucker, Lawson, Gu, Maddison 2019, eq. 8.
 * @param q the guide: one distribution, or independent ones by name
 * @param logJoint log p(x, z) of points [n, ...batch, ...event]: [n, ...rows], rows being first dimensions of the batch
 * @returns the bound of each row (which is to be maximized), and what it is a bound of
 * @throws as `elbo`; ArgumentError (an estimator other than those two)
 */
export function importanceWeightedBound<const Q extends Factors>(
  q: Q,
  logJoint: LogJoint<Q>,
  options: ImportanceWeightedOptions,
): Bound {
  const { gradient = "reparameterized", ...rest } = checkOptions(options, [...SHARED, "gradient"]);
  return renyiFrom(sourceOf(rest), q, logJoint, { ...rest, alpha: 0, gradient });
}

/**
 * The variational Rényi bound of K samples, E[log mean_k w_k^(1 - alpha)] / (1 - alpha): falling in alpha; for alpha = 0 the
 * importance-weighted bound, for alpha = 1 the evidence lower bound. It is a lower bound of the log evidence for alpha >= 0; for alpha < 0
 * only with many samples an estimate of an upper one. Unbiased for this expectation, in value and gradient.
 *
 * Li, Turner 2016, "Rényi divergence variational inference", eqs. 6 and 8.
 * @param q the guide: one distribution, or independent ones by name
 * @param logJoint log p(x, z) of points [n, ...batch, ...event]: [n, ...rows], rows being first dimensions of the batch
 * @returns the bound of each row (which is to be maximized), and what it is a bound of
 * @throws as `importanceWeightedBound`; ArgumentError (an alpha too near to 1)
 */
export function renyiBound<const Q extends Factors>(q: Q, logJoint: LogJoint<Q>, options: RenyiOptions): Bound {
  const { alpha, ...rest } = checkOptions(options, [...SHARED, "alpha"]);
  checkAlpha("alpha", alpha);
  return renyiFrom(sourceOf(rest), q, logJoint, { ...rest, alpha, gradient: "reparameterized" });
}

export function checkAlpha(argument: string, alpha: number): void {
  checkFinite(argument, alpha);
  // Rounding of float32 log weights is divided by 1 - alpha.
  if (alpha !== 1 && Math.abs(1 - alpha) < 0.01)
    throw new ArgumentError(argument, "1, or a number that is 0.01 or more away from it", String(alpha));
}

function sourceOf({ key, firstRow = 0 }: Together): Source {
  return new Keyed(checkKey(key), checkInteger("firstRow", firstRow, 0));
}

/** The same with noise of any kind. */
export function renyiFrom(
  source: Source,
  q: Factors,
  logJoint: LogJoint<never>,
  options: Omit<RenyiOptions & ImportanceWeightedOptions, "key" | "firstRow">,
): Bound {
  const { alpha, gradient = "reparameterized", estimator, samples, prior } = options;
  checkInteger("samples", samples, 1);
  const how = ofSeveral(estimator, gradient);
  const factors = factorsOf(q);
  const of = boundOf(factors);
  const priors = prior === undefined ? [] : priorsOf(prior, factors);
  const guide = gradient === "doublyReparameterized" ? "constant parameters" : "whole";
  const weights = logWeights(factors, logJoint, { guide, priors, hasPrior: prior !== undefined });
  const run = (by: Estimator, factor: number): Tensor => {
    const cost = (sample: Tensor | Readonly<Record<string, Tensor>>): Tensor =>
      mul(factor, weights(pointsOf(factors, sample)));
    return mul(1 / factor, estimateFrom(source, q, cost as Cost<never>, { estimator: by, samples }));
  };
  // VIMCO's gradient has that of leave-one-out for its limit.
  const bound = within(factors, alpha === 0 ? "importanceWeightedBound" : "renyiBound", () =>
    alpha === 1 ? run(how.name === "VIMCO" ? rloo() : pathwise(), 1) : run(how, alpha - 1),
  );
  return { bound, of, kl: "sampled" };
}

function ofSeveral(estimator: Estimator, gradient: ImportanceWeightedOptions["gradient"]): Estimator {
  if (gradient !== "reparameterized" && gradient !== "doublyReparameterized")
    throw new ArgumentError("gradient", '"reparameterized" or "doublyReparameterized"', describe(gradient));
  const doubly = gradient === "doublyReparameterized";
  if (estimator?.name === "pathwise") return together(doubly);
  if (estimator?.name !== "VIMCO")
    throw new ArgumentError(
      "estimator",
      "vimco() or pathwise(), which have gradients of a bound of several samples",
      typeof estimator?.name === "string" ? estimator.name : describe(estimator),
    );
  if (doubly) throw new ArgumentError("gradient", '"reparameterized" for VIMCO, which has no rsample', gradient);
  return estimator;
}
