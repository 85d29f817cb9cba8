import { after } from "./forward-backward.ts";
import { largestOf } from "./log-space.ts";
import type { Chain } from "./tables.ts";

/** The most likely path, of equals the one with the lowest state first, into path; returns the log of its density (Viterbi 1967). */
export function mostLikely(chain: Chain, path: Float32Array): number {
  const { length, states, initial, initialFrom, emission, emissionFrom } = chain;
  const best = new Uint32Array(length * states);
  const most = new Float64Array(length * states);
  const terms = new Float64Array(states);
  // From the end, so that the trace runs from the start and decides there first.
  for (let t = length - 2; t >= 0; t--)
    for (let i = 0; i < states; i++) {
      after(chain, t, i, most, terms);
      const k = largestOf(terms, 0, states);
      best[t * states + i] = k;
      most[t * states + i] = terms[k] as number;
    }
  for (let k = 0; k < states; k++)
    terms[k] = (initial[initialFrom + k] as number) + (emission[emissionFrom + k] as number) + (most[k] as number);
  let state = largestOf(terms, 0, states);
  const logDensity = terms[state] as number;
  for (let t = 0; t < length; t++) {
    path[t] = state;
    state = best[t * states + state] as number;
  }
  return logDensity;
}

/**
 * A path of the posterior, backwards from its end, by argmax(logits + gumbel), into path (Frühwirth-Schnatter 1994).
 *
 * @param filtered of `Forward.logFiltered`
 */
export function samplePath(
  chain: Chain,
  filtered: Float64Array,
  noise: Float32Array,
  noiseFrom: number,
  path: Float32Array,
): void {
  const { length, states, transition } = chain;
  let state = largestOf(filtered, (length - 1) * states, states, noise, noiseFrom + (length - 1) * states);
  path[length - 1] = state;
  const terms = new Float64Array(states);
  for (let t = length - 2; t >= 0; t--) {
    const table = chain.transitionFrom(t);
    for (let i = 0; i < states; i++)
      terms[i] = (filtered[t * states + i] as number) + (transition[table + i * states + state] as number);
    state = largestOf(terms, 0, states, noise, noiseFrom + t * states);
    path[t] = state;
  }
}
