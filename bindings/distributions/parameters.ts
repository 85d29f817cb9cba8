import { ArgumentError, checkFloats, describe, type Floats } from "../core/index.ts";
import { asRows, checkTensor, scalar, show, Tensor } from "../graph/extend.ts";
import { type Operand, type Shape, tensor } from "../graph/index.ts";
import type { Support } from "./support.ts";

/** What a parameter or a value may be: a number, an array of one dimension, or a tensor of any shape. */
export type Values = Operand | Floats;

/** A parameter as it was given: checked when it came, and a tensor of each step in which it is used. */
export class Given {
  readonly name: string;
  readonly shape: Shape;
  readonly #values: number | Float32Array | Tensor;

  /** @param allowed what its elements may be; not looked at when undefined */
  constructor(name: string, values: Values, allowed: Support | undefined) {
    this.name = name;
    if (values instanceof Tensor) values.check(name);
    this.#values = typeof values === "number" || values instanceof Tensor ? values : checkFloats(name, values);
    this.shape = this.#values instanceof Tensor ? this.#values.shape : shapeOf(this.#values);
    if (allowed) checkWithin(name, elements(this.#values), this.shape, allowed);
  }

  get elements(): Float32Array {
    return elements(this.#values);
  }

  get tensor(): Tensor {
    if (typeof this.#values === "number") return scalar(this.#values);
    if (!(this.#values instanceof Tensor)) return tensor(this.#values);
    checkTensor(this.name, this.#values);
    return this.#values;
  }
}

const shapeOf = (values: number | Float32Array): Shape => (typeof values === "number" ? [] : [values.length]);

const elements = (values: number | Float32Array | Tensor): Float32Array =>
  values instanceof Tensor
    ? values.core.view(values.at, values.size)
    : typeof values === "number"
      ? Float32Array.of(values)
      : values;

/** A tensor of the open step, from whatever a caller may hand in as a value. */
export function asTensor(name: string, values: Values): Tensor {
  return new Given(name, values, undefined).tensor;
}

/** Refuses values outside of a set, naming the first. */
export function checkSupport(name: string, values: Tensor, allowed: Support): void {
  checkWithin(name, elements(values), values.shape, allowed);
}

function checkWithin(name: string, values: Float32Array, shape: Shape, allowed: Support): void {
  const cols = allowed.eventDims === 0 ? 1 : asRows(name, shape).cols;
  const at = allowed.firstOutside(values, cols, shape);
  if (at < 0) return;
  const row = values.subarray(at, at + cols);
  const received = cols === 1 ? String(row[0]) : `[${[...row.subarray(0, 8)].join(", ")}${cols > 8 ? ", ..." : ""}]`;
  const where = values.length === cols ? "" : ` at index ${at} of ${show(shape)}`;
  throw new ArgumentError(name, allowed.description, received + where);
}

/** Of two ways to give the same parameter, the one that was used. */
export function oneOf<Name extends string>(
  options: { readonly [name in Name]?: Values | undefined },
  names: readonly [Name, Name],
): { readonly name: Name; readonly values: Values } {
  const [first, second] = names;
  const given = names.filter((name) => options[name] !== undefined);
  const [name] = given;
  if (name === undefined || given.length > 1)
    throw new ArgumentError(`${first}, ${second}`, "exactly one of them", given.length > 1 ? "both" : "neither");
  const values = options[name] as Values;
  if (values === null) throw new ArgumentError(name, "a number, an array or a tensor", describe(values));
  return { name, values };
}
