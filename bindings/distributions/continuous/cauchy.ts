import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { constant } from "../fused.ts";
import { noise } from "../noise.ts";
import { LocationScale, type LocationScaleOptions } from "./location-scale.ts";

/**
 * The Cauchy distribution, which has no mean and no variance. z = loc + scale e, e = -1 / tan(πu) with u = sigmoid(l) of
 * logistic noise l: exact in both tails, |e| below 2^65 / π.
 */
export class Cauchy extends LocationScale {
  /** @throws ArgumentError (loc not finite, scale not above 0), ShapeError */
  constructor(options: LocationScaleOptions = {}) {
    super("cauchy", 2.5310242469692907, options); // log 4π
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.shift(constant("cauchyNoise", { noise: noise("logistic", key, shape, offset) }));
  }
}
