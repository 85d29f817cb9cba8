import { expect } from "vitest";
import {
  backward,
  mul,
  type Parameter,
  parameter,
  step,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { key, uniform } from "../../bindings/index.ts";
import { derivative } from "./quadrature.ts";

/** An argument: its shape and values, which are rounded to float32 before either side sees them. */
export interface Leaf {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/**
 * Compares a function of tensors with one of plain numbers: its values, and the gradients of a sum of them with random
 * weights, by differences. -Infinity among the arguments stays as it is.
 */
export function expectFunction<Name extends string>(
  leaves: Readonly<Record<Name, Leaf>>,
  library: (tensors: Readonly<Record<Name, Tensor>>) => Tensor,
  oracle: (values: Readonly<Record<Name, readonly number[]>>) => readonly number[],
  { tolerance = 4e-6, gradients = 4e-6 }: { readonly tolerance?: number; readonly gradients?: number } = {},
): void {
  const names = Object.keys(leaves) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, leaves[name].values.map(Math.fround)])) as Record<
    Name,
    number[]
  >;
  const parameters = Object.fromEntries(
    names.map((name) => [name, parameter(leaves[name].shape, values[name])]),
  ) as Record<Name, Parameter>;
  let weights = new Float32Array();
  const got = step(() => {
    const y = library(parameters);
    weights = uniform(key(77), y.size).map((u) => u + 0.25);
    backward(sum(mul(y, tensor(weights, y.shape))));
    return y.toArray();
  });
  expectClose("value", got, oracle(values), tolerance);
  for (const name of names) {
    const expected = values[name].map((at, i) => {
      if (at === -Infinity) return 0;
      const loss = (x: number): number => {
        const moved = { ...values, [name]: values[name].map((v, j) => (i === j ? x : v)) };
        return oracle(moved).reduce((total, y, j) => total + (y === -Infinity ? 0 : y * (weights[j] as number)), 0);
      };
      return derivative(loss, at, Math.max(1e-3, Math.abs(at)) / 32);
    });
    expectClose(`gradient of ${name}`, parameters[name].grad(), expected, gradients);
    parameters[name].dispose();
  }
}

/** Within tolerance max(1, |y|) of y. */
export function expectClose(what: string, got: ArrayLike<number>, expected: readonly number[], tolerance = 4e-6): void {
  expect(got.length, what).toBe(expected.length);
  for (const [i, y] of expected.entries()) {
    const x = got[i] as number;
    if (x === y) continue;
    expect(Math.abs(x - y), `${what} ${i}: ${x}, not ${y}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(y)));
  }
}
