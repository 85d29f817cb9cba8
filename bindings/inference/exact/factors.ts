import { ArgumentError, checkOptions, describe, ShapeError } from "../../core/index.ts";
import { broadcast, checkTensor, type Shape, show, sizeOf } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkLogValues, startsOf } from "./plates.ts";

/** A part of a log joint density that depends on some of the discrete variables. */
export interface LogFactor {
  /** Names, one for each of the last dimensions of the table; none of a part that depends on no variable. */
  readonly variables: readonly string[];
  /** Log values [...plates, K1, K2, ...]: finite, or -Infinity for what cannot be. */
  readonly table: Tensor;
}

/** Factors with their variables by number, and their values as the step's tensors had them. */
export interface Numbered {
  readonly plates: Shape;
  readonly names: readonly string[];
  /** How many values each variable has. */
  readonly counts: readonly number[];
  /** The variables of each factor. */
  readonly scopes: readonly (readonly number[])[];
  readonly tables: readonly Float32Array[];
  /** Where, in the table of each factor, the part of each plate begins. */
  readonly starts: readonly Float64Array[];
}

export function numbered(factors: readonly LogFactor[]): Numbered {
  const sizes = new Map<string, number>();
  let plates: Shape = [];
  for (const [i, factor] of factors.entries()) {
    const name = `factors[${i}]`;
    plates = broadcast(plates, platesOf(factor, name, sizes), `${name}.table`);
  }
  const names = [...sizes.keys()];
  return {
    plates,
    names,
    counts: [...sizes.values()],
    scopes: factors.map(({ variables }) => variables.map((name) => names.indexOf(name))),
    tables: factors.map(({ table }, i) => checkLogValues(`factors[${i}].table`, table)),
    starts: factors.map(({ variables, table: { shape } }) => {
      const rank = shape.length - variables.length;
      return startsOf(shape.slice(0, rank), plates, sizeOf(shape.slice(rank)));
    }),
  };
}

/** Adds the variables of a factor to those seen so far; the shape of its plates. */
function platesOf(factor: LogFactor, name: string, sizes: Map<string, number>): Shape {
  const { variables, table } = checkOptions((factor ?? {}) as LogFactor, ["variables", "table"]);
  checkTensor(`${name}.table`, table);
  if (!Array.isArray(variables)) throw new ArgumentError(`${name}.variables`, "an array of names", describe(variables));
  const plates = table.shape.length - variables.length;
  if (plates < 0)
    throw new ShapeError(`${name}.table`, `a dimension for each of ${variables.join(", ")}`, show(table.shape));
  for (const [i, variable] of variables.entries()) {
    if (typeof variable !== "string" || variable === "")
      throw new ArgumentError(`${name}.variables[${i}]`, "the name of a variable", describe(variable));
    if (variables.indexOf(variable) < i)
      throw new ArgumentError(`${name}.variables[${i}]`, "each name once", describe(variable));
    const size = table.shape[plates + i] as number;
    const before = sizes.get(variable) ?? size;
    if (before !== size)
      throw new ShapeError(
        `${name}.table`,
        `${before} values of ${variable}, as before`,
        `${size}, ${show(table.shape)}`,
      );
    sizes.set(variable, size);
  }
  return table.shape.slice(0, plates);
}
