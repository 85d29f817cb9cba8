import { checkInteger, checkOptions, KeyError } from "../../core/index.ts";
import { apply, into, sizeOf } from "../../graph/extend.ts";
import { type Tensor, tensor } from "../../graph/index.ts";
import { checkKey, type Key } from "../../random/index.ts";
import { kernelsOf } from "../core.ts";

/** A number that is known up to an error: gradients flow through the value, the standard error is a constant. */
export interface Estimate {
  /** Of the shape that the exact number would have. */
  readonly value: Tensor;
  /** One standard deviation of the value, itself estimated; exactly 0 where the value comes from a formula or quadrature. */
  readonly standardError: Tensor;
}

/** Of estimates from samples; where a formula or quadrature gives the value they are checked and not used. */
export interface EstimateOptions {
  /** Key of the samples; not needed where the value is exact. */
  readonly key?: Key;
  /** How many samples, 2 or more: 1000 by default. */
  readonly samples?: number;
}

/** What a function needs that takes options of estimates. */
export function checkEstimate(options: EstimateOptions): { key: Key | undefined; samples: number } {
  const { key, samples = 1000 } = checkOptions(options, ["key", "samples"]);
  checkInteger("samples", samples, 2);
  return { key: key === undefined ? undefined : checkKey(key), samples };
}

export function exact(value: Tensor): Estimate {
  return { value, standardError: tensor(new Float32Array(value.size), value.shape) };
}

/** The mean, or the unbiased variance, over samples along the first dimension, made by `draw`. */
export function estimate(
  of: "Mean" | "Variance",
  options: EstimateOptions,
  draw: (key: Key, samples: number) => Tensor,
): Estimate {
  const { key, samples } = checkEstimate(options);
  if (key === undefined)
    throw new KeyError("key", "a key: this has no closed form and is estimated from samples", "undefined");
  const x = draw(key, samples);
  const shape = x.shape.slice(1);
  const n = sizeOf(shape);
  const standardError = tensor(new Float32Array(n), shape);
  const value = apply({
    name: of === "Mean" ? "mean" : "variance",
    inputs: { x },
    shape,
    forward: (core, out) => kernelsOf(core)[`estimate${of}`](out, standardError.at, x.at, samples, n),
    backward: (core, d) =>
      into(x, (dx) => {
        if (of === "Mean") kernelsOf(core).estimateMeanGradient(dx, d, samples, n);
        else kernelsOf(core).estimateVarianceGradient(dx, d, x.at, samples, n);
      }),
  });
  return { value, standardError };
}
