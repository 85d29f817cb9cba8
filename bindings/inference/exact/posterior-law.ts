import { type Tensor, tensor } from "../../graph/index.ts";
import { MarkovChain } from "../guides/markov-chain.ts";
import { after, type Forward } from "./forward-backward.ts";
import { logSumOf } from "./log-space.ts";
import type { Chain, Tables } from "./tables.ts";

/** The posterior of paths, a Markov chain as the prior is: p(z_{t+1} | z_t, x) of what is ahead (Rabiner 1989, equation 25). */
export function posteriorLaw({ plates, length, states: K, chains }: Tables, forwards: readonly Forward[]): MarkovChain {
  const times = Math.max(1, length - 1);
  const initial = new Float64Array(chains.length * K);
  const transition = new Float64Array(chains.length * times * K * K);
  const terms = new Float64Array(K);
  for (const [plate, chain] of chains.entries()) {
    const ahead = (forwards[plate] as Forward).logAhead();
    const { initialFrom, emissionFrom } = chain;
    for (let k = 0; k < K; k++)
      terms[k] =
        (chain.initial[initialFrom + k] as number) +
        (chain.emission[emissionFrom + k] as number) +
        (ahead[k] as number);
    normalize(terms, initial, plate * K);
    for (let t = 0; t < times; t++)
      for (let i = 0; i < K; i++) {
        nextTerms(chain, t, i, ahead, terms);
        normalize(terms, transition, ((plate * times + t) * K + i) * K);
      }
  }
  const [first, next]: [Tensor, Tensor] = [
    tensor(initial, [...plates, K]),
    tensor(transition, [...plates, times, K, K]),
  ];
  return new MarkovChain({ initial: first, transition: next, length });
}

/** After a plate's end comes state 0, with certainty. */
function nextTerms(chain: Chain, t: number, i: number, ahead: Float64Array, terms: Float64Array): void {
  if (t < chain.length - 1) after(chain, t, i, ahead, terms);
  else terms.fill(-Infinity).fill(0, 0, 1);
}

/** Log-probabilities of terms; of a state that cannot be, or leads nowhere, those of any law will do. */
function normalize(terms: Float64Array, to: Float64Array, from: number): void {
  const total = logSumOf(terms, 0, terms.length);
  for (let k = 0; k < terms.length; k++) to[from + k] = total === -Infinity ? 0 : (terms[k] as number) - total;
}
