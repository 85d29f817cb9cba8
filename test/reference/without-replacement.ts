import type { F } from "./estimators.ts";

/** A discrete law as a list: what a state is, its probability, and its score with respect to the parameters. */
export interface State {
  readonly z: readonly number[];
  readonly p: number;
  readonly score: readonly number[];
}

/** Ordered samples of k of the numbers, without replacement. */
export const orders = (numbers: readonly number[], k: number): number[][] =>
  k === 0
    ? [[]]
    : numbers.flatMap((first) =>
        orders(
          numbers.filter((each) => each !== first),
          k - 1,
        ).map((rest) => [first, ...rest]),
      );

/** Plackett-Luce: each from what is left of a domain that lacks `out`. */
export function orderProbability(
  states: readonly State[],
  order: readonly number[],
  out: readonly number[] = [],
): number {
  const gone = new Set(out);
  let probability = 1;
  for (const each of order) {
    probability *= states[each].p / states.reduce((left, { p }, i) => left + (gone.has(i) ? 0 : p), 0);
    gone.add(each);
  }
  return probability;
}

/** P(S), the sum over its orders, of draws from what is not `out`. */
const setProbability = (states: readonly State[], set: readonly number[], out: readonly number[] = []): number =>
  orders(set, set.length).reduce((sum, order) => sum + orderProbability(states, order, out), 0);

const without = (set: readonly number[], ...out: readonly number[]): number[] => set.filter((s) => !out.includes(s));

/** sum over s of dp(s) R(S, s) (f(s) - sum over s' of p(s') R(S, s' without s) f(s')), as Kool, van Hoof, Welling 2020 write it. */
export function unorderedSet(states: readonly State[], f: F, set: readonly number[]): number[] {
  const total = states[0].score.map(() => 0);
  for (const s of set) {
    const { z, p, score } = states[s];
    const ratio = setProbability(states, without(set, s), [s]) / setProbability(states, set);
    let baseline = 0;
    if (set.length > 1)
      for (const t of set) {
        const second =
          t === s
            ? 1
            : setProbability(states, without(set, s, t), [s, t]) / setProbability(states, without(set, s), [s]);
        baseline += states[t].p * second * f(states[t].z);
      }
    for (const [v, each] of score.entries()) total[v] += p * each * ratio * (f(z) - baseline);
  }
  return total;
}

/** The k likeliest. */
export const headOf = (states: readonly State[], k: number): number[] =>
  states
    .map((_, i) => i)
    .sort((i, j) => states[j].p - states[i].p)
    .slice(0, k);

/**
 * d (sum over the head of p f) + d ((1 - P) f) + (1 - P) f d log q(tail), q being p without the head, as Liu et al. 2019 write it; of f
 * without its mean over the head.
 */
export function sumAndSample(states: readonly State[], f: F, head: readonly number[], tail: number): number[] {
  const mean =
    head.reduce((sum, h) => sum + states[h].p * f(states[h].z), 0) / head.reduce((sum, h) => sum + states[h].p, 0);
  const left = 1 - head.reduce((sum, h) => sum + states[h].p, 0);
  return states[0].score.map((_, v) => {
    const dLeft = -head.reduce((sum, h) => sum + states[h].p * states[h].score[v], 0);
    const summed = head.reduce((sum, h) => sum + states[h].p * states[h].score[v] * (f(states[h].z) - mean), 0);
    const cost = f(states[tail].z) - mean;
    return summed + dLeft * cost + left * cost * (states[tail].score[v] - dLeft / left);
  });
}

export const exactGradient = (states: readonly State[], f: F): number[] =>
  states[0].score.map((_, v) => states.reduce((sum, { z, p, score }) => sum + p * score[v] * f(z), 0));
