import { ArgumentError, describe, ShapeError } from "./errors.ts";

/** Numbers a caller may hand in: Float32Array is used as it is, the others are copied. */
export type Floats = Float32Array | Float64Array | readonly number[];

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** By tag, not instanceof: an array from another realm (an iframe, node:vm, Jest) is as good as ours. */
const isFloat32Array = (value: unknown): value is Float32Array =>
  value instanceof Float32Array || tagOf(value) === "Float32Array";

export function checkFloats(name: string, value: unknown, least: 0 | 1 = 1): Float32Array {
  const floats = isFloat32Array(value) ? value : convert(name, value);
  if (floats.length < least) throw new ShapeError(name, "at least one element", "an empty array");
  return floats;
}

function convert(name: string, value: unknown): Float32Array {
  if (Array.isArray(value)) {
    const wrong = value.findIndex((element) => typeof element !== "number");
    if (wrong < 0) return Float32Array.from(value);
    throw new ArgumentError(`${name}[${wrong}]`, "a number", describe(value[wrong]));
  }
  if (tagOf(value) === "Float64Array") return Float32Array.from(value as Float64Array);
  throw new ArgumentError(name, "a Float32Array, a Float64Array or an array of numbers", describe(value));
}

/** An options object of known names: a bare tau in its place, or a misspelt name, would be ignored in silence. */
export function checkOptions<T extends object>(options: T, names: readonly (keyof T & string)[]): T {
  if (typeof options !== "object" || options === null)
    throw new ArgumentError("options", "an object of named options", describe(options));
  for (const name in options)
    if (!(names as readonly string[]).includes(name))
      throw new ArgumentError("options", `no options but ${names.join(", ")}`, `one named ${describe(name)}`);
  return options;
}

export function checkInteger(name: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  const upTo = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new ArgumentError(name, `an integer ${upTo}`, describe(value));
}

export function checkFinite(name: string, value: unknown, least = -Infinity): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= least) return value;
  throw new ArgumentError(
    name,
    least > -Infinity ? `a finite number of ${least} or more` : "a finite number",
    describe(value),
  );
}

/** Number of categories of a row; rows have to come out whole. */
export function checkCols(cols: unknown, length: number): number {
  const count = checkInteger("cols", cols, 1);
  if (length % count === 0) return count;
  throw new ShapeError("cols", `a divisor of the length ${length}`, String(count));
}

/** One temperature, or one for each row; each finite and above 0 (for the limit 0 there is `hard: true`). */
export function checkTau(tau: unknown, rows: number): number | Float64Array {
  if (typeof tau === "number") return checkPositive("tau", tau);
  if (!Array.isArray(tau) && !ArrayBuffer.isView(tau))
    throw new ArgumentError("tau", "a number, or an array of one for each row", describe(tau));
  checkFloats("tau", tau);
  const each = Float64Array.from(tau as readonly number[]); // not rounded to f32: a number alone is not either
  if (each.length !== rows)
    throw new ShapeError("tau", `one number, or one for each of the ${rows} rows`, `${each.length} numbers`);
  for (let row = 0; row < rows; row++) checkPositive(`tau[${row}]`, each[row] as number);
  return each;
}

export function checkPositive(name: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  throw new ArgumentError(name, "a finite number above 0", describe(value));
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new ArgumentError(name, "true or false", describe(value));
}

/** A new array whose length is an argument of the caller, or a product of some. */
export function makeArray<T>(Kind: new (length: number) => T, length: number, name: string): T {
  try {
    return new Kind(length);
  } catch {
    throw new ArgumentError(name, "a length that an array can have here", String(length));
  }
}

type Results = Float32Array | Uint32Array;

/** A result array given by the caller: right type, right length, and not lying over an input. */
export function checkOut<T extends Results>(
  out: T,
  type: "Float32Array" | "Uint32Array",
  length: number,
  inputs: readonly Results[] = [],
): T {
  if (!(out instanceof (type === "Float32Array" ? Float32Array : Uint32Array)) && tagOf(out) !== type)
    throw new ArgumentError("out", `a ${type}`, describe(out));
  if (out.length !== length) throw new ShapeError("out", `a ${type} of length ${length}`, `length ${out.length}`);
  if (inputs.some((input) => overlaps(out, input)))
    throw new ArgumentError("out", "an array that shares no memory with an input", "one that overlaps an input");
  return out;
}

function overlaps(a: Results, b: Results): boolean {
  return (
    a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength
  );
}

export function checkLength(name: string, received: number, expected: number, of: string): void {
  if (received !== expected) throw new ShapeError(name, `the ${expected} elements of ${of}`, `${received} elements`);
}

/**
 * Refuses the result of a body that would go on later: a promise or a generator. The memory it works in is gone, or in other
 * hands, by then.
 */
export function checkSynchronous<T>(name: string, result: T): T {
  const promise = result as { then?: unknown; catch?: (ignored: () => void) => unknown } | null | undefined;
  const isPromise = typeof promise?.then === "function";
  if (!isPromise && !tagOf(result).endsWith("Generator")) return result;
  if (isPromise) promise.catch?.(() => {}); // it may well reject, now that its memory is gone; the error below says why
  throw new ArgumentError(
    name,
    "a synchronous function",
    `one that returned a ${isPromise ? "promise" : "generator"}: its memory is gone, or another's, when it goes on`,
  );
}
