import { ArgumentError, checkInteger, checkOptions, describe } from "../../core/index.ts";
import { apply, type Shape, sizeOf } from "../../graph/extend.ts";
import { type Tensor, tensor } from "../../graph/index.ts";
import { type Key, named } from "../../random/index.ts";
import { Elimination } from "./elimination.ts";
import { type LogFactor, type Numbered, numbered } from "./factors.ts";
import { addInto, type ExactSampleOptions, impossible, noiseOfPlates } from "./plates.ts";

/** How much work a sum may be. */
export interface SumOutOptions {
  /** The most joint values of variables that have to be taken together: 65 536 by default. */
  readonly limit?: number;
}

/** The exact sum over all joint values of discrete variables, and their posterior. */
export class ExactSum {
  /** The log of the sum, [...plates]: a node of the graph. Its gradient with respect to a table is the posterior of its variables. */
  readonly logEvidence: Tensor;
  readonly #given: Numbered;
  readonly #plan: Elimination;

  /** @internal */
  constructor(factors: readonly LogFactor[], limit: number) {
    const given = numbered(factors);
    this.#given = given;
    this.#plan = new Elimination(given.scopes, given.counts, given.names, limit);
    const sums = this.#each((plate) => this.#run(plate, "sum"));
    this.logEvidence = apply({
      name: "sumOut",
      inputs: Object.fromEntries(factors.map(({ table }, i) => [`factors[${i}].table`, table])),
      shape: given.plates,
      forward: (core, out) => core.write(sums, out),
      backward: (core, dy) => {
        const totals = given.tables.map((table) => new Float64Array(table.length));
        const above = core.copy(dy, sums.length);
        for (let plate = 0; plate < sums.length; plate++)
          if (above[plate] !== 0) this.#posterior(plate, above[plate] as number, totals, undefined);
        for (const [f, { table }] of factors.entries()) addInto(core, table, totals[f] as Float64Array);
      },
    });
  }

  /**
   * Posterior probabilities of the values of a variable, [...plates, K], as constants; NaN in a plate where nothing is possible.
   *
   * @throws ArgumentError for a variable that no factor has
   */
  marginal(variable: string): Tensor {
    const wanted = this.#given.names.indexOf(variable);
    if (wanted < 0) throw new ArgumentError("variable", `one of ${this.#given.names.join(", ")}`, describe(variable));
    const count = this.#given.counts[wanted] as number;
    const totals = new Float64Array(sizeOf(this.#given.plates) * count);
    this.#each((plate) =>
      this.#posterior(plate, 1, undefined, (v, value, probability) => {
        if (v === wanted) (totals[plate * count + value] as number) += probability;
      }),
    );
    return tensor(totals, [...this.#given.plates, count]);
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
    const found = this.#given.names.map(() => new Float32Array(sizeOf(this.#given.plates)));
    const most = this.#each((plate) => {
      const largest = this.#run(plate, "max");
      this.#trace(plate, largest, (v, value) => {
        (found[v] as Float32Array)[plate] = value;
      });
      return largest;
    });
    return { values: this.#byName(found, this.#given.plates), logDensity: tensor(most, this.#given.plates) };
  }

  /**
   * Exact samples of the posterior of all variables, each [samples, ...plates], as constants: the variable eliminated last from its
   * marginal, the others backwards given those before, by argmax(logits + gumbel). Sample s of a variable takes its noise from
   * foldIn(named(key, its name), s).
   *
   * @throws KeyError; ArgumentError where nothing is possible
   */
  sample(key: Key, options: ExactSampleOptions = {}): Readonly<Record<string, Tensor>> {
    const { samples, noise } = noiseOfPlates(key, this.#given.plates, options);
    const size = sizeOf(this.#given.plates);
    const keys = this.#given.names.map((name) => named(key, name));
    const found = this.#given.names.map(() => new Float32Array(samples * size));
    const added = Array.from({ length: samples }, (_, s) =>
      keys.map((own, v) => noise(s, this.#given.counts[v] as number, own)),
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
          (v) => [own[v] as Float32Array, plate * (this.#given.counts[v] as number)],
        );
    });
    return this.#byName(found, [samples, ...this.#given.plates]);
  }

  #run(plate: number, kind: "sum" | "max"): number {
    return this.#plan.run(this.#given.tables, this.#startsIn(plate), kind);
  }

  #trace(
    plate: number,
    total: number,
    set: (variable: number, value: number) => void,
    noise?: (variable: number) => readonly [Float32Array, number],
  ): void {
    if (total === -Infinity) throw impossible(plate);
    const values = new Uint32Array(this.#given.names.length);
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
    return this.#given.starts.map((starts) => starts[plate] as number);
  }

  #each<T>(of: (plate: number) => T): T[] {
    return Array.from({ length: sizeOf(this.#given.plates) }, (_, plate) => of(plate));
  }

  #byName(values: readonly Float32Array[], shape: Shape): Record<string, Tensor> {
    return Object.fromEntries(this.#given.names.map((name, v) => [name, tensor(values[v] as Float32Array, shape)]));
  }
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
