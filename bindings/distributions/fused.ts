import { apply, broadcast, expand, into, sizeOf } from "../graph/extend.ts";
import type { Shape, Tensor } from "../graph/index.ts";
import type { Key } from "../random/index.ts";
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

type Sampler = keyof {
  [K in keyof DistributionsKernels as K extends `${infer Name}Sample` ? Name : never]: true;
};

/** Samplers whose gradients reach the parameters. */
export type Implicit = {
  [Name in Sampler]: `${Name}SampleBackward` extends keyof DistributionsKernels ? Name : never;
}[Sampler];

/** Those of counts, which have none. */
export type Count = Exclude<Sampler, Implicit>;

type Kernel = (...numbers: number[]) => void;

type Inputs = Readonly<Record<string, Tensor>>;

/**
 * y = f(inputs), element by element over the shape they broadcast to, computed in f64 and rounded once; gradients to all
 * inputs. Kernels: `${name}Forward(y, ...inputs, n)`, `${name}Backward(...gradients, dy, ...inputs, n)`, and after n the
 * numbers that are the same for all elements.
 */
export function fused(name: Fused, inputs: Inputs, ...numbers: readonly number[]): Tensor {
  const { stretched, shape, n } = meet(inputs);
  const tensors = Object.values(stretched);
  return apply({
    name,
    inputs: stretched,
    shape,
    forward: (core, y) =>
      (kernelsOf(core)[`${name}Forward`] as Kernel)(y, ...tensors.map(({ at }) => at), n, ...numbers),
    backward: (core, dy) => {
      const gradients = tensors.map(gradientOf);
      (kernelsOf(core)[`${name}Backward`] as Kernel)(...gradients, dy, ...tensors.map(({ at }) => at), n, ...numbers);
    },
  });
}

/** The same without a gradient: hard samples, counts. */
export function constant(name: Constant, inputs: Inputs): Tensor {
  const { stretched, shape, n } = meet(inputs);
  const addresses = Object.values(stretched).map(({ at }) => at);
  return apply({
    name,
    inputs: stretched,
    shape,
    forward: (core, y) => (kernelsOf(core)[`${name}Forward`] as Kernel)(y, ...addresses, n),
  });
}

/**
 * Random numbers of a shape that the inputs, its parameters, broadcast to, from kernels that draw as many uniforms for an
 * element as it takes: element `offset + i` of the key for element i. Kernels: `${name}Sample(y, ...inputs, n, k0, k1, low,
 * high)` with (high, low) the number of the first element and, for implicit reparameterization,
 * `${name}SampleBackward(...gradients, dy, y, ...inputs, n, k0, k1, low, high)`, which may draw the variates again.
 */
export function sampled(name: Implicit, key: Key, shape: Shape, offset: number, inputs: Inputs): Tensor {
  const { stretched, given } = drawing(key, shape, offset, inputs);
  const tensors = Object.values(stretched);
  return apply({
    name: `${name}Sample`,
    inputs: stretched,
    shape,
    forward: (core, y) => (kernelsOf(core)[`${name}Sample`] as Kernel)(y, ...given),
    backward: (core, dy, y) =>
      (kernelsOf(core)[`${name}SampleBackward`] as Kernel)(...tensors.map(gradientOf), dy, y, ...given),
  });
}

/** The same without a gradient. */
export function counted(name: Count, key: Key, shape: Shape, offset: number, inputs: Inputs): Tensor {
  const { stretched, given } = drawing(key, shape, offset, inputs);
  return apply({
    name: `${name}Sample`,
    inputs: stretched,
    shape,
    forward: (core, y) => (kernelsOf(core)[`${name}Sample`] as Kernel)(y, ...given),
  });
}

function drawing(
  key: Key,
  shape: Shape,
  offset: number,
  inputs: Inputs,
): { readonly stretched: Inputs; readonly given: readonly number[] } {
  const stretched = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, expand(x, shape)]));
  const addresses = Object.values(stretched).map(({ at }) => at);
  return { stretched, given: [...addresses, sizeOf(shape), key.lo, key.hi, ...wordsOf(offset)] };
}

/** Low and high word of an element's number. */
export const wordsOf = (element: number): readonly [number, number] => [
  element % 2 ** 32,
  Math.floor(element / 2 ** 32),
];

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
