/// <reference lib="esnext.disposable" preserve="true" />
import {
  ArgumentError,
  checkFloats,
  DisposedError,
  type Floats,
  makeDisposable,
  net,
  ShapeError,
} from "../core/index.ts";
import { type GraphCore, graphCore } from "./core.ts";
import { checkShape, type Shape, show, sizeOf } from "./shape.ts";

/** What a tensor lives in: a step, or a parameter's own lifetime. */
interface Lifetime {
  readonly open: boolean;
}

/**
 * A dense float32 array in wasm memory, row-major. Made by the operations of a step and gone with it; what should stay
 * is copied out with `toArray()` or `item()`.
 */
export class Tensor {
  /** Lengths of the dimensions; [] of a single number. */
  readonly shape: Shape;
  /** Number of elements: the product of the shape. */
  readonly size: number;
  /** @internal */
  declare readonly core: GraphCore;
  /** @internal Address of the values. */
  readonly at: number;
  /** @internal Whether a gradient flows into it; what a pass is not about is left out of it. */
  differentiable: boolean;
  /** @internal Address of the gradient; 0 while it has none. */
  gradient = 0;
  readonly #lifetime: Lifetime;

  /** @internal */
  constructor(owner: GraphCore, shape: Shape, at: number, differentiable: boolean, lifetime: Lifetime) {
    // Not enumerable, so that printing a tensor does not print all of the core.
    Object.defineProperty(this, "core", { value: owner });
    this.shape = shape;
    this.size = sizeOf(shape);
    this.at = at;
    this.differentiable = differentiable;
    this.#lifetime = lifetime;
  }

  /** A copy of the values. */
  toArray(): Float32Array {
    this.check("tensor");
    return this.core.copy(this.at, this.size);
  }

  /** The value of a tensor of one element. */
  item(): number {
    this.check("tensor");
    if (this.size !== 1) throw new ShapeError("tensor", "one element", `${this.size} elements, ${show(this.shape)}`);
    return this.core.view(this.at, 1)[0] as number;
  }

  /** @internal Whether its memory is still its own. */
  get open(): boolean {
    return this.#lifetime.open;
  }

  /** @internal Refuses a tensor whose memory belongs to something else by now. */
  check(name: string): void {
    if (!this.#lifetime.open)
      throw new DisposedError(
        name,
        "a tensor of this step, or a parameter",
        `a ${this.kind} of shape ${show(this.shape)} that is gone`,
      );
  }

  /** @internal */
  get kind(): string {
    return "tensor";
  }
}

/** Arrays of its size that a parameter keeps: as many as sums of gradients have at the same time, of 8 pieces or 4 workers. */
const SPARE = 4;

/**
 * A tensor that outlives its step: what an optimizer changes. Its gradient accumulates over `backward` passes until the
 * optimizer (or `clear`) takes it. Free it with `dispose()`.
 */
export class Parameter extends Tensor {
  /** For `using`: the same as `dispose()`. */
  declare readonly [Symbol.dispose]: () => void;
  /** @internal Whether the gradient is 0 everywhere, for all that was written since it was set to that. */
  isClear = true;
  readonly #life: { open: boolean };
  readonly #spare: Float32Array[] = [];

  /** @internal */
  constructor(owner: GraphCore, shape: Shape, values: Float32Array | undefined) {
    const life = { open: true };
    const size = sizeOf(shape);
    const [at, gradient] = owner.allocatePersistent([size, size]) as [number, number];
    super(owner, shape, at, true, life);
    this.#life = life;
    this.gradient = gradient;
    if (values) owner.floats.set(values, at >>> 2);
    net.register(this, () => owner.releasePersistent([at, gradient]), this);
  }

  /** A copy of the accumulated gradient. */
  grad(): Float32Array {
    this.check("parameter");
    return this.core.copy(this.gradient, this.size);
  }

  /** Replaces the values. Between a forward and its backward pass the gradient would be taken at the new ones. */
  set(values: Floats): void {
    this.check("parameter");
    this.core.floats.set(checkValues(values, this.shape), this.at >>> 2);
  }

  /** Sets the gradient to 0. */
  clear(): void {
    this.check("parameter");
    this.core.view(this.gradient, this.size).fill(0);
    this.isClear = true;
  }

  /** @internal A copy of as many numbers as it has: to be given back, or memory would be set up anew for each. */
  copyOf(values: Float32Array): Float32Array {
    const copy = this.#spare.pop() ?? new Float32Array(this.size);
    copy.set(values);
    return copy;
  }

  /** @internal Takes such a copy, which is of no use any more. */
  giveBack(copy: Float32Array): void {
    if (this.#spare.length < SPARE) this.#spare.push(copy);
  }

  /** @internal Adds to the gradient. */
  accumulate(values: Float32Array): void {
    this.check("parameter");
    const gradient = this.core.view(this.gradient, this.size);
    if (this.isClear) gradient.set(values);
    else addTo(gradient, values);
    this.isClear = false;
  }

  /** Gives the memory back; any later use throws a DisposedError. */
  dispose(): void {
    if (!this.#life.open) return;
    this.#life.open = false;
    this.#spare.length = 0;
    net.unregister(this);
    this.core.releasePersistent([this.at, this.gradient]);
  }

  /** @internal */
  override get kind(): string {
    return "parameter";
  }
}

makeDisposable(Parameter.prototype);

/** Adds numbers to as many others. Four at a time, and as float32 right away, which has the same bits: a good half of the time. */
export function addTo(sum: Float32Array, values: Float32Array): void {
  const fours = sum.length & ~3;
  for (let i = 0; i < fours; i += 4) {
    sum[i] = Math.fround((sum[i] as number) + (values[i] as number));
    sum[i + 1] = Math.fround((sum[i + 1] as number) + (values[i + 1] as number));
    sum[i + 2] = Math.fround((sum[i + 2] as number) + (values[i + 2] as number));
    sum[i + 3] = Math.fround((sum[i + 3] as number) + (values[i + 3] as number));
  }
  for (let i = fours; i < sum.length; i++) (sum[i] as number) += values[i] as number;
}

/** A parameter of the given shape and initial values, 0 by default. */
export function parameter(shape: Shape, values?: Floats): Parameter {
  const dimensions = checkShape("shape", shape);
  return new Parameter(graphCore(), dimensions, values === undefined ? undefined : checkValues(values, dimensions));
}

export function checkValues(values: Floats, shape: Shape): Float32Array {
  const floats = checkFloats("values", values);
  if (floats.length !== sizeOf(shape))
    throw new ShapeError(
      "values",
      `the ${sizeOf(shape)} elements of shape ${show(shape)}`,
      `${floats.length} elements`,
    );
  return floats;
}

/** Named parameters, as models pass them around. */
export type Parameters = Readonly<Record<string, Parameter>>;

export function checkParameters(parameters: unknown): [name: string, parameter: Parameter][] {
  const entries = Object.entries((parameters ?? {}) as Record<string, unknown>);
  if (entries.length === 0)
    throw new ArgumentError("parameters", "an object of parameters, { name: parameter }", "none");
  const seen = new Set<unknown>();
  for (const [name, value] of entries) {
    if (!(value instanceof Parameter)) throw new ArgumentError(`parameters.${name}`, "a parameter", typeof value);
    value.check(`parameters.${name}`);
    if (seen.has(value))
      throw new ArgumentError(`parameters.${name}`, "each parameter under one name", "one seen before");
    seen.add(value);
  }
  return entries as [string, Parameter][];
}
