import { type Key, key, split } from "reparam";

/** The independent sources of randomness of a run, each a branch of key(seed): adding a draw to one moves no other. */
export interface Keys {
  data: Key;
  weights: Key;
  order: Key;
  codes: Key;
  evaluation: Key;
  figures: Key;
}

export function keysOf(seed: number): Keys {
  const [data, weights, order, codes, evaluation, figures] = split(key(seed), 6);
  return { data, weights, order, codes, evaluation, figures };
}
