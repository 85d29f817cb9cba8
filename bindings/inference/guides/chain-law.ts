import { type Shape, sizeOf } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { expOf, logSumOf } from "../exact/log-space.ts";
import { mostLikely } from "../exact/paths.ts";
import { startsOf } from "../exact/plates.ts";

/** Where a chain's own logits begin, in those of a batch. */
export interface Place {
  readonly initialFrom: number;
  /** Of the table [K, K] from time t to t + 1. */
  tableFrom(t: number): number;
}

/** Gradients with respect to the logits of a batch. */
export interface LogitGradients {
  readonly initial: Float64Array;
  readonly transition: Float64Array;
}

/** What a chain is worth: of each state that it is in, and of each probability that it takes. */
export interface Worth {
  /** [T, K] from `statesFrom` on; nothing by default. */
  readonly states?: Float32Array;
  readonly statesFrom?: number;
  /** Of -log p of each choice, 0 by default: 1 for the entropy. */
  readonly surprise?: number;
}

/** The laws of a batch of Markov chains, from their logits, in double precision. */
export class ChainLaw {
  readonly length: number;
  readonly states: number;
  /** log p(z_0) and log p(z_{t+1} | z_t), where the logits are. */
  readonly #initial: Float64Array;
  readonly #transition: Float64Array;
  readonly #shapes: readonly [initial: Shape, transition: Shape];

  constructor(initial: Tensor, transition: Tensor, length: number) {
    this.length = length;
    this.states = initial.shape.at(-1) as number;
    this.#initial = normalized(initial, this.states);
    this.#transition = normalized(transition, this.states);
    this.#shapes = [initial.shape.slice(0, -1), transition.shape.slice(0, -2)];
  }

  /** Of each chain of a shape that the batch stretches to. */
  places(shape: Shape): Place[] {
    const { states } = this;
    const times = Math.max(1, this.length - 1);
    const initials = startsOf(this.#shapes[0], shape, states);
    const tables = startsOf(this.#shapes[1], [...shape, times], states * states);
    return Array.from({ length: sizeOf(shape) }, (_, i) => ({
      initialFrom: initials[i] as number,
      tableFrom: (t) => tables[i * times + t] as number,
    }));
  }

  noGradients(): LogitGradients {
    return {
      initial: new Float64Array(this.#initial.length),
      transition: new Float64Array(this.#transition.length),
    };
  }

  /** log p of the path from `from` on; -Infinity for what is no path. */
  logProb(paths: Float32Array, from: number, { initialFrom, tableFrom }: Place): number {
    const { length, states } = this;
    for (let t = 0; t < length; t++) {
      const state = paths[from + t] as number;
      if (!(Number.isInteger(state) && state >= 0 && state < states)) return -Infinity;
    }
    let sum = this.#initial[initialFrom + (paths[from] as number)] as number;
    for (let t = 1; t < length; t++) {
      const row = tableFrom(t - 1) + (paths[from + t - 1] as number) * states;
      sum += this.#transition[row + (paths[from + t] as number)] as number;
    }
    return sum;
  }

  /** Adds `weight` d log p of a path: 1 - p of each logit that was chosen, -p of those beside it. */
  addScore(weight: number, paths: Float32Array, from: number, place: Place, to: LogitGradients): void {
    // What is no path has no gradient.
    if (this.logProb(paths, from, place) === -Infinity) return;
    const { states } = this;
    const add = (logs: Float64Array, row: number, chosen: number, into: Float64Array): void => {
      for (let k = 0; k < states; k++) (into[row + k] as number) -= weight * expOf(logs[row + k] as number);
      (into[row + chosen] as number) += weight;
    };
    add(this.#initial, place.initialFrom, paths[from] as number, to.initial);
    for (let t = 1; t < this.length; t++) {
      const row = place.tableFrom(t - 1) + (paths[from + t - 1] as number) * states;
      add(this.#transition, row, paths[from + t] as number, to.transition);
    }
  }

  /** The likeliest path, of equals the one whose first states are the lowest. */
  mostLikely({ initialFrom, tableFrom }: Place, path: Float32Array): void {
    const { length, states } = this;
    mostLikely(
      {
        length,
        states,
        initial: this.#initial,
        initialFrom,
        transition: this.#transition,
        transitionFrom: tableFrom,
        emission: new Float64Array(length * states),
        emissionFrom: 0,
      },
      path,
    );
  }

  /** P(z_t = k), [T, K], from `from` on. */
  addMarginals(place: Place, to: Float64Array, from = 0): void {
    const { length, states } = this;
    for (let k = 0; k < states; k++) (to[from + k] as number) += expOf(this.#initial[place.initialFrom + k] as number);
    for (let t = 1; t < length; t++) {
      const table = place.tableFrom(t - 1);
      const [before, now] = [from + (t - 1) * states, from + t * states];
      for (let i = 0; i < states; i++)
        for (let k = 0; k < states; k++)
          (to[now + k] as number) +=
            (to[before + i] as number) * expOf(this.#transition[table + i * states + k] as number);
    }
  }

  /** The expected worth, given each state, of this and what comes after it: [T, K]. */
  #values(place: Place, worth: Worth): Float64Array {
    const { length, states } = this;
    const values = new Float64Array(length * states);
    for (let t = length - 1; t >= 0; t--)
      for (let i = 0; i < states; i++) {
        const at = t * states + i;
        values[at] = stateWorth(worth, at);
        if (t < length - 1)
          (values[at] as number) += this.#mean(this.#transition, place.tableFrom(t) + i * states, worth, values, t + 1);
      }
    return values;
  }

  /** The mean, over a row of choices, of their surprise and of the values at t that they lead to. */
  #mean(logs: Float64Array, row: number, { surprise = 0 }: Worth, values: Float64Array, t: number): number {
    const { states } = this;
    let sum = 0;
    for (let k = 0; k < states; k++) {
      const log = logs[row + k] as number;
      if (log > -Infinity) sum += expOf(log) * ((values[t * states + k] as number) - surprise * log);
    }
    return sum;
  }

  expected(place: Place, worth: Worth): number {
    return this.#mean(this.#initial, place.initialFrom, worth, this.#values(place, worth), 0);
  }

  /**
   * Adds `weight` times the gradient of `expected`: of the logit of a choice, p(it is met) p (its worth - the mean of the choices beside
   * it). As E[d log p] = 0, what surprise depends on the logits adds nothing.
   */
  addExpectedGradient(weight: number, place: Place, worth: Worth, to: LogitGradients): void {
    const { length, states } = this;
    const { surprise = 0 } = worth;
    const values = this.#values(place, worth);
    const met = new Float64Array(length * states);
    this.addMarginals(place, met);
    const add = (logs: Float64Array, row: number, t: number, share: number, into: Float64Array): void => {
      const mean = this.#mean(logs, row, worth, values, t);
      for (let k = 0; k < states; k++) {
        const log = logs[row + k] as number;
        if (log === -Infinity) continue;
        (into[row + k] as number) += share * expOf(log) * ((values[t * states + k] as number) - surprise * log - mean);
      }
    };
    add(this.#initial, place.initialFrom, 0, weight, to.initial);
    for (let t = 1; t < length; t++)
      for (let i = 0; i < states; i++) {
        const share = weight * (met[(t - 1) * states + i] as number);
        add(this.#transition, place.tableFrom(t - 1) + i * states, t, share, to.transition);
      }
  }
}

const stateWorth = ({ states, statesFrom = 0 }: Worth, at: number): number =>
  states ? (states[statesFrom + at] as number) : 0;

/** Rows of logits minus the log of the sum of their exponentials. */
function normalized(logits: Tensor, cols: number): Float64Array {
  const logs = new Float64Array(logits.toArray());
  for (let row = 0; row < logs.length; row += cols) {
    const total = logSumOf(logs, row, cols);
    for (let k = row; k < row + cols; k++) (logs[k] as number) -= total;
  }
  return logs;
}
