import { expOf, logSumOf } from "./log-space.ts";
import type { Chain } from "./tables.ts";

/** Where posterior probabilities are added to: of states [length, K], and of two in a row. */
export interface Sums {
  readonly states: Float64Array;
  readonly statesFrom: number;
  readonly pairs?: {
    readonly values: Float64Array;
    /** Where those of times t and t + 1, [K, K], begin. */
    from(t: number): number;
  };
}

/** What a forward pass has left of a chain, from which all else follows. */
export interface Forward {
  /** -Infinity where nothing is possible. */
  readonly logEvidence: number;
  /** log p(z_t = k | what is seen up to t), up to a constant of each t: [length, K]. */
  logFiltered(): Float64Array;
  /** log p(what is seen after t | z_t = k), up to a constant of each t: [length, K]. */
  logAhead(): Float64Array;
  /** Adds `weight` times the posterior probabilities to sums: NaN where nothing is possible. */
  addPosterior(weight: number, sums: Sums): void;
}

/** In log space: right whatever the values, at K exponentials for each state. */
export class LogForward implements Forward {
  readonly logEvidence: number;
  readonly #chain: Chain;
  readonly #alpha: Float64Array;

  constructor(chain: Chain) {
    this.#chain = chain;
    this.#alpha = new Float64Array(chain.length * chain.states);
    this.logEvidence = forward(chain, this.#alpha);
  }

  logFiltered(): Float64Array {
    return this.#alpha;
  }

  logAhead(): Float64Array {
    const { length, states } = this.#chain;
    const beta = new Float64Array(length * states);
    const terms = new Float64Array(states);
    for (let t = length - 2; t >= 0; t--)
      for (let i = 0; i < states; i++) {
        after(this.#chain, t, i, beta, terms);
        beta[t * states + i] = logSumOf(terms, 0, states);
      }
    return beta;
  }

  /** Rabiner 1989, "A tutorial on hidden Markov models", equations 27 and 37. */
  addPosterior(weight: number, { states, statesFrom, pairs }: Sums): void {
    const chain = this.#chain;
    const K = chain.states;
    const [alpha, beta] = [this.#alpha, this.logAhead()];
    const terms = new Float64Array(K);
    // -Infinity - -Infinity: what is possible of nothing has no answer.
    for (let t = 0; t < chain.length; t++)
      for (let i = 0; i < K; i++) {
        const before = (alpha[t * K + i] as number) - this.logEvidence;
        (states[statesFrom + t * K + i] as number) += weight * expOf(before + (beta[t * K + i] as number));
        if (!pairs || t === chain.length - 1) continue;
        after(chain, t, i, beta, terms);
        const at = pairs.from(t) + i * K;
        for (let k = 0; k < K; k++) (pairs.values[at + k] as number) += weight * expOf(before + (terms[k] as number));
      }
  }
}

/** alpha[t, k] = log p(what is seen up to t, z_t = k), into [length, K]; returns the log evidence. */
function forward(chain: Chain, alpha: Float64Array): number {
  const { length, states, initial, initialFrom, emission, emissionFrom, transition } = chain;
  const terms = new Float64Array(states);
  for (let k = 0; k < states; k++)
    alpha[k] = (initial[initialFrom + k] as number) + (emission[emissionFrom + k] as number);
  for (let t = 1; t < length; t++) {
    const table = chain.transitionFrom(t - 1);
    const [before, now] = [(t - 1) * states, t * states];
    for (let k = 0; k < states; k++) {
      for (let i = 0; i < states; i++)
        terms[i] = (alpha[before + i] as number) + (transition[table + i * states + k] as number);
      alpha[now + k] = logSumOf(terms, 0, states) + (emission[emissionFrom + now + k] as number);
    }
  }
  return logSumOf(alpha, (length - 1) * states, states);
}

/** What comes after z_t = i by way of each z_{t+1}, into terms, given what comes after those: ahead [length, K]. */
export function after(chain: Chain, t: number, i: number, ahead: Float64Array, terms: Float64Array): void {
  const { states, emission, emissionFrom, transition } = chain;
  const table = chain.transitionFrom(t) + i * states;
  const next = (t + 1) * states;
  for (let k = 0; k < states; k++)
    terms[k] =
      (transition[table + k] as number) + (emission[emissionFrom + next + k] as number) + (ahead[next + k] as number);
}
