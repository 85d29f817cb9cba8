import type { PlainChain } from "./exact.ts";

/** Markov chains of logits, naive and in float64: each path by itself. */
export type PlainLaw = Omit<PlainChain, "emission">;

export function pathsOf({ length, states }: Pick<PlainLaw, "length" | "states">): number[][] {
  let all: number[][] = [[]];
  for (let t = 0; t < length; t++) all = all.flatMap((z) => Array.from({ length: states }, (_, k) => [...z, k]));
  return all;
}

/** log softmax of a row of logits, at one of them. */
const logChoice = (states: number, logit: (k: number) => number, chosen: number): number => {
  let total = 0;
  for (let k = 0; k < states; k++) total += Math.exp(logit(k) - logit(chosen));
  return -Math.log(total);
};

export function logProb({ states, initial, transition }: PlainLaw, path: readonly number[]): number {
  let sum = initial(path[0]) === -Infinity ? -Infinity : logChoice(states, initial, path[0]);
  for (let t = 1; t < path.length; t++)
    sum +=
      transition(t - 1, path[t - 1], path[t]) === -Infinity
        ? -Infinity
        : logChoice(states, (k) => transition(t - 1, path[t - 1], k), path[t]);
  return sum;
}

export const entropy = (law: PlainLaw): number =>
  pathsOf(law).reduce((sum, z) => {
    const log = logProb(law, z);
    return log === -Infinity ? sum : sum - Math.exp(log) * log;
  }, 0);

/** P(z_t = k), [T][K] in one array. */
export function marginals(law: PlainLaw): number[] {
  const all = new Array<number>(law.length * law.states).fill(0);
  for (const z of pathsOf(law)) {
    const p = Math.exp(logProb(law, z));
    z.forEach((k, t) => {
      all[t * law.states + k] += p;
    });
  }
  return all;
}
