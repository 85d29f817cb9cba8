import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { constant } from "../fused.ts";
import { noise } from "../noise.ts";
import { LocationScale, type LocationScaleOptions } from "./location-scale.ts";

/**
 * The Laplace distribution, of the density exp(-|x - loc| / scale) / (2 scale). z = loc + scale e, with
 * e = sign(l) log((1 + exp |l|) / 2) from logistic noise l: the inverse of the cdf, exact in both tails.
 */
export class Laplace extends LocationScale {
  /** @throws ArgumentError (loc not finite, scale not above 0), ShapeError */
  constructor(options: LocationScaleOptions = {}) {
    super("laplace", 1.6931471805599454, options); // 1 + log 2
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.shift(constant("laplaceNoise", { noise: noise("logistic", key, shape, offset) }));
  }

  /** loc */
  mean(): Tensor {
    return this.mode();
  }

  /** 2 scale² */
  variance(): Tensor {
    return this.varianceOf(2);
  }
}
