import { ArgumentError, checkFloats, describe, type Floats } from "../core/index.ts";
import { asRows, checkTensor, scalar, show, Tensor } from "../graph/extend.ts";
import { type Operand, type Shape, stopGradient, tensor } from "../graph/index.ts";
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
    const given = checkValues(name, values);
    // The caller's own array may change after it was checked.
    this.#values = given instanceof Float32Array && given === values ? given.slice() : given;
    this.shape = shapeOf(given);
    if (allowed) checkWithin(name, given, allowed);
  }

  get elements(): Float32Array {
    return elements(this.#values);
  }

  get tensor(): Tensor {
    const given = lifted(this.name, this.#values);
    return areConstant ? stopGradient(given) : given;
  }
}

let areConstant = false;

/** What a function of distributions gives when their parameters are constants: no gradient reaches them. */
export function withConstantParameters<T>(f: () => T): T {
  const before = areConstant;
  areConstant = true;
  try {
    return f();
  } finally {
    areConstant = before;
  }
}

type Checked = number | Float32Array | Tensor;

function checkValues(name: string, values: Values): Checked {
  if (typeof values === "number") return values;
  if (values instanceof Tensor) {
    values.check(name);
    return values;
  }
  if (!Array.isArray(values) && !ArrayBuffer.isView(values))
    throw new ArgumentError(name, "a number, an array of numbers or a tensor", describe(values));
  return checkFloats(name, values);
}

function lifted(name: string, values: Checked): Tensor {
  if (typeof values === "number") return scalar(values);
  if (!(values instanceof Tensor)) return tensor(values);
  checkTensor(name, values);
  return values;
}

const shapeOf = (values: Checked): Shape =>
  typeof values === "number" ? [] : values instanceof Tensor ? values.shape : [values.length];

const elements = (values: Checked): Float32Array =>
  values instanceof Tensor
    ? values.core.view(values.at, values.size)
    : typeof values === "number"
      ? Float32Array.of(values)
      : values;

/** A tensor of the open step, from whatever a caller may hand in as a value. */
export function asTensor(name: string, values: Values): Tensor {
  return lifted(name, checkValues(name, values));
}

/** Refuses values outside of a set, naming the first. */
export function checkSupport(name: string, values: Tensor, allowed: Support): void {
  checkWithin(name, values, allowed);
}

function checkWithin(name: string, given: Checked, allowed: Support): void {
  const [values, shape] = [elements(given), shapeOf(given)];
  const cols = allowed.eventDims === 0 ? 1 : asRows(name, shape).cols;
  const at = allowed.firstOutside(values, cols, shape);
  if (at < 0) return;
  const row = values.subarray(at, at + cols);
  const received =
    typeof given === "number" && isBeyond(given)
      ? `${given}, which is ${Math.fround(given)} in float32`
      : cols === 1
        ? String(row[0])
        : `[${[...row.subarray(0, 8)].join(", ")}${cols > 8 ? ", ..." : ""}]`;
  const where = values.length === cols ? "" : ` at index ${at} of ${show(shape)}`;
  throw new ArgumentError(name, allowed.description, received + where);
}

/** A number that float32 has only 0 or an infinity for. */
const isBeyond = (x: number): boolean =>
  Math.fround(x) !== x && (Math.fround(x) === 0 || Math.abs(Math.fround(x)) === Infinity);

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
  return { name, values: options[name] as Values };
}
