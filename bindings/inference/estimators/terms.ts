import { checkInteger, checkOptions } from "../../core/index.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Estimated } from "../credit.ts";
import type { Factor } from "../factor.ts";
import { Joint } from "../joint.ts";
import { meanOf, type Problem } from "../problem.ts";
import { type EnumerationOptions, LIMIT } from "./enumeration.ts";

/** `k` of a choice of joint values, and the `limit` of those it is from. */
export function checkChoice(
  options: { readonly k: number } & EnumerationOptions,
  most?: number,
): { readonly k: number; readonly limit: number } {
  const { k, limit = LIMIT } = checkOptions(options ?? {}, ["k", "limit"]);
  checkInteger("k", k, 1, most);
  return { k, limit: checkInteger("limit", limit, 1) };
}

/** A joint value of a row's variables, and the place of its cost. */
export interface Term {
  readonly state: number;
  readonly place: number;
}

/** A term, the weight of its cost (those of a row add up to 1), and that of d log p of its state. */
export interface Weighed extends Term {
  readonly share: number;
  readonly signal: number;
}

/**
 * Costs of joint values that are chosen row by row: the draws first (place s is that of draw s), whose mean is the estimate's
 * value, and whatever else is asked for.
 */
export class Terms {
  readonly #problem: Problem;
  readonly #joint: Joint;
  readonly #drawn: Tensor;
  readonly #states: Float64Array;
  readonly #asked: number[][];

  constructor(problem: Problem, limit: number) {
    this.#problem = problem;
    this.#drawn = problem.evaluate(problem.draws);
    this.#joint = new Joint(problem, limit);
    this.#states = this.#joint.statesOf(problem.draws);
    this.#asked = Array.from({ length: problem.rows }, () => []);
  }

  get joint(): Joint {
    return this.#joint;
  }

  draw(sample: number, row: number): Term {
    return { state: this.#states[sample * this.#problem.rows + row] as number, place: sample };
  }

  /** A value that is not among the draws. */
  ask(state: number, row: number): Term {
    const asked = this.#asked[row] as number[];
    asked.push(state);
    return { state, place: this.#problem.samples + asked.length - 1 };
  }

  /** Evaluates what was asked for, and weighs it. */
  estimate(weigh: (row: number, cost: (term: Term) => number) => readonly Weighed[]): Estimated {
    const [problem, joint, drawn, asked] = [this.#problem, this.#joint, this.#drawn, this.#asked];
    const { rows, samples } = problem;
    const n = asked.reduce((most, { length }) => Math.max(most, length), 0);
    // A row that asks for less than others asks for a draw again, and gives it no weight.
    const stateOf = (i: number, row: number): number => asked[row]?.[i] ?? this.draw(0, row).state;
    const others = n === 0 ? undefined : problem.evaluate(joint.points(n, stateOf));
    const costs = [drawn.toArray(), others?.toArray() ?? new Float32Array(0)].map((each) => Float64Array.from(each));
    const shares = costs.map(({ length }) => new Float64Array(length));
    const of = (parts: readonly Float64Array[], { place }: Term): readonly [Float64Array, number] =>
      place < samples ? [parts[0] as Float64Array, place * rows] : [parts[1] as Float64Array, (place - samples) * rows];
    const weighed = asked.map((_, row) =>
      weigh(row, (term) => {
        const [part, at] = of(costs, term);
        return part[at + row] as number;
      }),
    );
    const most = weighed.reduce((most, { length }) => Math.max(most, length), 0);
    const signals = new Float64Array(most * rows);
    for (const [row, terms] of weighed.entries())
      for (const [i, term] of terms.entries()) {
        const [part, at] = of(shares, term);
        (part[at + row] as number) += term.share;
        signals[i * rows + row] = term.signal;
      }
    return {
      value: meanOf(drawn),
      credits: [
        { of: drawn, n: samples, weights: shares[0] as Float64Array },
        ...(others ? [{ of: others, n, weights: shares[1] as Float64Array }] : []),
        ...joint.credits(most, (i, row) => weighed[row]?.[i]?.state ?? 0, signals),
      ],
    };
  }
}

/** The places of the `count` smallest numbers, ascending by place; of equal ones the first. Infinity is never among them. */
export function smallest(values: Float64Array, count: number): number[] {
  const least = leastOf(values, count);
  const last = least[least.length - 1] as number;
  let equal = least.length - least.indexOf(last);
  const places: number[] = [];
  for (let place = 0; place < values.length && places.length < least.length; place++) {
    const each = values[place] as number;
    if (each < last || (each === last && equal-- > 0)) places.push(place);
  }
  return places;
}

/** The `count` smallest below Infinity, or all of these, ascending. */
function leastOf(values: Float64Array, count: number): Float64Array {
  // Sorted in whole where inserting one by one might take longer.
  if (count > FEW)
    return values
      .filter((each) => each < Infinity)
      .sort()
      .subarray(0, count);
  const least = new Float64Array(count).fill(Infinity);
  let last = Infinity;
  for (let i = 0; i < values.length; i++) {
    const each = values[i] as number;
    if (!(each < last)) continue;
    let to = count - 1;
    for (; to > 0 && (least[to - 1] as number) > each; to--) least[to] = least[to - 1] as number;
    least[to] = each;
    last = least[count - 1] as number;
  }
  return least.filter((each) => each < Infinity);
}

const FEW = 32;

/**
 * Draws without replacement, by a race: the values whose e / p is smallest, e exponential noise of each value from a named stream,
 * are the first draws from p, each from what is left (Gumbel-top-k without logarithms). Asked for lazily.
 */
export class Race {
  readonly #problem: Problem;
  readonly #stream: string;
  readonly #width: number;
  #noise: Float32Array | undefined;

  constructor(problem: Problem, states: number, stream: string) {
    this.#problem = problem;
    this.#stream = stream;
    // Noise comes in so many numbers for each element of a row.
    this.#width = Math.ceil(states / problem.width(problem.factors[0] as Factor));
  }

  /** The first `count` of those with a probability above 0, or all, ascending. */
  first(count: number, sample: number, row: number, probabilities: Float64Array): number[] {
    const { factors, source, samples, rows } = this.#problem;
    const factor = factors[0] as Factor;
    this.#noise ??= source.noise(factor, "exponential", this.#stream, samples, this.#width);
    const noise = this.#noise;
    const start = (sample * rows + row) * (noise.length / (samples * rows));
    const times = new Float64Array(probabilities.length);
    for (let state = 0; state < times.length; state++) {
      const p = probabilities[state] as number;
      times[state] = p > 0 ? (noise[start + state] as number) / p : Infinity;
    }
    return smallest(times, count);
  }
}
