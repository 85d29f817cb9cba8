import { ArgumentError } from "../core/index.ts";
import { type Bernoulli, Binomial } from "../distributions/index.ts";
import { expand } from "../graph/extend.ts";
import { exp, type Tensor, tensor } from "../graph/index.ts";
import type { Credit } from "./credit.ts";
import type { Factor } from "./factor.ts";
import type { Problem } from "./problem.ts";

/** What a variable of a factor may be, and with what probability: the same values for all of its batch. */
export interface Marginal {
  readonly factor: Factor;
  /** K values of `eventSize` numbers each. */
  readonly values: Float32Array;
  readonly count: number;
  /** [K, ...batch] */
  readonly logProb: Tensor;
  readonly probs: Float32Array;
}

const supportOf = (factor: Factor): Tensor => (factor.distribution as Bernoulli).enumerateSupport();

/** How many values a variable may have, of most laws without a list of them: that of one-hot rows has as many numbers squared. */
export function supportSize(factor: Factor): number {
  const { kind, law } = factor;
  if (kind === "one-hot" || kind === "index") return factor.logits.shape.at(-1) as number;
  if (law instanceof Binomial) return law.totalCount.item() + 1;
  return supportOf(factor).shape[0] as number;
}

export function marginalOf(factor: Factor): Marginal {
  const support = supportOf(factor);
  const count = support.shape[0] as number;
  const logProb = factor.logProb(expand(support, [count, ...factor.shape]));
  return { factor, values: support.toArray(), count, logProb, probs: exp(logProb).toArray() };
}

/** Which of its values each variable of a sample has. */
export function indicesOf({ factor, values, count }: Marginal, sample: Float32Array): Uint32Array {
  const { eventSize } = factor;
  return Uint32Array.from({ length: sample.length / eventSize }, (_, variable) => {
    const from = variable * eventSize;
    for (let k = 0; k < count; k++) {
      let j = 0;
      while (j < eventSize && sample[from + j] === values[k * eventSize + j]) j++;
      if (j === eventSize) return k;
    }
    throw new ArgumentError(factor.title, "draws from its support", `${sample.subarray(from, from + eventSize)}`);
  });
}

/** A variable of a row: which factor's, and which of its variables. */
interface Variable {
  readonly marginal: Marginal;
  /** Place among the variables of this factor in a row, and how many there are. */
  readonly at: number;
  readonly width: number;
  /** What the number of a state counts this variable in. */
  readonly stride: number;
}

/**
 * All values that the variables of a row can have together, numbered 0 to `states` - 1: the last variable of the last factor
 * counts in ones.
 */
export class Joint {
  readonly states: number;
  readonly #problem: Problem;
  readonly #marginals: readonly Marginal[];
  readonly #variables: readonly Variable[];

  /** @throws ArgumentError for more states than `limit` */
  constructor(problem: Problem, limit: number) {
    this.#problem = problem;
    const widths = problem.factors.map((factor) => problem.width(factor) / factor.eventSize);
    const counts = problem.factors.map(supportSize);
    let states = 1;
    for (const [i, count] of counts.entries())
      for (let v = 0; v < (widths[i] as number) && states <= limit; v++) states *= count;
    if (!(states <= limit))
      throw new ArgumentError(
        problem.factors.map(({ title }) => title).join(", "),
        `at most ${limit} joint values of the variables of a row (option limit)`,
        counts.map((count, i) => `${count}^${widths[i]}`).join(" × "),
      );
    this.#marginals = problem.factors.map(marginalOf);
    this.states = states;
    let stride = states;
    this.#variables = this.#marginals.flatMap((marginal, i) => {
      const width = widths[i] as number;
      return Array.from({ length: width }, (_, at) => {
        stride /= marginal.count;
        return { marginal, at, width, stride };
      });
    });
  }

  /** Probabilities of the states of a row. Their sum, which rounding of the factors leaves near 1, is made 1. */
  probabilities(row: number): Float64Array {
    const { rows } = this.#problem;
    const table = new Float64Array(this.states);
    table[0] = 1;
    let sum = 0;
    // One more variable makes of each entry so far one for each of its values; from the end, so that none is overwritten early.
    let length = 1;
    for (const { marginal, at, width } of this.#variables) {
      const { count, probs } = marginal;
      for (let i = length - 1; i >= 0; i--) {
        const so = table[i] as number;
        for (let value = count - 1; value >= 0; value--)
          table[i * count + value] = so * (probs[(value * rows + row) * width + at] as number);
      }
      length *= count;
    }
    for (let i = 0; i < table.length; i++) sum += table[i] as number;
    for (let i = 0; i < table.length; i++) (table[i] as number) /= sum;
    return table;
  }

  /** Points for the cost, of each factor [n, ...shape]: point i is, in a row, its state `stateOf(i, row)`. */
  points(n: number, stateOf: (point: number, row: number) => number): Tensor[] {
    const { rows } = this.#problem;
    return this.#marginals.map((marginal) => {
      const { factor, values, count } = marginal;
      const { eventSize, size, shape } = factor;
      const points = new Float32Array(n * size);
      const variables = this.#variables.filter((variable) => variable.marginal === marginal);
      let to = 0;
      for (let i = 0; i < n; i++)
        for (let row = 0; row < rows; row++) {
          const state = stateOf(i, row);
          for (const { stride } of variables) {
            const from = (Math.floor(state / stride) % count) * eventSize;
            for (let j = 0; j < eventSize; j++) points[to++] = values[from + j] as number;
          }
        }
      return tensor(points, [n, ...shape]);
    });
  }

  /** The states of samples, of each factor [samples, ...shape]: [samples, rows]. */
  statesOf(samples: readonly Tensor[]): Float64Array {
    const { rows } = this.#problem;
    const n = samples[0]?.shape[0] as number;
    const states = new Float64Array(n * rows);
    for (const [i, marginal] of this.#marginals.entries()) {
      const indices = indicesOf(marginal, (samples[i] as Tensor).toArray());
      for (const { marginal: own, at, width, stride } of this.#variables)
        if (own === marginal)
          for (let j = 0; j < states.length; j++) (states[j] as number) += (indices[j * width + at] as number) * stride;
    }
    return states;
  }

  /** The sum over points of weights[point, row] d log p(state), by way of the log-probabilities of the variables. */
  credits(n: number, stateOf: (point: number, row: number) => number, weights: ArrayLike<number>): Credit[] {
    const { rows } = this.#problem;
    const totals = new Map(this.#marginals.map((marginal) => [marginal, new Float64Array(marginal.probs.length)]));
    for (let i = 0; i < n; i++)
      for (let row = 0; row < rows; row++) {
        const state = stateOf(i, row);
        const weight = weights[i * rows + row] as number;
        for (const { marginal, at, width, stride } of this.#variables) {
          const value = Math.floor(state / stride) % marginal.count;
          ((totals.get(marginal) as Float64Array)[(value * rows + row) * width + at] as number) += weight;
        }
      }
    return [...totals].map(([{ logProb, count }, each]) => ({ of: logProb, n: count, weights: each }));
  }
}
