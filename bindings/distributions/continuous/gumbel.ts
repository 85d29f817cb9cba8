import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { noise } from "../noise.ts";
import { LocationScale, type LocationScaleOptions } from "./location-scale.ts";

/** Euler's constant γ. */
const EULER = 0.5772156649015329;

/** The Gumbel distribution, of the cdf exp(-exp(-(x - loc) / scale)). z = loc + scale e, e = -log(-log u). */
export class Gumbel extends LocationScale {
  /** @throws ArgumentError (loc not finite, scale not above 0), ShapeError */
  constructor(options: LocationScaleOptions = {}) {
    super("gumbel", 1 + EULER, options);
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.shift(noise("gumbel", key, shape, offset));
  }

  /** loc + γ scale */
  mean(): Tensor {
    return this.meanAt(EULER);
  }

  /** π²/6 scale² */
  variance(): Tensor {
    return this.varianceOf(1.6449340668482264);
  }
}
