import { ArgumentError, checkFloats, describe, type Floats, ShapeError } from "../../core/index.ts";
import { checkShape, checkTensor, gradientsOf, show, sizeOf, Tensor, useOnly, variable } from "../../graph/extend.ts";
import { type Parameter, type Shape, step } from "../../graph/index.ts";
import { foldIn, type Key } from "../../random/index.ts";
import { asyncStep, type Signal } from "../async-step.ts";
import type { EstimateOptions } from "../estimate.ts";
import type { Estimator } from "../estimator.ts";
import { Keyed } from "../source.ts";

/** Numbers of a parameter, one-dimensional unless a shape is given. */
export type Plain =
  | Floats
  | {
      /** Of one repetition. */
      readonly shape: Shape;
      /** Row-major, finite. */
      readonly values: Floats;
    };

/** All plain, or all parameters of a model. */
export type DiagnoseParameters = Readonly<Record<string, Plain>> | Readonly<Record<string, Parameter>>;

/** The same for any object type with such names. */
export type DiagnoseParametersOf<P> = { readonly [Name in keyof P]: Plain } | { readonly [Name in keyof P]: Parameter };

/** Where a gradient is taken, and of which loss. */
export interface DiagnoseProblem<P = DiagnoseParameters> {
  /**
   * Where the gradient is taken. Plain numbers are repeated side by side, as tensors [m, ...shape], and the loss is [m]: repetitions
   * that do not touch each other. Parameters of a model are used as they are, one step for each repetition; the loss is one number.
   */
  readonly parameters: P;
  /**
   * Made of one or several calls of `estimate(distribution, cost, run)`; `run` has the key, the estimator, its samples and the number
   * of the first repetition, without which steps would repeat each other: it is handed on as a whole. Several estimates are independent
   * if each has a key of its own, as `{ ...run, key: named(run.key, "second") }`; with one key they share their noise.
   */
  readonly loss: (
    parameters: { readonly [Name in keyof P]: P[Name] extends Parameter ? P[Name] : Tensor },
    run: EstimateOptions,
  ) => Tensor;
}

/** Gradients of some repetitions. */
export interface Chunk {
  /** [repetitions, size] of each parameter */
  readonly gradients: readonly Float32Array[];
  /** Costs of single rows that were asked for, in all of them. */
  readonly evaluations: number;
}

interface Named {
  readonly name: string;
  readonly shape: Shape;
  readonly size: number;
  /** Undefined of a parameter that is used as it is. */
  readonly values: Float32Array | undefined;
}

/** A problem whose repetitions can be asked for, by number. */
export class Repeatable {
  readonly parameters: readonly Named[];
  /** Of all parameters together. */
  readonly size: number;
  /** Whether repetitions are rows of one step. */
  readonly sideBySide: boolean;
  readonly #given: DiagnoseProblem<never>;
  readonly #known: ReadonlySet<Parameter> | undefined;
  readonly #vector: Float32Array;

  /** @param known in a worker: all parameters that the loss may be made of */
  constructor(problem: DiagnoseProblem<never>, known?: ReadonlySet<Parameter>) {
    this.#known = known;
    if (typeof problem?.loss !== "function")
      throw new ArgumentError("problem", "an object { parameters, loss }, the loss a function", describe(problem));
    const entries = Object.entries((problem.parameters ?? {}) as Record<string, Plain | Parameter>);
    if (entries.length === 0)
      throw new ArgumentError("problem.parameters", "an object of arrays or parameters, by name", "none");
    this.#given = problem;
    this.parameters = entries.map(([name, given]) => checkGiven(`problem.parameters.${name}`, name, given));
    this.size = this.parameters.reduce((sum, { size }) => sum + size, 0);
    const plain = this.parameters.filter(({ values }) => values).length;
    if (plain > 0 && plain < entries.length)
      throw new ArgumentError("problem.parameters", "plain numbers only, or parameters only", "some of each");
    this.sideBySide = plain > 0;
    this.#vector = new Float32Array(this.size);
  }

  /**
   * Gradients of repetitions `first` on. A repetition is the same to the bit whatever stands beside it: it has a row of its own, or
   * else a key of its own.
   */
  async run(
    { estimator, samples }: { readonly estimator: Estimator; readonly samples: number },
    { key, first, count, signal }: { key: Key; first: number; count: number; signal?: Signal | undefined },
    asynchronous: boolean,
  ): Promise<Chunk> {
    const counter = new Counter(estimator, this.sideBySide ? first : undefined);
    const common = { estimator: counter.estimator, samples };
    const options = this.sideBySide
      ? { ...common, key, firstRow: first }
      : { ...common, key: foldIn(key, first), firstRow: 0 };
    const body = (): Chunk => {
      useOnly(this.#known);
      counter.evaluations = 0;
      const inputs = this.parameters.map(({ name, shape, values }) =>
        values
          ? variable(repeated(values, count), [count, ...shape])
          : // Those without values were found to be parameters when they came.
            (this.#given.parameters as unknown as Record<string, Parameter>)[name],
      ) as Tensor[];
      const named = Object.fromEntries(this.parameters.map(({ name }, i) => [name, inputs[i]]));
      const loss = this.#given.loss(named as never, options);
      this.#checkLoss(loss, count);
      const gradients = gradientsOf(loss, new Float32Array(count).fill(1), inputs);
      return { gradients, evaluations: counter.evaluations };
    };
    return asynchronous ? asyncStep(body, signal ? { signal } : {}) : step(body);
  }

  /** Plain numbers of all parameters, as a message has them; undefined of parameters of a model. */
  get numbers(): Float32Array | undefined {
    if (!this.sideBySide) return undefined;
    const all = new Float32Array(this.size);
    let at = 0;
    for (const { values, size } of this.parameters) {
      // Side by side all have some.
      all.set(values as Float32Array, at);
      at += size;
    }
    return all;
  }

  /** @throws ArgumentError for other numbers than such a problem has */
  setNumbers(all: unknown): void {
    if (this.sideBySide ? !(all instanceof Float32Array) || all.length !== this.size : all !== undefined)
      throw new ArgumentError(
        "problem.parameters",
        this.sideBySide ? `${this.size} numbers, as this worker's problem has` : "parameters, as this worker's problem",
        describe(all),
      );
    let at = 0;
    for (const { values, size } of this.parameters) {
      // An array, as was found above, where there are values.
      values?.set((all as Float32Array).subarray(at, at + size));
      at += size;
    }
  }

  /** All parameters' parts of one of them: the same array each time. */
  gradientOf({ gradients }: Chunk, i: number): Float32Array {
    let at = 0;
    for (const [p, { size }] of this.parameters.entries()) {
      this.#vector.set((gradients[p] as Float32Array).subarray(i * size, (i + 1) * size), at);
      at += size;
    }
    return this.#vector;
  }

  /** A vector's parts by name. */
  byParameter(vector: Float64Array): Record<string, Float64Array> {
    let at = 0;
    const parts: Record<string, Float64Array> = {};
    for (const { name, size } of this.parameters) {
      parts[name] = vector.slice(at, at + size);
      at += size;
    }
    return parts;
  }

  #checkLoss(loss: unknown, count: number): asserts loss is Tensor {
    checkTensor("loss", loss);
    if (this.sideBySide ? loss.shape.length !== 1 || loss.size !== count : loss.size !== 1)
      throw new ShapeError(
        "loss",
        this.sideBySide
          ? `[${count}], one number for each repetition side by side (parameters are [${count}, ...shape])`
          : "one element",
        show(loss.shape),
      );
  }
}

function checkGiven(title: string, name: string, given: Plain | Parameter): Named {
  if (given instanceof Tensor) {
    given.check(title);
    return { name, shape: given.shape, size: given.size, values: undefined };
  }
  const { shape, values } = isShaped(given) ? given : { shape: undefined, values: given };
  const floats = checkFloats(title, values);
  const wrong = floats.findIndex((each) => !Number.isFinite(each));
  if (wrong >= 0) throw new ArgumentError(`${title}[${wrong}]`, "a finite number", String(floats[wrong]));
  const dimensions = shape === undefined ? [floats.length] : checkShape(`${title}.shape`, shape);
  if (sizeOf(dimensions) !== floats.length)
    throw new ShapeError(title, `the ${sizeOf(dimensions)} elements of ${show(dimensions)}`, String(floats.length));
  return { name, shape: dimensions, size: floats.length, values: floats.slice() };
}

const isShaped = (given: Plain): given is Exclude<Plain, Floats> =>
  typeof given === "object" &&
  given !== null &&
  "values" in given &&
  !Array.isArray(given) &&
  !ArrayBuffer.isView(given);

function repeated(values: Float32Array, count: number): Float32Array {
  const all = new Float32Array(count * values.length);
  for (let i = 0; i < count; i++) all.set(values, i * values.length);
  return all;
}

/** An estimator that is looked at while it works. */
class Counter {
  evaluations = 0;
  readonly estimator: Estimator;
  #open = 0;

  /** @param first number of the first repetition of those side by side; undefined where each has a step of its own */
  constructor(estimator: Estimator, first: number | undefined) {
    this.estimator = {
      ...estimator,
      refuses: (factor) => estimator.refuses(factor),
      estimate: (problem) => {
        // Within a cost the first dimension of a batch is points, not rows: rows of other chunks would meet the same noise.
        if (first !== undefined && this.#open > 0)
          throw new ArgumentError(
            "problem.parameters",
            "parameters of a model where a cost has estimates within",
            "plain numbers, repeated side by side",
          );
        // Repetitions that are copies of earlier ones would make intervals far too narrow.
        if (first !== undefined && problem.source instanceof Keyed && problem.source.first !== first)
          throw new ArgumentError(
            "problem.loss",
            `estimates with all of run, { ...run }: its firstRow is ${first}`,
            `one with firstRow ${problem.source.first}`,
          );
        this.#open++;
        try {
          const estimated = estimator.estimate(problem);
          this.evaluations += problem.evaluations * problem.rows;
          return estimated;
        } finally {
          this.#open--;
        }
      },
    };
  }
}
