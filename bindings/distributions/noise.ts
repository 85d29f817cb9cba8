import { sizeOf } from "../graph/extend.ts";
import { type Shape, type Tensor, tensor } from "../graph/index.ts";
import { exponential, gumbel, type Key, logistic, normal, uniform } from "../random/index.ts";

const halfNormal: typeof normal = (...from) => normal(...from).map(Math.abs);

const FAMILIES = { uniform, exponential, gumbel, logistic, normal, halfNormal };

/** Noise of a key as a constant of the graph. */
export const noise = (family: keyof typeof FAMILIES, key: Key, shape: Shape, offset: number): Tensor =>
  tensor(FAMILIES[family](key, sizeOf(shape), { offset }), shape);
