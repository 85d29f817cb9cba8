import { expect } from "vitest";
import { backward, type Parameter, type Parameters, step, type Tensor } from "../../bindings/graph/index.ts";
import type { Bound } from "../../bindings/inference/bounds/model.ts";
import { Problem } from "../../bindings/inference/fit/problem.ts";
import {
  type Data,
  type FitOptions,
  type Guide,
  type Model,
  model,
  type Scope,
} from "../../bindings/inference/index.ts";
import { type BatchOf, Table } from "../../bindings/inference/model/table.ts";
import { type Key, key } from "../../bindings/random/index.ts";

/** Parameters by name, in double precision. */
export type Numbers = Readonly<Record<string, readonly number[]>>;

export interface Found {
  readonly value: number;
  readonly of: string;
  readonly kl: string;
  readonly gradient: Record<string, number[]>;
  /** Points of continuous latents, in the order in which the density was asked for: [points, ...] each. */
  readonly points: Readonly<Record<string, readonly (readonly number[])[]>>;
}

export interface Case<B extends BatchOf<B>> {
  readonly density: (p: Scope, data: B) => void;
  readonly parameters?: Parameters;
  readonly data: Data<B> | undefined;
  readonly guide: (m: Model<B>) => Guide<B>;
  readonly options?: Partial<FitOptions>;
}

/** Writes down where latents are: the noise of a step, whatever it is made of. */
class Recorder implements Scope {
  readonly points: number;
  readonly rows: number;
  readonly tau: number;
  readonly #scope: Scope;
  readonly #seen: Record<string, number[][]>;

  constructor(scope: Scope, seen: Record<string, number[][]>) {
    this.points = scope.points;
    this.rows = scope.rows;
    this.tau = scope.tau;
    this.#scope = scope;
    this.#seen = seen;
  }

  #wrote(name: string, x: Tensor): Tensor {
    this.#seen[name] ??= [];
    this.#seen[name].push([...x.toArray()]);
    return x;
  }

  latent: Scope["latent"] = (name, law) => this.#wrote(name, this.#scope.latent(name, law));
  local: Scope["local"] = (name, law) => this.#wrote(name, this.#scope.local(name, law));
  observe: Scope["observe"] = (name, law, value) => this.#scope.observe(name, law, value);
  factor: Scope["factor"] = (name, x) => this.#scope.factor(name, x);
  perRow: Scope["perRow"] = (x) => this.#scope.perRow(x);
}

/** A model with its guide, of which steps can be asked one at a time. */
export class Bench<B extends BatchOf<B>> {
  readonly problem: Problem;
  readonly parameters: Record<string, Parameter>;
  readonly rows: number;
  #seen: Record<string, number[][]> = {};

  constructor({ density, parameters = {}, data, guide, options = {} }: Case<B>) {
    const whole = model<B>((p, given) => density(new Recorder(p, this.#seen), given), { parameters });
    const own = guide(whole);
    const table = new Table(data);
    this.rows = table.rows;
    this.parameters = { ...parameters, ...own.parameters };
    this.problem = new Problem(whole as Model<never>, own as Guide<never>, table, options);
  }

  /** The bound and its gradients, of all rows or of some, in pieces of `chunk` rows. */
  at(
    k: Key = key(1),
    {
      indices,
      chunk = 1000,
      tau = 1,
      temperature = 1,
    }: { indices?: number[]; chunk?: number; tau?: number; temperature?: number } = {},
  ): Found {
    for (const parameter of Object.values(this.parameters)) parameter.clear();
    this.#seen = {};
    let value = 0;
    let found: Bound | undefined;
    for (const piece of this.problem.pieces(indices && Uint32Array.from(indices), chunk))
      step(() => {
        found = this.problem.bound(piece, { key: k, tau, temperature });
        value += found.bound.item();
        backward(found.bound);
      });
    const gradient = Object.fromEntries(Object.entries(this.parameters).map(([name, p]) => [name, [...p.grad()]]));
    return { value, of: found?.of as string, kl: found?.kl as string, gradient, points: this.#seen };
  }

  /** The value alone, and the hard draws that it is of: the same as in a step with gradients. */
  drawn(k: Key = key(1), { tau = 1, temperature = 1 }: { tau?: number; temperature?: number } = {}) {
    this.#seen = {};
    const [whole] = this.problem.pieces(undefined, Math.max(1, this.rows));
    const value = step(() => this.problem.bound(whole, { key: k, tau, temperature }).bound.item(), {
      gradients: false,
    });
    return { value, points: this.#seen as Found["points"] };
  }

  get numbers(): Numbers {
    return Object.fromEntries(Object.entries(this.parameters).map(([name, p]) => [name, [...p.toArray()]]));
  }

  dispose(): void {
    for (const parameter of Object.values(this.parameters)) parameter.dispose();
  }
}

/** The noise of the step, and how a mean over what is discrete is taken: over all values, or at the one that was drawn. */
export interface Naive {
  /** Of a continuous latent: the points of its only run. */
  z(name: string): readonly number[];
  /** E[f(k)], k being the i-th variable of a latent, of these log-probabilities. */
  mean(name: string, i: number, logQ: readonly number[], f: (k: number) => number): number;
}

export const overAll = (points: Found["points"]): Naive => ({
  z: (name) => points[name][0],
  mean: (_name, _i, logQ, f) => sumOf(logQ.map((l, k) => Math.exp(l) * f(k))),
});

export const atDraws = (points: Found["points"], hot: readonly string[]): Naive => ({
  z: (name) => points[name][0],
  mean(name, i, logQ, f) {
    const [only, ...others] = points[name];
    if (others.length > 0) throw new Error(`${name} was drawn ${others.length + 1} times`);
    return f(hot.includes(name) ? parts(only, logQ.length)[i].indexOf(1) : only[i]);
  },
});

/** Central differences of a function of parameters by name. */
export function slopesOf(f: (at: Numbers) => number, at: Numbers, h = 1e-5): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(at).map(([name, values]) => [
      name,
      values.map((_, i) => {
        const moved = (by: number): number =>
          f({ ...at, [name]: values.map((value, j) => (i === j ? value + by : value)) });
        return (moved(h) - moved(-h)) / (2 * h);
      }),
    ]),
  );
}

/** float32 against float64, relative to what is large. */
export function near(received: readonly number[], expected: readonly number[], within = 2e-5): void {
  expect(received).toHaveLength(expected.length);
  const size = Math.max(1, ...expected.map(Math.abs));
  for (const [i, each] of expected.entries())
    expect(Math.abs(received[i] - each) / size, `element ${i}`).toBeLessThan(within);
}

export function sameGradients(
  found: Record<string, number[]>,
  expected: Record<string, number[]>,
  within?: number,
): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, each] of Object.entries(expected)) near(found[name], each, within);
}

// Densities, in float64.
export const logNormalPdf = (x: number, loc: number, scale: number): number =>
  -0.5 * ((x - loc) / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);
export const logSigmoid = (x: number): number => (x > 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x)));
export const sigmoid = (x: number): number => Math.exp(logSigmoid(x));
export function logSoftmax(x: readonly number[]): number[] {
  const most = Math.max(...x);
  const total = most + Math.log(x.reduce((so, each) => so + Math.exp(each - most), 0));
  return x.map((each) => each - total);
}
export const logSumExp = (x: readonly number[]): number => {
  const most = Math.max(...x);
  return most + Math.log(x.reduce((so, each) => so + Math.exp(each - most), 0));
};
export const klNormal = (m: number, s: number, loc: number, scale: number): number =>
  Math.log(scale / s) + (s * s + (m - loc) ** 2) / (2 * scale * scale) - 0.5;
/** Parts of a list, n numbers each. */
export const parts = (x: readonly number[], n: number): number[][] =>
  Array.from({ length: x.length / n }, (_, i) => x.slice(i * n, (i + 1) * n));
export const sumOf = (x: readonly number[]): number => x.reduce((so, each) => so + each, 0);
