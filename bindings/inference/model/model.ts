import { ArgumentError, checkOptions, describe } from "../../core/index.ts";
import type { Distribution, Values } from "../../distributions/index.ts";
import { checkParameters } from "../../graph/extend.ts";
import type { Parameters, Tensor } from "../../graph/index.ts";
import type { Batch, BatchOf } from "./table.ts";

/**
 * What a model says its joint density with. Latents have points, their number in front: a latent is [points, ...batch, ...event] (or
 * [1, ...], which broadcasts: a latent of the whole data beside latents of rows), one of each row [points, rows, ...]; a log density is
 * summed over what is behind these.
 */
export interface Scope {
  /** How many points there are at a time: up to the estimator. */
  readonly points: number;
  /** Rows of the batch: 1 of a model without data. */
  readonly rows: number;
  /** The temperature of relaxed laws, as scheduled: 1 if it is not. */
  readonly tau: number;
  /**
   * A latent variable of all of the data and its law, which may depend on latents before it.
   * @returns points of it, [points, ...batch, ...event]
   */
  latent(name: string, law: Distribution): Tensor;
  /**
   * A latent variable of each row and its law, of a batch [...] that is the same for each row, or [rows, ...]; with the points in front
   * where it depends on latents, [points, 1, ...] or [points, rows, ...].
   * @returns points of it, [points, rows, ...]
   */
  local(name: string, law: Distribution): Tensor;
  /** Data and their law: adds its log density at the value. With data, its batch is [rows, ...] or [points, rows, ...]. */
  observe(name: string, law: Distribution, value: Values): void;
  /**
   * Any other part of the log density: [points, rows, ...] or [rows], of each row; [points] or [], of all. With `sumOut`, `chain` or
   * `mixture` latents that are cheap to marginalize need not be sampled.
   */
  factor(name: string, logDensity: Tensor): void;
  /** A latent of all of the data beside those of rows: [points, ...rest] as [points, 1, ...rest]. */
  perRow(x: Tensor): Tensor;
}

/** Says the joint density of some rows of data: called in each step, perhaps several times. */
export type Density<B> = (scope: Scope, data: B) => void;

/** A joint density log p(x, z) with latent variables by name. */
export class Model<B extends BatchOf<B> = Batch> {
  /** The program that says the joint density. */
  readonly density: Density<B>;
  /** What is learned with the posterior, by name; {} of a model without. */
  readonly parameters: Parameters;

  /** @internal Made by `model`. */
  constructor(density: Density<B>, parameters: Parameters) {
    this.density = density;
    this.parameters = parameters;
  }
}

/**
 * A model: its joint density as a program, p(x, z) = prod of the laws it names, and the parameters that are to be learned with the
 * posterior (by maximizing the bound of the evidence).
 *
 *     const mixture = model((p, { x }: { x: Tensor }) => {
 *       const z = p.local("z", new OneHotCategorical({ logits }));                 // [points, rows, K]
 *       p.observe("x", new Normal({ loc: sum(mul(z, means), { axis: -1 }), scale: 1 }), x);
 *     }, { parameters: { logits, means } });
 *
 * @param density calls `latent`, `local`, `observe` and `factor`, each name once, the same in each run
 * @throws ArgumentError
 */
export function model<B extends BatchOf<B>>(
  density: Density<B>,
  options: { readonly parameters?: Parameters } = {},
): Model<B> {
  if (typeof density !== "function")
    throw new ArgumentError("density", "a function that says the joint density", describe(density));
  const { parameters = {} } = checkOptions(options, ["parameters"]);
  if (Object.keys(parameters).length > 0) checkParameters(parameters);
  return new Model(density, parameters);
}
