import { ArgumentError, describe, type Floats, ReparamError, ShapeError } from "../../core/index.ts";
import { checkShape, show, sizeOf } from "../../graph/extend.ts";
import { type Shape, type Tensor, tensor } from "../../graph/index.ts";

/** One column of data: a number for each row, a row of numbers for each, or values [rows, ...] with their shape. */
export type Column =
  | Floats
  | ArrayLike<number>
  | readonly (readonly number[])[]
  | {
      /** Row-major, finite. */
      readonly values: Floats;
      /** [rows, ...] */
      readonly shape: Shape;
    };

/** Some rows of data by column, as constants of the open step: [rows, ...] each. */
export type Batch = Readonly<Record<string, Tensor>>;

/** The same for any object type of tensors, an `interface` too, which has no index signature. */
export type BatchOf<B> = { readonly [Name in keyof B]: Tensor };

/** What a model is fitted to: the columns that its density takes, by name, all with the same number of rows. */
export type Data<B = Batch> = { readonly [Name in keyof B]: Column };

/** Columns as float32, row-major, checked once. */
export class Table {
  /** How many rows; 0 of a model without data. */
  readonly rows: number;
  readonly #columns: readonly { readonly name: string; readonly values: Float32Array; readonly shape: Shape }[];

  /** @throws ArgumentError (no column, values that are no finite numbers), ShapeError (columns of unequal length) */
  constructor(data: Data | undefined) {
    if (data === undefined) {
      this.rows = 0;
      this.#columns = [];
      return;
    }
    if (typeof data !== "object" || data === null || Array.isArray(data) || ArrayBuffer.isView(data))
      throw new ArgumentError("data", "an object of columns by name, or undefined for none", describe(data));
    const columns = Object.entries(data).map(([name, column]) => columnOf(`data.${name}`, name, column));
    const [first, ...others] = columns;
    if (!first) throw new ArgumentError("data", "at least one column, or undefined for no data", "an empty object");
    const rows = first.shape[0] as number;
    for (const { name, shape } of others)
      if (shape[0] !== rows)
        throw new ShapeError(`data.${name}`, `${rows} rows, as data.${first.name} has`, String(shape[0]));
    this.rows = rows;
    this.#columns = columns;
  }

  /** Rows by number, all if undefined. */
  batch(indices: Uint32Array | undefined): Batch {
    return Object.fromEntries(
      this.#columns.map(({ name, values, shape }) => {
        if (!indices) return [name, tensor(values, shape)];
        const rest = shape.slice(1);
        const width = sizeOf(rest);
        const taken = new Float32Array(indices.length * width);
        for (let i = 0; i < indices.length; i++) {
          const from = (indices[i] as number) * width;
          taken.set(values.subarray(from, from + width), i * width);
        }
        return [name, tensor(taken, [indices.length, ...rest])];
      }),
    );
  }
}

/**
 * Runs what reads columns. One that the data do not have may be meant to be absent, so that it is refused only where reading it led to
 * an error, which then says so.
 */
export function withColumns<T>(reader: string, batch: Batch, f: (batch: Batch) => T): T {
  const missing = new Set<string>();
  const watched = new Proxy(batch, {
    get(columns, name) {
      if (typeof name === "string" && !(name in columns)) missing.add(name);
      return columns[name as string];
    },
  });
  try {
    return f(watched);
  } catch (error) {
    const [name] = missing;
    const isOfType = error instanceof TypeError || (error instanceof ReparamError && error.received === "undefined");
    if (name === undefined || !isOfType) throw error;
    const expected = `a column ${name}, which the ${reader} reads`;
    const columns = Object.keys(batch).join(", ") || "no columns";
    throw Object.assign(new ArgumentError("data", expected, columns), { cause: error });
  }
}

function columnOf(title: string, name: string, column: Column): { name: string; values: Float32Array; shape: Shape } {
  const { values, shape } = shaped(title, column);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return { name, values, shape };
  const width = values.length / (shape[0] as number);
  const element = width > 1 ? `, element ${wrong % width}` : "";
  throw new ArgumentError(
    title,
    "finite numbers (rows in which some are missing have to be left out, or a column has to say so)",
    `${values[wrong]} in row ${Math.floor(wrong / width)}${element}`,
  );
}

function shaped(title: string, column: Column): { values: Float32Array; shape: Shape } {
  const expected = "an array of numbers, an array of rows, or { values, shape }";
  if (typeof column !== "object" || column === null) throw new ArgumentError(title, expected, describe(column));
  // An array has a function of this name.
  if ("values" in column && typeof column.values === "object") {
    const { values, shape } = column as Extract<Column, { readonly shape: Shape }>;
    const dimensions = checkShape(`${title}.shape`, shape);
    const floats = floatsOf(`${title}.values`, values as ArrayLike<number>);
    if (dimensions.length === 0 || sizeOf(dimensions) !== floats.length)
      throw new ShapeError(title, `[rows, ...], a shape of ${floats.length} elements`, show(dimensions));
    return { values: floats, shape: dimensions };
  }
  const list = column as ArrayLike<unknown>;
  if (typeof list.length !== "number") throw new ArgumentError(title, expected, describe(column));
  if (list.length === 0) throw new ShapeError(title, "at least one row", "none");
  const first = list[0];
  if (typeof first === "number") return { values: floatsOf(title, list as ArrayLike<number>), shape: [list.length] };
  const width = (first as ArrayLike<number> | undefined)?.length;
  if (typeof width !== "number" || typeof first !== "object" || width === 0)
    throw new ArgumentError(`${title}[0]`, "a number, or a row of numbers", describe(first));
  const values = new Float32Array(list.length * width);
  for (let i = 0; i < list.length; i++) {
    const row = list[i] as ArrayLike<number>;
    if (row?.length !== width) throw new ShapeError(`${title}[${i}]`, `${width} numbers, as in row 0`, describe(row));
    values.set(floatsOf(`${title}[${i}]`, row), i * width);
  }
  return { values, shape: [list.length, width] };
}

function floatsOf(title: string, values: ArrayLike<unknown>): Float32Array {
  const floats = new Float32Array(values.length);
  for (let i = 0; i < floats.length; i++) {
    if (typeof values[i] !== "number") throw new ArgumentError(`${title}[${i}]`, "a number", describe(values[i]));
    floats[i] = values[i] as number;
  }
  return floats;
}
