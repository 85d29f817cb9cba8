import { ArgumentError } from "../../core/index.ts";
import { expOf, largestOf, logSumOf } from "./log-space.ts";

/** What a step of the elimination adds up: a factor's table, or what an earlier step has left. */
interface Source {
  readonly factor: boolean;
  readonly index: number;
  /** Which element of it belongs to each cell of the clique. */
  readonly map: Uint32Array;
}

/** One variable is summed out of everything that has it: cells [...rest, K] to a message [...rest]. */
interface Step {
  readonly variable: number;
  readonly count: number;
  readonly rest: readonly number[];
  readonly strides: readonly number[];
  readonly sources: readonly Source[];
  readonly cells: Float64Array;
  readonly message: Float64Array;
  /** Of the backward pass: what the sum changes by, to first order, with the message. */
  readonly weights: Float64Array;
}

/** Which variables meet in a factor, or in a message. */
const neighboursOf = (scopes: readonly (readonly number[])[], count: number): Set<number>[] => {
  const neighbours = Array.from({ length: count }, () => new Set<number>());
  for (const scope of scopes)
    for (const a of scope) for (const b of scope) if (a !== b) (neighbours[a] as Set<number>).add(b);
  return neighbours;
};

/** Pairs of neighbours that eliminating a variable would join. */
function fillOf(neighbours: readonly Set<number>[], variable: number): number {
  const around = [...(neighbours[variable] as Set<number>)];
  let fill = 0;
  for (let i = 0; i < around.length; i++)
    for (let j = 0; j < i; j++) if (!neighbours[around[i] as number]?.has(around[j] as number)) fill++;
  return fill;
}

/**
 * Greedy min-fill, of equals the fewest neighbours, of equals the first: on a tree it eliminates leaves, and no clique is larger than
 * a factor (Koller and Friedman 2009, "Probabilistic graphical models", 9.4.3).
 */
export function orderOf(scopes: readonly (readonly number[])[], count: number): number[] {
  const neighbours = neighboursOf(scopes, count);
  const left = new Set(neighbours.keys());
  const order: number[] = [];
  while (left.size > 0) {
    let best = -1;
    let least = [Infinity, Infinity] as readonly [number, number];
    for (const v of left) {
      const degree = (neighbours[v] as Set<number>).size;
      if (least[0] === 0 && degree >= least[1]) continue;
      const fill = fillOf(neighbours, v);
      if (fill < least[0] || (fill === least[0] && degree < least[1])) {
        best = v;
        least = [fill, degree];
      }
    }
    const around = neighbours[best] as Set<number>;
    for (const a of around) {
      const own = neighbours[a] as Set<number>;
      own.delete(best);
      for (const b of around) if (a !== b) own.add(b);
    }
    left.delete(best);
    order.push(best);
  }
  return order;
}

/** Bucket elimination (Dechter 1999), its plan made once for all plates; one plate at a time is in its buffers. */
export class Elimination {
  readonly steps: readonly Step[];
  /** What is left when all variables are gone. */
  readonly #ends: readonly { readonly factor: boolean; readonly index: number }[];

  /** @throws ArgumentError, with the names of its variables, for a clique of more joint values than `limit` */
  constructor(
    scopes: readonly (readonly number[])[],
    counts: readonly number[],
    names: readonly string[],
    limit: number,
  ) {
    const steps: Step[] = [];
    let pool = scopes.map((scope, index) => ({ factor: true, index, scope }));
    for (const variable of orderOf(scopes, counts.length)) {
      const met = pool.filter(({ scope }) => scope.includes(variable));
      const rest = [...new Set(met.flatMap(({ scope }) => scope))].filter((v) => v !== variable).sort((a, b) => a - b);
      const clique = [...rest, variable];
      const size = clique.reduce((product, v) => product * (counts[v] as number), 1);
      if (!(size <= limit))
        throw new ArgumentError(
          "factors",
          `at most ${limit} joint values of variables that have to be taken together (option limit)`,
          `${clique.map((v) => names[v]).join(", ")}: ${clique.map((v) => counts[v]).join(" × ")} = ${size}`,
        );
      const count = counts[variable] as number;
      const sources = met.map(({ factor, index, scope }) => ({
        factor,
        index,
        map: mapOf(clique, scope, counts, size),
      }));
      const strides = rest.map((_, i) => rest.slice(i + 1).reduce((product, v) => product * (counts[v] as number), 1));
      const cells = new Float64Array(size);
      const [message, weights] = [new Float64Array(size / count), new Float64Array(size / count)];
      pool = pool.filter((one) => !met.includes(one));
      pool.push({ factor: false, index: steps.length, scope: rest });
      steps.push({ variable, count, rest, strides, sources, cells, message, weights });
    }
    this.steps = steps;
    this.#ends = pool;
  }

  /** The log of the sum over all joint values, or the largest log of one. */
  run(tables: readonly Float32Array[], starts: readonly number[], kind: "sum" | "max"): number {
    for (const { count, sources, cells, message } of this.steps) {
      cells.fill(0);
      for (const { factor, index, map } of sources) {
        const from = factor ? (tables[index] as Float32Array) : (this.steps[index] as Step).message;
        const start = factor ? (starts[index] as number) : 0;
        for (let c = 0; c < map.length; c++) (cells[c] as number) += from[start + (map[c] as number)] as number;
      }
      for (let r = 0; r < message.length; r++)
        message[r] =
          kind === "sum"
            ? logSumOf(cells, r * count, count)
            : (cells[r * count + largestOf(cells, r * count, count)] as number);
    }
    let total = 0;
    for (const { factor, index } of this.#ends)
      total += factor
        ? (tables[index]?.[starts[index] as number] as number)
        : ((this.steps[index] as Step).message[0] as number);
    return total;
  }

  /**
   * After a run of sums, the last variable first: `weight` times the posterior probability of each value of each variable, and of each
   * element of each factor. By the chain rule, which is calibration of the clique tree (Darwiche 2003).
   */
  posterior(
    weight: number,
    ofVariable: (variable: number, value: number, probability: number) => void,
    ofFactor: (factor: number, element: number, probability: number) => void,
  ): void {
    for (const { weights } of this.steps) weights.fill(0);
    for (const { factor, index } of this.#ends)
      if (factor) ofFactor(index, 0, weight);
      else (this.steps[index] as Step).weights[0] = weight;
    for (let s = this.steps.length - 1; s >= 0; s--) {
      const { variable, count, sources, cells, message, weights } = this.steps[s] as Step;
      for (let r = 0, c = 0; r < message.length; r++)
        for (let k = 0; k < count; k++, c++) {
          // 0 from above is 0 below, also where nothing is possible.
          if (weights[r] === 0) continue;
          const probability = (weights[r] as number) * expOf((cells[c] as number) - (message[r] as number));
          ofVariable(variable, k, probability);
          for (const { factor, index, map } of sources)
            if (factor) ofFactor(index, map[c] as number, probability);
            else ((this.steps[index] as Step).weights[map[c] as number] as number) += probability;
        }
    }
  }

  /** After a run, values of all variables, the last first: each the largest of its cells, with what noise adds to them. */
  trace(values: Uint32Array, noise?: (variable: number) => readonly [Float32Array, number]): void {
    for (let s = this.steps.length - 1; s >= 0; s--) {
      const { variable, count, rest, strides, cells } = this.steps[s] as Step;
      let from = 0;
      for (let i = 0; i < rest.length; i++) from += (values[rest[i] as number] as number) * (strides[i] as number);
      const [added, at] = noise?.(variable) ?? [undefined, 0];
      values[variable] = largestOf(cells, from * count, count, added, at);
    }
  }
}

/** The element of a table over `scope` that belongs to each cell of one over `clique`. */
function mapOf(
  clique: readonly number[],
  scope: readonly number[],
  counts: readonly number[],
  size: number,
): Uint32Array {
  const map = new Uint32Array(size);
  let repeat = 1;
  for (let d = clique.length - 1; d >= 0; d--) {
    const variable = clique[d] as number;
    const count = counts[variable] as number;
    const place = scope.indexOf(variable);
    if (place >= 0) {
      const stride = scope.slice(place + 1).reduce((product, v) => product * (counts[v] as number), 1);
      for (let c = 0; c < size; c++) (map[c] as number) += (Math.floor(c / repeat) % count) * stride;
    }
    repeat *= count;
  }
  return map;
}
