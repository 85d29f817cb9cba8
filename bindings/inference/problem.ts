import { ShapeError } from "../core/index.ts";
import { sameShape, show, sizeOf, within } from "../graph/extend.ts";
import type { Shape, Tensor } from "../graph/index.ts";
import { type Cost, costOf, flat } from "./cost.ts";
import type { Credit } from "./credit.ts";
import { checkRows, type Factor } from "./factor.ts";
import type { Source } from "./source.ts";

/** What a watcher of the graph learns of a call of the cost. */
export interface CostScope {
  readonly factors: readonly Factor[];
  readonly points: readonly Tensor[];
}

/** What an estimator works on: independent factors, their noise, and a cost that it may ask for at any points. */
export class Problem {
  readonly factors: readonly Factor[];
  /** Draws of each factor whose mean is the estimate's value. */
  readonly samples: number;
  readonly source: Source;
  readonly #cost: Cost<never>;
  #draws: readonly Tensor[] | undefined;
  #shape: Shape | undefined;
  /** Points at which the cost has been asked for. */
  evaluations = 0;

  constructor(factors: readonly Factor[], cost: Cost<never>, samples: number, source: Source) {
    this.factors = factors;
    this.samples = samples;
    this.source = source;
    this.#cost = cost;
  }

  /** The sample of each factor, a constant: [samples, ...shape]. The same for every estimator. */
  get draws(): readonly Tensor[] {
    this.#draws ??= this.factors.map((factor) => this.source.sample(factor, this.samples));
    return this.#draws;
  }

  /** Costs of points, [n, ...shape] of each factor: [n, rows]. */
  evaluate(points: readonly Tensor[]): Tensor {
    const { factors } = this;
    const scope: CostScope = { factors, points };
    const costs = within(scope, "cost", () => costOf(this.#cost, factors, points));
    this.evaluations += costs.shape[0] as number;
    const shape = costs.shape.slice(1);
    if (!this.#shape) {
      checkRows(this.factors, shape);
      this.#shape = shape;
    } else if (!sameShape(shape, this.#shape))
      throw new ShapeError("cost", `rows of ${show(this.#shape)}, as at other points`, `rows of ${show(shape)}`);
    return flat(costs);
  }

  /** Of the cost of one point, known once it was evaluated. Rows do not depend on each other. */
  get shape(): Shape {
    return this.#shape as Shape;
  }

  get rows(): number {
    return sizeOf(this.shape);
  }

  /** Elements of a factor's sample in a row. */
  width(factor: Factor): number {
    return factor.size / this.rows;
  }
}

/** Means over the first dimension of [n, rows], in f64, in order. */
export function meanOf(costs: Tensor): Float64Array {
  const [n, rows] = costs.shape as readonly [number, number];
  const values = costs.toArray();
  const means = new Float64Array(rows);
  for (let i = 0; i < values.length; i++) (means[i % rows] as number) += values[i] as number;
  return means.map((sum) => sum / n);
}

/** Costs at points [n, rows] that together count as one, or as a share: the gradient of their mean. */
export function evenly(costs: Tensor, share = 1): Credit {
  const n = costs.shape[0] as number;
  return { of: costs, n, weights: new Float64Array(costs.size).fill(share / n) };
}
