import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { noise } from "../noise.ts";
import { LocationScale, type LocationScaleOptions } from "./location-scale.ts";

/** The normal distribution of mean `loc` and standard deviation `scale`. z = loc + scale e, e standard normal. */
export class Normal extends LocationScale {
  /** @throws ArgumentError (loc not finite, scale not above 0), ShapeError */
  constructor(options: LocationScaleOptions = {}) {
    super("normal", 1.4189385332046727, options); // log(2πe) / 2
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.shift(noise("normal", key, shape, offset));
  }

  /** loc */
  mean(): Tensor {
    return this.mode();
  }

  /** scale² */
  variance(): Tensor {
    return this.varianceOf(1);
  }
}
