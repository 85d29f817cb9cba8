import { apply, asRows, broadcast, expand } from "../graph/extend.ts";
import type { Shape, Tensor } from "../graph/index.ts";
import { kernelsOf } from "./core.ts";
import { type Fused, gradientOf } from "./fused.ts";

type Kernel = (...numbers: number[]) => void;

type Inputs = Readonly<Record<string, Tensor>>;

/** A number for each row of the shape [..., cols] that the inputs broadcast to: [...]. Kernels as those of `mapped`. */
export const reduced = (name: Fused, inputs: Inputs): Tensor => overRows(name, inputs, (shape) => shape.slice(0, -1));

/**
 * A row for each row of the inputs, [..., cols]. Kernels: `${name}Forward(y, ...inputs, rows, cols)`,
 * `${name}Backward(...gradients, dy, ...inputs, rows, cols)`.
 */
export const mapped = (name: Fused, inputs: Inputs): Tensor => overRows(name, inputs, (shape) => shape);

function overRows(name: Fused, inputs: Inputs, shapeOf: (met: Shape) => Shape): Tensor {
  const entries = Object.entries(inputs);
  const met = entries.reduce<Shape>((shape, [input, x]) => broadcast(shape, x.shape, input), []);
  const stretched = Object.fromEntries(entries.map(([input, x]) => [input, expand(x, met)]));
  const tensors = Object.values(stretched);
  const addresses = tensors.map(({ at }) => at);
  const { rows, cols } = asRows(name, met);
  return apply({
    name,
    inputs: stretched,
    shape: shapeOf(met),
    forward: (core, y) => (kernelsOf(core)[`${name}Forward`] as Kernel)(y, ...addresses, rows, cols),
    backward: (core, dy) =>
      (kernelsOf(core)[`${name}Backward`] as Kernel)(...tensors.map(gradientOf), dy, ...addresses, rows, cols),
  });
}
