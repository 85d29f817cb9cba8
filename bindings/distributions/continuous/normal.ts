import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { add, mul, type Shape, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { noise } from "../noise.ts";
import type { Values } from "../parameters.ts";
import { positive, real } from "../support.ts";

/** The normal distribution of mean `loc` and standard deviation `scale`. z = loc + scale e, e standard normal. */
export class Normal extends Reparameterized {
  readonly support = real;

  /** @throws ArgumentError (loc not finite, scale not above 0), ShapeError */
  constructor(options: { readonly loc?: Values; readonly scale?: Values } & ValidateOptions = {}) {
    const { loc = 0, scale = 1, ...rest } = checkOptions(options, ["loc", "scale", "validateArgs"]);
    super({ loc: { values: loc, allowed: real }, scale: { values: scale, allowed: positive } }, rest);
  }

  get loc(): Tensor {
    return this.parameter("loc");
  }

  get scale(): Tensor {
    return this.parameter("scale");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return add(this.loc, mul(this.scale, noise("normal", key, shape, offset)));
  }

  protected density(value: Tensor): Tensor {
    return fused("normalLogProb", { value, loc: this.loc, scale: this.scale });
  }

  mean(): Tensor {
    return expand(this.loc, this.batchShape);
  }

  mode(): Tensor {
    return this.mean();
  }

  variance(): Tensor {
    return expand(mul(this.scale, this.scale), this.batchShape);
  }
}
