import { apply, broadcast, expand, into, sizeOf } from "../graph/extend.ts";
import type { Shape, Tensor } from "../graph/index.ts";
import { kernelsOf } from "./core.ts";
import type { DistributionsKernels } from "./generated/kernels.ts";

type Forward = keyof {
  [K in keyof DistributionsKernels as K extends `${infer Name}Forward` ? Name : never]: true;
};

/** Functions of several variables that kernels compute in f64, each with its gradient. */
export type Fused = keyof {
  [Name in Forward as `${Name}Backward` extends keyof DistributionsKernels ? Name : never]: true;
};

/** Those without a gradient. */
export type Constant = Exclude<Forward, Fused>;

type Kernel = (...numbers: number[]) => void;

type Inputs = Readonly<Record<string, Tensor>>;

/**
 * y = f(inputs), element by element over the shape they broadcast to, computed in f64 and rounded once; gradients to all
 * inputs. Kernels: `${name}Forward(y, ...inputs, n)`, `${name}Backward(...gradients, dy, ...inputs, n)`.
 */
export function fused(name: Fused, inputs: Inputs): Tensor {
  const { stretched, shape, n } = meet(inputs);
  const tensors = Object.values(stretched);
  return apply({
    inputs: stretched,
    shape,
    forward: (core, y) => (kernelsOf(core)[`${name}Forward`] as Kernel)(y, ...tensors.map(({ at }) => at), n),
    backward: (core, dy) => {
      const gradients = tensors.map(gradientOf);
      (kernelsOf(core)[`${name}Backward`] as Kernel)(...gradients, dy, ...tensors.map(({ at }) => at), n);
    },
  });
}

/** The same without a gradient: hard samples, counts. */
export function constant(name: Constant, inputs: Inputs): Tensor {
  const { stretched, shape, n } = meet(inputs);
  const addresses = Object.values(stretched).map(({ at }) => at);
  return apply({
    inputs: stretched,
    shape,
    forward: (core, y) => (kernelsOf(core)[`${name}Forward`] as Kernel)(y, ...addresses, n),
  });
}

function meet(inputs: Inputs): { stretched: Inputs; shape: Shape; n: number } {
  const entries = Object.entries(inputs);
  const shape = entries.reduce<Shape>((met, [name, x]) => broadcast(met, x.shape, name), []);
  const stretched = Object.fromEntries(entries.map(([name, x]) => [name, expand(x, shape)]));
  return { stretched, shape, n: sizeOf(shape) };
}

/** Where the gradient of an input is added; 0, which kernels skip, if it wants none. */
export function gradientOf(x: Tensor): number {
  let at = 0;
  into(x, (gradient) => {
    at = gradient;
  });
  return at;
}
