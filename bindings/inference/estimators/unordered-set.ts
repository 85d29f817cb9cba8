import type { Estimator } from "../estimator.ts";
import { onlyListed } from "./accept.ts";
import type { EnumerationOptions } from "./enumeration.ts";
import { checkChoice, Race, Terms } from "./terms.ts";

/** The time for a set grows as k 2^k: of 16 it is a few milliseconds. */
const MOST = 16;

/**
 * From a set S of k different joint values, drawn without replacement, the mean of all orders in which they may have come: sum over
 * s of p(s) R(S, s) (f(s) - b(S, s)) d log p(s), R(S, s) = P(S | s came first) / P(S), and b(S, s) the same mean of f once s is
 * taken out, as the paper's built-in baseline has it. k evaluations for each sample, the draw being one of the k; unbiased; no
 * variance where the k are all there are. For k = 1 it is the score function.
 *
 * Kool, van Hoof, Welling 2020, "Estimating gradients for discrete random variables by sampling without
 * replacement".
 * @param options `k`: size of the set, 1 to 16, as P(S) is summed over its subsets, exactly; where fewer values are possible these are
 *   all taken. `limit`: most joint values of the variables of a row, 65 536 by default, all of which get noise though only k are
 *   evaluated
 * @throws ArgumentError (k, limit; when used, more joint values than `limit`)
 */
export function unorderedSet(options: { readonly k: number } & EnumerationOptions): Estimator {
  const { k, limit } = checkChoice(options, MOST);
  return {
    name: "unordered set",
    unbiased: true,
    differentiates: false,
    refuses: onlyListed,
    estimate(problem) {
      const terms = new Terms(problem, limit);
      const { rows, samples } = problem;
      const race = new Race(problem, terms.joint.states, "unordered set");
      const sets = Array.from({ length: rows }, (_, row) => {
        const p = terms.joint.probabilities(row);
        return Array.from({ length: samples }, (_, s) => {
          const draw = terms.draw(s, row);
          const others = p.slice();
          others[draw.state] = 0;
          const next = k === 1 ? [] : race.first(k - 1, s, row, others);
          for (const state of next) others[state] = 0;
          // By number, so that the sums over a set are the same to the bit whatever came first.
          const members = [draw, ...next.map((state) => terms.ask(state, row))].sort((a, b) => a.state - b.state);
          return {
            members,
            p: Float64Array.from(members, ({ state }) => p[state] as number),
            rest: others.reduce((sum, each) => sum + each, 0),
          };
        });
      });
      return terms.estimate((row, cost) =>
        (sets[row] ?? []).flatMap(({ members, p, rest }) => {
          const weighed = weights(p, rest, Float64Array.from(members, cost));
          return members.map((term, i) => ({
            ...term,
            share: (weighed.shares[i] as number) / samples,
            signal: (weighed.signals[i] as number) / samples,
          }));
        }),
      );
    },
  };
}

/**
 * p R, which add up to 1, and p R (f - b), of a set with probabilities p when all else has `rest`.
 *
 * With H(T) the probability that the draws after those of T complete the set, A(T) = H(T) / (product of p of what T lacks) is
 * A(T) = sum over t of A(T + t) / (rest + p(S - T)). Then p(s) R(S, s) is A(s) / sum A, and what the second draw has, s being out, is
 * (1 - p(s)) A(s, t) / sum over t of A(s, t). All terms are positive: nothing cancels.
 */
function weights(
  p: Float64Array,
  rest: number,
  f: Float64Array,
): { readonly shares: Float64Array; readonly signals: Float64Array } {
  const k = p.length;
  const completed = completions(p, rest);
  const total = p.reduce((sum, _, s) => sum + (completed[1 << s] as number), 0);
  const shares = p.map((_, s) => (completed[1 << s] as number) / total);
  const signals = shares.map((share, s) => {
    let others = rest;
    let baseline = 0;
    let sum = 0;
    for (let t = 0; t < k; t++)
      if (t !== s) {
        const weight = completed[(1 << s) | (1 << t)] as number;
        others += p[t] as number;
        sum += weight;
        baseline += weight * (f[t] as number);
      }
    // Of a set of one there is nothing to take a baseline from; of a share that is 0 in float64 no baseline is needed.
    if (k === 1) return (f[s] as number) * (rest === 0 ? 0 : 1);
    return sum === 0 ? 0 : share * others * ((f[s] as number) - baseline / sum);
  });
  return { shares, signals };
}

/** A(T) for each subset T, as bits, but for a factor that is the same for all T of a size. */
function completions(p: Float64Array, rest: number): Float64Array {
  const k = p.length;
  const everything = (1 << k) - 1;
  const ascending = p.slice().sort();
  // The least that sets of a size leave: with it for a factor all numbers are within (0, 1], 1 / k! at least for one of each size.
  const least = new Float64Array(k + 1).fill(rest);
  for (let size = k - 1; size >= 0; size--)
    least[size] = (least[size + 1] as number) + (ascending[k - size - 1] as number);
  const left = new Float64Array(everything + 1);
  const result = new Float64Array(everything + 1);
  left[everything] = rest;
  result[everything] = 1;
  for (let set = everything - 1; set >= 0; set--) {
    let sum = 0;
    let size = k;
    for (let t = 0; t < k; t++) {
      if (set & (1 << t)) continue;
      const larger = set | (1 << t);
      left[set] = (left[larger] as number) + (p[t] as number);
      sum += result[larger] as number;
      size--;
    }
    result[set] = (sum / (k - size)) * ((least[size] as number) / (left[set] as number));
  }
  return result;
}
