import { ArgumentError, checkOptions, describe } from "../../core/index.ts";
import type { Distribution } from "../../distributions/index.ts";
import { checkParameters } from "../../graph/extend.ts";
import type { Parameters } from "../../graph/index.ts";
import type { Batch, BatchOf } from "../model/table.ts";

/** Which rows a guide is asked about. */
export interface GuideScope {
  /** Rows of the batch: 1 of a model without data. */
  readonly rows: number;
  /** Their numbers in the data; undefined for all of it, in order. */
  readonly indices: Uint32Array | undefined;
  /** The temperature of relaxed laws, as scheduled: 1 if it is not. */
  readonly tau: number;
}

/** The guide's laws of a model's latents: of all of the data [...batch], of each row [rows, ...batch]. */
export type GuideLaws = Readonly<Record<string, Distribution>>;

/** What stands in for the posterior: independent laws of the latents, and the parameters that they are made of. */
export class Guide<B extends BatchOf<B> = Batch> {
  /** The laws of some rows, made in the open step. */
  readonly laws: (data: B, scope: GuideScope) => GuideLaws;
  /** What is fitted, by name. */
  readonly parameters: Parameters;

  /** @internal Made by `guide` or `meanField`. */
  constructor(laws: (data: B, scope: GuideScope) => GuideLaws, parameters: Parameters) {
    this.laws = laws;
    this.parameters = parameters;
  }
}

/**
 * A guide of the user's own: amortized, where the laws of a row's latents come from a network of its data, or structured, where a
 * law is one of several variables together (`MarkovChain`).
 *
 *     const encoder = guide(({ x }: { x: Tensor }) => ({ z: new Bernoulli({ logits: linear(x, w, b) }) }), { parameters: { w, b } });
 *
 * @param laws called in each step: of the batch, its laws by the latents' names
 * @param options `parameters`: what they are made of, by name; none of laws that are exact, or made of the model's parameters
 * @throws ArgumentError
 */
export function guide<B extends BatchOf<B>>(
  laws: (data: B, scope: GuideScope) => GuideLaws,
  options: { readonly parameters?: Parameters } = {},
): Guide<B> {
  if (typeof laws !== "function")
    throw new ArgumentError("laws", "a function that gives a law for each latent by name", describe(laws));
  const { parameters = {} } = checkOptions(options, ["parameters"]);
  if (Object.keys(parameters).length > 0) checkParameters(parameters);
  return new Guide(laws, parameters);
}
