import { logGamma } from "../../reference/statistics.ts";
import { FALSE_ALARM, type Outcome } from "../outcome.ts";

/**
 * P(X <= hits) or P(X >= hits), X binomial, whichever is asked for: terms from `hits` outwards, each from the one before, until the rest
 * is nothing beside them. Exact but for the rounding of the first logarithm, 1e-7 relative at n = 1e9.
 */
export function binomialTail(hits: number, n: number, chance: number, side: "at most" | "at least"): number {
  const odds = chance / (1 - chance);
  const first = Math.exp(
    logGamma(n + 1) -
      logGamma(hits + 1) -
      logGamma(n - hits + 1) +
      hits * Math.log(chance) +
      (n - hits) * Math.log1p(-chance),
  );
  let [term, sum] = [first, first];
  if (side === "at most")
    for (let k = hits; k > 0 && term > sum * 1e-17; k--) {
      term *= k / (odds * (n - k + 1));
      sum += term;
    }
  else
    for (let k = hits; k < n && term > sum * 1e-17; k++) {
      term *= (odds * (n - k)) / (k + 1);
      sum += term;
    }
  return Math.min(1, sum);
}

/** The number of draws of which something of the given chance is true: twice the smaller tail. */
export function hitsTest(name: string, hits: number, draws: number, chance: number): Outcome {
  const expected = draws * chance;
  const certain = chance <= 0 || chance >= 1;
  const side = hits < expected ? "at most" : "at least";
  return {
    name,
    draws,
    statistic: `hits, ${Number(expected.toPrecision(6))} expected (binomial)`,
    value: hits,
    threshold: FALSE_ALARM,
    p: certain ? Number(hits === expected) : Math.min(1, 2 * binomialTail(hits, draws, chance, side)),
  };
}
