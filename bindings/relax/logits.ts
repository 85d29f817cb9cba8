import { ArgumentError, type Core, checkCols, checkFloats, describe, type Floats, ShapeError } from "../core/index.ts";

/** Numbers seen as rows of `cols`; one row by default. */
export interface Matrix {
  readonly x: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

export function asMatrix(name: string, values: Floats, cols: number | undefined): Matrix {
  const x = checkFloats(name, values);
  const width = checkCols(cols === undefined ? x.length : cols, x.length);
  return { x, rows: x.length / width, cols: width };
}

/** A part of a row, which may be empty. */
export const asChunk = (name: string, values: Floats): Float32Array => checkFloats(name, values, 0);

/** Refuses NaN and +Infinity among `rows` x `cols` logits, and rows with fewer than `k` categories above -Infinity. */
export function checkLogits(core: Core, at: number, rows: number, cols: number, k = 1): void {
  const answer = core.kernels.checkLogits(at, rows * cols);
  if (answer === ALL_FINITE) return;
  if (answer >= 0) {
    const [row, col] = [Math.floor(answer / cols), answer % cols];
    const value = core.view(at, rows * cols)[answer];
    throw new ArgumentError(
      "logits",
      "finite numbers, or -Infinity for an absent category",
      `${value} at index ${answer} (row ${row}, category ${col})`,
    );
  }
  const short = core.kernels.checkPresent(at, rows, cols, k);
  if (short >= 0) refuseAbsent(short, k);
}

/** For a row with fewer than `k` categories above -Infinity. */
export function refuseAbsent(row: number, k = 1): never {
  if (k === 1)
    throw new ArgumentError("logits", "a category above -Infinity in every row", `row ${row}, all -Infinity`);
  throw new ArgumentError(
    "k",
    "at most the number of categories above -Infinity in every row",
    `${k}, of which row ${row} has fewer`,
  );
}

const ALL_FINITE = -1;

/** A number for each row: one for all of them, or as many as there are; each as `isValid` has it. */
export function eachRow(
  name: string,
  value: number | ArrayLike<number>,
  rows: number,
  expected: string,
  isValid: (each: number) => boolean,
): number[] {
  const single = typeof value === "number";
  if (!single && !Array.isArray(value) && !ArrayBuffer.isView(value))
    throw new ArgumentError(name, `${expected}, or an array of one for each row`, describe(value));
  const each = single ? new Array<number>(rows).fill(value) : Array.from(value as ArrayLike<number>);
  if (each.length !== rows)
    throw new ShapeError(name, `one number, or one for each of the ${rows} rows`, `${each.length} numbers`);
  const wrong = each.findIndex((number) => typeof number !== "number" || !isValid(number));
  if (wrong >= 0) throw new ArgumentError(single ? name : `${name}[${wrong}]`, expected, describe(each[wrong]));
  return each;
}

/** For logits of which a kernel said that they have no softmax: the error that says why. */
export function refuseLogits(core: Core, at: number, rows: number, cols: number, k = 1): never {
  checkLogits(core, at, rows, cols, k);
  throw new ArgumentError("logits", "logits whose softmax is a number", "others, at this temperature");
}

/** The smallest normal f64: below it 1 / tau is no number. */
export const LEAST_TAU = 2 ** -1022;

/** Temperatures in wasm memory, as the kernels take them: the address of an f64 and the step to the next row's. */
export function placeTau(core: Core, tau: number | Float64Array): [at: number, step: number] {
  if (typeof tau === "number") return [core.placeDouble(Math.max(tau, LEAST_TAU)), 0];
  return [core.placeDoubles(tau.map((each) => Math.max(each, LEAST_TAU))), 8];
}
