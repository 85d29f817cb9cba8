import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { noise } from "../noise.ts";
import { LocationScale, type LocationScaleOptions } from "./location-scale.ts";

/** The logistic distribution, of the cdf sigmoid((x - loc) / scale). z = loc + scale e, e = log(u / (1 - u)). */
export class Logistic extends LocationScale {
  /** @throws ArgumentError (loc not finite, scale not above 0), ShapeError */
  constructor(options: LocationScaleOptions = {}) {
    super("logistic", 2, options);
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.shift(noise("logistic", key, shape, offset));
  }

  /** loc */
  mean(): Tensor {
    return this.mode();
  }

  /** π²/3 scale² */
  variance(): Tensor {
    return this.varianceOf(3.289868133696453);
  }
}
