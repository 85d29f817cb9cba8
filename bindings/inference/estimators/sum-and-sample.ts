import type { Estimator } from "../estimator.ts";
import { onlyListed } from "./accept.ts";
import type { EnumerationOptions } from "./enumeration.ts";
import { checkChoice, Race, smallest, Terms } from "./terms.ts";

/**
 * The k likeliest joint values exactly, the others by sampling: sum over the k of p(z) (f(z) - b) d log p(z), and for a sample z of the
 * others (1 - P) (f(z) - b) d log p(z), P being what the k have together and b the mean of f over the k, a baseline that no sample
 * enters. k + 1 evaluations for a sample, k + 2 S - 1 at most for S: a draw
 * of p that is among the others is one of theirs, and one of the k is not evaluated again. Unbiased; with all joint values exact.
 *
 * (1 - P) f d log q + f d (1 - P) = (1 - P) f d log p for q = p / (1 - P), the law of the others.
 *
 * Liu, Regier, Tripuraneni, Jordan, McAuliffe 2019, "Rao-Blackwellized stochastic gradients for discrete distributions".
 * @param options `k`: how many are summed, 1 or more; `limit`: most joint values of the variables of a row, 65 536 by default, all of
 *   which are listed though not evaluated
 * @throws ArgumentError (k, limit; when used, more joint values than `limit`)
 */
export function sumAndSample(options: { readonly k: number } & EnumerationOptions): Estimator {
  const { k, limit } = checkChoice(options);
  return {
    name: "sum and sample",
    unbiased: true,
    differentiates: false,
    refuses: onlyListed,
    estimate(problem) {
      const terms = new Terms(problem, limit);
      const { rows, samples } = problem;
      const race = new Race(problem, terms.joint.states, "sum and sample");
      const all = Array.from({ length: rows }, (_, row) => {
        const p = terms.joint.probabilities(row);
        const head = smallest(
          p.map((each) => (each > 0 ? -each : Infinity)),
          k,
        );
        const inHead = new Set(head);
        const others = p.map((each, state) => (inHead.has(state) ? 0 : each));
        const rest = others.reduce((sum, each) => sum + each, 0);
        const draws = Array.from({ length: samples }, (_, s) => terms.draw(s, row));
        const known = new Map(draws.map((draw) => [draw.state, draw]).reverse() as [number, (typeof draws)[number]][]);
        const summed = head.map((state) => ({
          ...(known.get(state) ?? terms.ask(state, row)),
          weight: p[state] as number,
        }));
        const sampled =
          rest > 0
            ? draws.map((draw, s) => ({
                ...(inHead.has(draw.state) ? terms.ask(race.first(1, s, row, others)[0] as number, row) : draw),
                weight: rest / samples,
              }))
            : [];
        return { summed, sampled };
      });
      return terms.estimate((row, cost) => {
        const { summed, sampled } = all[row] as (typeof all)[number];
        let [total, mean] = [0, 0];
        for (const term of summed) {
          total += term.weight;
          mean += term.weight * cost(term);
        }
        mean /= total;
        return [...summed, ...sampled].map((term) => ({
          ...term,
          share: term.weight,
          signal: term.weight * (cost(term) - mean),
        }));
      });
    },
  };
}
