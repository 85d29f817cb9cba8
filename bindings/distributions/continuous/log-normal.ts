import { checkOptions } from "../../core/index.ts";
import { expand, scalar } from "../../graph/extend.ts";
import { add, type Shape, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized } from "../distribution.ts";
import { fused } from "../fused.ts";
import { noise } from "../noise.ts";
import type { Values } from "../parameters.ts";
import { positive, real } from "../support.ts";
import type { LocationScaleOptions } from "./location-scale.ts";

/** exp of a normal number of mean `loc` and standard deviation `scale`. z = exp(loc + scale e), e standard normal. */
export class LogNormal extends Reparameterized {
  readonly support = positive;

  /** @throws ArgumentError (loc not finite, scale not above 0), ShapeError */
  constructor(options: LocationScaleOptions = {}) {
    const { loc = 0, scale = 1, ...rest } = checkOptions(options, ["loc", "scale", "validateArgs"]);
    super({ loc: { values: loc, allowed: real }, scale: { values: scale, allowed: positive } }, rest);
  }

  /** The mean of the logarithm, in the shape it was given. */
  get loc(): Tensor {
    return this.parameter("loc");
  }

  /** The standard deviation of the logarithm, in the shape it was given. */
  get scale(): Tensor {
    return this.parameter("scale");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return fused("logNormalDraw", { e: noise("normal", key, shape, offset), loc: this.loc, scale: this.scale });
  }

  protected density(value: Tensor): Tensor {
    return fused("logNormalLogProb", { value, loc: this.loc, scale: this.scale });
  }

  /** The probability of a number of at most `value`. */
  cdf(value: Values): Tensor {
    return fused("logNormalCdf", { value: this.checked(value), loc: this.loc, scale: this.scale });
  }

  /** The inverse of `cdf`: 0 at p = 0, Infinity at 1. */
  icdf(p: Values): Tensor {
    return fused("logNormalIcdf", { p: this.checkedProbability(p), loc: this.loc, scale: this.scale });
  }

  /** exp(loc + scale² / 2) */
  mean(): Tensor {
    return this.#moment(0.5);
  }

  /** exp(loc - scale²) */
  mode(): Tensor {
    return this.#moment(-1);
  }

  /** (exp scale² - 1) exp(2 loc + scale²) */
  variance(): Tensor {
    return fused("logNormalVariance", { loc: this.loc, scale: this.scale });
  }

  /** loc + log scale + log(2πe) / 2 */
  entropy(): Tensor {
    const { loc, scale } = this;
    return expand(add(loc, add(fused("logOf", { x: scale }), 1.4189385332046727)), this.batchShape);
  }

  #moment(c: number): Tensor {
    return fused("logNormalMoment", { c: scalar(c), loc: this.loc, scale: this.scale });
  }
}
