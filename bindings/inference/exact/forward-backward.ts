import { expOf, largestOf, logSumOf } from "./log-space.ts";

/** A chain of one plate: log values, and where its own begin. */
export interface Chain {
  readonly length: number;
  readonly states: number;
  readonly initial: Float32Array;
  readonly initialFrom: number;
  readonly emission: Float32Array;
  readonly emissionFrom: number;
  readonly transition: Float32Array;
  /** Where the table [K, K] from time t to t + 1 begins. */
  transitionFrom(t: number): number;
}

/** alpha[t, k] = log p(what is seen up to t, z_t = k), into [length, K]; returns the log evidence. */
export function forward(chain: Chain, alpha: Float64Array): number {
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

/** What comes after z_t = i by way of each z_{t+1}, into terms. */
function after(chain: Chain, t: number, i: number, next: Float64Array, terms: Float64Array): void {
  const { states, emission, emissionFrom, transition } = chain;
  const table = chain.transitionFrom(t) + i * states;
  const seen = emissionFrom + (t + 1) * states;
  for (let k = 0; k < states; k++)
    terms[k] = (transition[table + k] as number) + (emission[seen + k] as number) + (next[k] as number);
}

/**
 * Posterior probabilities, from the end to the start: of each state, and of each two states in a row (Rabiner 1989, "A tutorial on
 * hidden Markov models", equations 27 and 37).
 *
 * @param alpha, logEvidence of `forward`
 */
export function posterior(
  chain: Chain,
  alpha: Float64Array,
  logEvidence: number,
  ofState: (t: number, state: number, probability: number) => void,
  ofPair?: (t: number, from: number, to: number, probability: number) => void,
): void {
  const { length, states } = chain;
  const terms = new Float64Array(states);
  let next = new Float64Array(states);
  let beta = new Float64Array(states);
  for (let k = 0; k < states; k++)
    ofState(length - 1, k, expOf((alpha[(length - 1) * states + k] as number) - logEvidence));
  for (let t = length - 2; t >= 0; t--) {
    for (let i = 0; i < states; i++) {
      after(chain, t, i, next, terms);
      beta[i] = logSumOf(terms, 0, states);
      const before = (alpha[t * states + i] as number) - logEvidence;
      ofState(t, i, expOf(before + (beta[i] as number)));
      if (ofPair) for (let k = 0; k < states; k++) ofPair(t, i, k, expOf(before + (terms[k] as number)));
    }
    [next, beta] = [beta, next];
  }
}

/** The most likely path, of equals the one with the lowest state first, into path; returns the log of its density (Viterbi 1967). */
export function mostLikely(chain: Chain, path: Float32Array): number {
  const { length, states, initial, initialFrom, emission, emissionFrom } = chain;
  const best = new Uint32Array(length * states);
  const terms = new Float64Array(states);
  let next = new Float64Array(states);
  let beta = new Float64Array(states);
  // From the end, so that the trace runs from the start and decides there first.
  for (let t = length - 2; t >= 0; t--) {
    for (let i = 0; i < states; i++) {
      after(chain, t, i, next, terms);
      const k = largestOf(terms, 0, states);
      best[t * states + i] = k;
      beta[i] = terms[k] as number;
    }
    [next, beta] = [beta, next];
  }
  for (let k = 0; k < states; k++)
    terms[k] = (initial[initialFrom + k] as number) + (emission[emissionFrom + k] as number) + (next[k] as number);
  let state = largestOf(terms, 0, states);
  const most = terms[state] as number;
  for (let t = 0; t < length; t++) {
    path[t] = state;
    state = best[t * states + state] as number;
  }
  return most;
}

/** A path of the posterior, backwards from its end, by argmax(logits + gumbel), into path. */
export function samplePath(
  chain: Chain,
  alpha: Float64Array,
  noise: Float32Array,
  noiseFrom: number,
  path: Float32Array,
): void {
  const { length, states, transition } = chain;
  let state = largestOf(alpha, (length - 1) * states, states, 1, noise, noiseFrom + (length - 1) * states);
  path[length - 1] = state;
  const terms = new Float64Array(states);
  for (let t = length - 2; t >= 0; t--) {
    const table = chain.transitionFrom(t);
    for (let i = 0; i < states; i++)
      terms[i] = (alpha[t * states + i] as number) + (transition[table + i * states + state] as number);
    state = largestOf(terms, 0, states, 1, noise, noiseFrom + t * states);
    path[t] = state;
  }
}
