import { ArgumentError, describe, ShapeError } from "../core/index.ts";
import { checkTensor, show, sizeOf, Tensor } from "../graph/extend.ts";
import { reshape, type Shape, tensor } from "../graph/index.ts";
import { answersOf } from "./async-step.ts";
import { asGiven, type Factor, type Factors, type SampleOf } from "./factor.ts";

/** A sample as plain numbers, row-major [...batch, ...event]: alone, or by name. */
export type PlainSample<Q> = Q extends {
  /** What a distribution has, and no record of them. */
  readonly batchShape: Shape;
}
  ? Float32Array
  : { readonly [Name in keyof Q]: Float32Array };

/** What a black box answers: the cost of a sample, or one number for each of its rows. */
export type Answer = number | ArrayLike<number>;

/** Any function of a sample. */
export type AnyBox = (sample: never) => Answer | Promise<Answer>;

/** A cost that is a plain function of one sample, of which nothing else is known. */
export class BlackBox<F extends AnyBox = AnyBox> {
  /** The function as it was given. */
  readonly f: F;

  /** @internal Made by `blackBox`. */
  constructor(f: F) {
    this.f = f;
  }
}

/**
 * A cost that is any function of a sample: it gets the numbers of one sample, [...batch, ...event], and gives its cost, or costs
 * of its rows (the first dimensions of the batch, each depending on its own part of the sample). What it does is its own affair:
 * a measurement, a compiler, a service. A function that answers later, with a promise, needs `asyncStep`.
 *
 * Only estimators that need no derivative of the cost take it.
 */
export function blackBox<F extends AnyBox>(f: F): BlackBox<F> {
  if (typeof f !== "function") throw new ArgumentError("f", "a function", describe(f));
  return new BlackBox(f);
}

/** A cost: of points [n, ...batch, ...event] a tensor [n, ...rows], or a black box. */
export type Cost<Q = Factors> =
  | ((sample: SampleOf<Q>) => Tensor)
  | BlackBox<(sample: PlainSample<Q>) => Answer | Promise<Answer>>;

/** Costs of points, each [n, ...shape of its factor]: [n, ...rows]. */
export function costOf(cost: Cost<never>, factors: readonly Factor[], points: readonly Tensor[]): Tensor {
  const n = points[0]?.shape[0] as number;
  const costs =
    cost instanceof BlackBox
      ? answered(cost, factors, points, n)
      : (cost as (z: unknown) => Tensor)(asGiven(factors, points));
  if (!(costs instanceof Tensor))
    throw new ArgumentError(
      "cost",
      "a function that gives a tensor (a plain function of numbers goes through blackBox)",
      `one that gave ${describe(costs)}`,
    );
  checkTensor("cost", costs);
  if (costs.shape[0] !== n)
    throw new ShapeError(
      "cost",
      `[${n}, ...rows], a cost for each point (a sum over the last dimensions, not over all)`,
      show(costs.shape),
    );
  return checkCosts(costs);
}

/** One that is not finite would end in the parameters. */
function checkCosts(costs: Tensor): Tensor {
  const values = costs.toArray();
  const wrong = values.findIndex((each) => !Number.isFinite(each));
  if (wrong < 0) return costs;
  const point = Math.floor((wrong * (costs.shape[0] as number)) / costs.size);
  throw new ArgumentError("cost", "finite numbers", `${values[wrong]} for point ${point}`);
}

function answered(box: BlackBox, factors: readonly Factor[], points: readonly Tensor[], n: number): Tensor {
  const values = points.map((each) => each.toArray());
  const inputs = Array.from({ length: n }, (_, i) =>
    asGiven(
      factors,
      values.map((each) => each.slice((i * each.length) / n, ((i + 1) * each.length) / n)),
    ),
  );
  const answers = answersOf(box.f as (sample: unknown) => Answer | Promise<Answer>, inputs);
  const [first, ...others] = answers.map(lengthOf);
  const other = others.findIndex((each) => each !== first);
  if (other >= 0)
    throw new ShapeError(
      "cost",
      `as many numbers for each point as for the first, ${first || 1}`,
      `${others[other] || 1} for point ${other + 1}`,
    );
  const floats = Float32Array.from(answers.flatMap((each) => (typeof each === "number" ? [each] : Array.from(each))));
  return tensor(floats, [n, ...rowsOf(factors, first as number)]);
}

/** How many numbers an answer has; 0 stands for a number alone. */
function lengthOf(answer: unknown, point: number): number {
  if (typeof answer === "number") return 0;
  const refuse = (what: string): never => {
    throw new ArgumentError("cost", "a number, or an array of one for each row", `${what} for point ${point}`);
  };
  if (!Array.isArray(answer) && !(ArrayBuffer.isView(answer) && "length" in answer)) return refuse(describe(answer));
  const numbers = answer as ArrayLike<unknown>;
  if (numbers.length === 0) return refuse("none");
  for (let i = 0; i < numbers.length; i++) if (typeof numbers[i] !== "number") refuse(`${describe(numbers[i])} in one`);
  return numbers.length;
}

/** The first dimensions of the batch, as many as have so many elements; 0 stands for a cost that has no rows. */
function rowsOf(factors: readonly Factor[], length: number): Shape {
  const batch = factors[0]?.law.batchShape ?? [];
  if (length === 0) return [];
  for (let i = 0; i <= batch.length; i++) {
    const rows = batch.slice(0, i);
    if (sizeOf(rows) === length && (i > 0 || batch.length === 0)) return rows;
  }
  if (length === 1) return [];
  throw new ShapeError("cost", `a number, or one for each row of the batch ${show(batch)}`, `${length} numbers`);
}

/** The same numbers under the shape [n, rows]. */
export const flat = (costs: Tensor): Tensor => reshape(costs, [costs.shape[0] as number, sizeOf(costs.shape.slice(1))]);
