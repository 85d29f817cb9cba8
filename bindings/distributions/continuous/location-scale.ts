import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { add, mul, type Tensor } from "../../graph/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { positive, real } from "../support.ts";

/** Where a family is, and how wide. */
export type LocationScaleOptions = {
  /** Finite: 0 by default. Broadcasts with `scale`. */
  readonly loc?: Values;
  /** Above 0: 1 by default. */
  readonly scale?: Values;
} & ValidateOptions;

type Family = "normal" | "logistic" | "gumbel" | "laplace" | "cauchy";

/** Families on the real line with their peak at `loc`: z = loc + scale e, e the noise of loc 0 and scale 1. */
export abstract class LocationScale extends Reparameterized {
  readonly support = real;
  readonly #family: Family;
  readonly #entropy: number;

  /** @param entropy of scale 1 */
  protected constructor(family: Family, entropy: number, options: LocationScaleOptions) {
    const { loc = 0, scale = 1, ...rest } = checkOptions(options, ["loc", "scale", "validateArgs"]);
    super({ loc: { values: loc, allowed: real }, scale: { values: scale, allowed: positive } }, rest);
    this.#family = family;
    this.#entropy = entropy;
  }

  /** Where the density is largest, in the shape it was given. */
  get loc(): Tensor {
    return this.parameter("loc");
  }

  /** By what the noise is multiplied, in the shape it was given. */
  get scale(): Tensor {
    return this.parameter("scale");
  }

  /** loc + scale noise */
  protected shift(noise: Tensor): Tensor {
    return add(this.loc, mul(this.scale, noise));
  }

  protected density(value: Tensor): Tensor {
    return fused(`${this.#family}LogProb`, { value, loc: this.loc, scale: this.scale });
  }

  /** The probability of a number of at most `value`. */
  cdf(value: Values): Tensor {
    return fused(`${this.#family}Cdf`, { value: this.checked(value), loc: this.loc, scale: this.scale });
  }

  /** The inverse of `cdf`: infinite at p = 0 and 1. */
  icdf(p: Values): Tensor {
    return fused(`${this.#family}Icdf`, { p: this.checkedProbability(p), loc: this.loc, scale: this.scale });
  }

  /** loc, where the density is largest. */
  mode(): Tensor {
    return expand(this.loc, this.batchShape);
  }

  /** log scale + a constant of the family */
  entropy(): Tensor {
    return expand(add(fused("logOf", { x: this.scale }), this.#entropy), this.batchShape);
  }

  /** loc + c scale */
  protected meanAt(c: number): Tensor {
    return expand(add(this.loc, mul(this.scale, c)), this.batchShape);
  }

  /** c scale² */
  protected varianceOf(c: number): Tensor {
    return expand(mul(mul(this.scale, this.scale), c), this.batchShape);
  }
}
