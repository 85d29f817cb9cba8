import { ArgumentError, checkInteger, checkOptions, describe, ShapeError } from "../../core/index.ts";
import { apply, broadcast, checkTensor, into, type Shape, show, sizeOf } from "../../graph/extend.ts";
import { type Tensor, tensor } from "../../graph/index.ts";
import { type Key, named } from "../../random/index.ts";
import { Elimination } from "./elimination.ts";
import { checkLogValues, type ExactSampleOptions, impossible, noiseOfPlates, startsOf } from "./plates.ts";

/** A part of a log joint density that depends on some of the discrete variables. */
export interface LogFactor {
  /** Names, one for each of the last dimensions of the table; none of a part that depends on no variable. */
  readonly variables: readonly string[];
  /** Log values [...plates, K1, K2, ...]: finite, or -Infinity for what cannot be. */
  readonly table: Tensor;
}

/** How much work a sum may be. */
export interface SumOutOptions {
  /** The most joint values of variables that have to be taken together: 65 536 by default. */
  readonly limit?: number;
}

/** The exact sum over all joint values of discrete variables, and their posterior. */
export class ExactSum {
  /** The log of the sum, [...plates]: a node of the graph. Its gradient with respect to a table is the posterior of its variables. */
  readonly logEvidence: Tensor;
  readonly #names: readonly string[];
  readonly #counts: readonly number[];
  readonly #plates: Shape;
  readonly #tables: readonly Float32Array[];
  readonly #starts: readonly Float64Array[];
  readonly #plan: Elimination;

  /** @internal */
  constructor(factors: readonly LogFactor[], limit: number) {
    const counts = new Map<string, number>();
    this.#plates = factors.map((factor, i) => scopeOf(factor, `factors[${i}]`, counts)).reduce(joined, []);
    this.#names = [...counts.keys()];
    this.#counts = [...counts.values()];
    this.#tables = factors.map(({ table }, i) => checkLogValues(`factors[${i}].table`, table));
    this.#starts = factors.map(({ variables, table: { shape } }) => {
      const rank = shape.length - variables.length;
      return startsOf(shape.slice(0, rank), this.#plates, sizeOf(shape.slice(rank)));
    });
    const scopes = factors.map(({ variables }) => variables.map((name) => this.#names.indexOf(name)));
    this.#plan = new Elimination(scopes, this.#counts, this.#names, limit);
    const sums = this.#each((plate) => this.#run(plate, "sum"));
    this.logEvidence = apply({
      name: "sumOut",
      inputs: Object.fromEntries(factors.map(({ table }, i) => [`factors[${i}].table`, table])),
      shape: this.#plates,
      forward: (core, out) => core.write(sums, out),
      backward: (core, dy) => {
        const totals = this.#tables.map((table) => new Float64Array(table.length));
        const above = core.copy(dy, sums.length);
        for (let plate = 0; plate < sums.length; plate++)
          if (above[plate] !== 0) this.#posterior(plate, above[plate] as number, totals, undefined);
        for (const [f, { table }] of factors.entries())
          into(table, (dx) => {
            const own = totals[f] as Float64Array;
            for (let i = 0; i < own.length; i++) (core.floats[(dx >>> 2) + i] as number) += own[i] as number;
          });
      },
    });
  }

  /**
   * Posterior probabilities of the values of a variable, [...plates, K], as constants; NaN in a plate where nothing is possible.
   *
   * @throws ArgumentError for a variable that no factor has
   */
  marginal(variable: string): Tensor {
    const wanted = this.#names.indexOf(variable);
    if (wanted < 0) throw new ArgumentError("variable", `one of ${this.#names.join(", ")}`, describe(variable));
    const count = this.#counts[wanted] as number;
    const totals = new Float64Array(sizeOf(this.#plates) * count);
    this.#each((plate) =>
      this.#posterior(plate, 1, undefined, (v, value, probability) => {
        if (v === wanted) (totals[plate * count + value] as number) += probability;
      }),
    );
    return tensor(totals, [...this.#plates, count]);
  }

  /**
   * The most probable joint value, each variable [...plates], and the log of its density (max-product, traced back). Of equals the
   * one in which the variable eliminated last has its lowest value, then the one before, and so on.
   *
   * @throws ArgumentError where nothing is possible
   */
  mostLikely(): {
    /** Of each variable its value, [...plates]; constants. */
    readonly values: Readonly<Record<string, Tensor>>;
    /** Of these values together, [...plates]; a constant. */
    readonly logDensity: Tensor;
  } {
    const found = this.#names.map(() => new Float32Array(sizeOf(this.#plates)));
    const most = this.#each((plate) => {
      const largest = this.#run(plate, "max");
      this.#trace(plate, largest, (v, value) => {
        (found[v] as Float32Array)[plate] = value;
      });
      return largest;
    });
    return { values: this.#byName(found, this.#plates), logDensity: tensor(most, this.#plates) };
  }

  /**
   * Exact samples of the posterior of all variables, each [samples, ...plates], as constants: the variable eliminated last from its
   * marginal, the others backwards given those before, by argmax(logits + gumbel). Sample s of a variable takes its noise from
   * foldIn(named(key, its name), s).
   *
   * @throws KeyError; ArgumentError where nothing is possible
   */
  sample(key: Key, options: ExactSampleOptions = {}): Readonly<Record<string, Tensor>> {
    const { samples, noise } = noiseOfPlates(key, this.#plates, options);
    const size = sizeOf(this.#plates);
    const keys = this.#names.map((name) => named(key, name));
    const found = this.#names.map(() => new Float32Array(samples * size));
    const added = Array.from({ length: samples }, (_, s) =>
      keys.map((own, v) => noise(s, this.#counts[v] as number, own)),
    );
    this.#each((plate) => {
      const sum = this.#run(plate, "sum");
      for (const [s, own] of added.entries())
        this.#trace(
          plate,
          sum,
          (v, value) => {
            (found[v] as Float32Array)[s * size + plate] = value;
          },
          (v) => [own[v] as Float32Array, plate * (this.#counts[v] as number)],
        );
    });
    return this.#byName(found, [samples, ...this.#plates]);
  }

  #run(plate: number, kind: "sum" | "max"): number {
    return this.#plan.run(this.#tables, this.#startsIn(plate), kind);
  }

  #trace(
    plate: number,
    total: number,
    set: (variable: number, value: number) => void,
    noise?: (variable: number) => readonly [Float32Array, number],
  ): void {
    if (total === -Infinity) throw impossible(plate);
    const values = new Uint32Array(this.#names.length);
    this.#plan.trace(values, noise);
    values.forEach((value, v) => void set(v, value));
  }

  #posterior(
    plate: number,
    above: number,
    totals: readonly Float64Array[] | undefined,
    ofVariable: ((variable: number, value: number, probability: number) => void) | undefined,
  ): void {
    const starts = this.#startsIn(plate);
    // What is possible of nothing has no answer.
    const weight = this.#run(plate, "sum") === -Infinity ? Number.NaN : above;
    this.#plan.posterior(weight, ofVariable ?? (() => {}), (f, element, probability) => {
      if (totals) ((totals[f] as Float64Array)[(starts[f] as number) + element] as number) += probability;
    });
  }

  #startsIn(plate: number): number[] {
    return this.#starts.map((starts) => starts[plate] as number);
  }

  #each<T>(of: (plate: number) => T): T[] {
    return Array.from({ length: sizeOf(this.#plates) }, (_, plate) => of(plate));
  }

  #byName(values: readonly Float32Array[], shape: Shape): Record<string, Tensor> {
    return Object.fromEntries(this.#names.map((name, v) => [name, tensor(values[v] as Float32Array, shape)]));
  }
}

const joined = (plates: Shape, { shape, name }: { shape: Shape; name: string }): Shape =>
  broadcast(plates, shape, name);

/** Adds the variables of a factor to those seen so far; the shape of its plates. */
function scopeOf(factor: LogFactor, name: string, counts: Map<string, number>): { shape: Shape; name: string } {
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
    const count = table.shape[plates + i] as number;
    const before = counts.get(variable) ?? count;
    if (before !== count)
      throw new ShapeError(
        `${name}.table`,
        `${before} values of ${variable}, as before`,
        `${count}, ${show(table.shape)}`,
      );
    counts.set(variable, count);
  }
  return { shape: table.shape.slice(0, plates), name: `${name}.table` };
}

/**
 * log sum_z exp(sum_f table_f(z)) over all joint values z of discrete variables, for each plate: by eliminating one variable after
 * another (greedy min-fill order), so that on a tree the work is the sum of the sizes of the tables, not of the joint values. Loops are
 * allowed as far as `limit` goes. In double precision, in log space; the result is rounded once.
 *
 * The gradient with respect to a table is the posterior probability of each value of its variables together. Where nothing is possible
 * the sum is -Infinity and the gradient NaN.
 *
 * @param factors tables whose plates broadcast with each other; a variable is what has one name
 * @throws ShapeError (a variable of two sizes, a table with too few dimensions, plates that do not broadcast);
 *   ArgumentError (NaN or +Infinity in a table, a clique over the limit); DisposedError (outside of a step)
 */
export function sumOut(factors: readonly LogFactor[], options: SumOutOptions = {}): ExactSum {
  const { limit = 65_536 } = checkOptions(options, ["limit"]);
  checkInteger("limit", limit, 1);
  if (!Array.isArray(factors) || factors.length === 0)
    throw new ArgumentError("factors", "an array of at least one { variables, table }", describe(factors));
  return new ExactSum(factors, limit);
}
