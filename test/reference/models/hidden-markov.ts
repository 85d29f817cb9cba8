import { logFactorial, normalized, sum } from "./log-space.ts";
import { climb, type EmOptions } from "./mixture.ts";

/** A chain of hidden states 0 to K - 1. */
export interface Chain {
  readonly initial: readonly number[];
  /** p(to | from), [from][to]. */
  readonly transition: readonly (readonly number[])[];
}

export interface Smoothed {
  readonly logLikelihood: number;
  /** p(state at t | all observations), [T][K]. */
  readonly marginals: number[][];
  /** p(states at t and t + 1 | all observations), [T - 1][K][K]. */
  readonly pairs: number[][][];
}

/**
 * Forward-backward with probabilities scaled to add up to 1 at each time (Rabiner 1989, section V.A), from
 * log p(observation at t | state), [T][K].
 */
export function forwardBackward(
  { initial, transition }: Chain,
  logEmissions: readonly (readonly number[])[],
): Smoothed {
  const T = logEmissions.length;
  let logLikelihood = 0;
  // Emissions over the largest of their time, which underflow nowhere that matters.
  const emissions = logEmissions.map((row) => {
    const largest = Math.max(...row);
    logLikelihood += largest;
    return row.map((log) => Math.exp(log - largest));
  });
  const forward: number[][] = [];
  const scales: number[] = [];
  for (let t = 0; t < T; t++) {
    const before = forward[t - 1];
    const row = initial.map((first, to) => {
      const prior = before ? sum(before.map((p, from) => p * at(transition, from, to))) : first;
      return prior * at(emissions, t, to);
    });
    scales.push(sum(row));
    forward.push(normalized(row));
    logLikelihood += Math.log(scales[t] as number);
  }
  const backward: number[][] = [];
  backward[T - 1] = initial.map(() => 1);
  for (let t = T - 2; t >= 0; t--) {
    backward[t] = initial.map(
      (_, from) =>
        sum(initial.map((_, to) => at(transition, from, to) * at(emissions, t + 1, to) * at(backward, t + 1, to))) /
        (scales[t + 1] as number),
    );
  }
  return {
    logLikelihood,
    marginals: forward.map((row, t) => row.map((p, state) => p * at(backward, t, state))),
    pairs: forward
      .slice(0, -1)
      .map((row, t) =>
        row.map((p, from) =>
          initial.map(
            (_, to) =>
              (p * at(transition, from, to) * at(emissions, t + 1, to) * at(backward, t + 1, to)) /
              (scales[t + 1] as number),
          ),
        ),
      ),
  };
}

/** The probabilities that a step of the chain leaves as they are: p = p Γ, from p (I - Γ + 1) = 1. */
export function stationary(transition: readonly (readonly number[])[]): number[] {
  const rows = transition.map((_, to) => [
    ...transition.map((row, from) => (from === to ? 1 : 0) - (row[to] as number) + 1),
    1,
  ]);
  return solve(rows);
}

/** Gauss-Jordan of [K][K + 1] rows, the right side last. */
function solve(rows: number[][]): number[] {
  for (const [i] of rows.entries()) {
    const pivot = rows.reduce(
      (best, row, r) => (r >= i && Math.abs(row[i] as number) > Math.abs(at(rows, best, i)) ? r : best),
      i,
    );
    [rows[i], rows[pivot]] = [rows[pivot] as number[], rows[i] as number[]];
    const own = rows[i] as number[];
    for (const [r, row] of rows.entries()) {
      if (r === i) continue;
      const factor = (row[i] as number) / (own[i] as number);
      own.forEach((value, c) => {
        row[c] = (row[c] as number) - factor * value;
      });
    }
  }
  return rows.map((row, i) => (row.at(-1) as number) / (row[i] as number));
}

const at = (matrix: readonly (readonly number[])[], row: number, col: number): number =>
  (matrix[row] as readonly number[])[col] as number;

/** Observations are counts; `rates[k]` their mean in state k. */
export interface PoissonChain extends Chain {
  readonly rates: readonly number[];
}
/** Observations are 0 to M - 1; `emission[k][m]` = p(m | state k). Two columns make the Bernoulli one. */
export interface CategoricalChain extends Chain {
  readonly emission: readonly (readonly number[])[];
}

export const poissonEmissions = (counts: readonly number[], rates: readonly number[]): number[][] =>
  counts.map((x) => rates.map((rate) => x * Math.log(rate) - rate - logFactorial(x)));
export const categoricalEmissions = (symbols: readonly number[], emission: CategoricalChain["emission"]): number[][] =>
  symbols.map((x) => emission.map((row) => Math.log(row[x] as number)));

export const smoothPoisson = (model: PoissonChain, counts: readonly number[]): Smoothed =>
  forwardBackward(model, poissonEmissions(counts, model.rates));
export const smoothCategorical = (model: CategoricalChain, symbols: readonly number[]): Smoothed =>
  forwardBackward(model, categoricalEmissions(symbols, model.emission));

/** Baum-Welch; the first state's probabilities are parameters too, and go to one state when there is one sequence. */
export const fitPoissonChain = (start: PoissonChain, counts: readonly number[], options: EmOptions = {}) =>
  climb(
    start,
    (model: PoissonChain) => smoothPoisson(model, counts),
    (smoothed): PoissonChain => ({
      ...chainOf(smoothed),
      rates: weigh(smoothed.marginals, counts).map(({ total, of }) => of((x) => x) / total),
    }),
    options,
  );
export const fitCategoricalChain = (start: CategoricalChain, symbols: readonly number[], options: EmOptions = {}) =>
  climb(
    start,
    (model: CategoricalChain) => smoothCategorical(model, symbols),
    (smoothed): CategoricalChain => ({
      ...chainOf(smoothed),
      emission: weigh(smoothed.marginals, symbols).map(({ total, of }, k) =>
        (start.emission[k] as readonly number[]).map((_, m) => of((x) => (x === m ? 1 : 0)) / total),
      ),
    }),
    options,
  );

const chainOf = ({ marginals, pairs }: Smoothed): Chain => ({
  initial: marginals[0] as number[],
  transition: transitionsOf(pairs).map(normalized),
});

/** Expected number of steps from each state to each. */
const transitionsOf = (pairs: readonly number[][][]): number[][] =>
  (pairs[0] as number[][]).map((row, from) => row.map((_, to) => sum(pairs.map((step) => at(step, from, to)))));

const weigh = (marginals: readonly number[][], x: readonly number[]) =>
  (marginals[0] as number[]).map((_, k) => ({
    total: sum(marginals.map((row) => row[k] as number)),
    of: (value: (x: number) => number): number =>
      sum(marginals.map((row, t) => (row[k] as number) * value(x[t] as number))),
  }));

/**
 * d log-likelihood, by Fisher's identity (the expected gradient of the complete log-likelihood): of logits whose
 * softmax is `initial` and the rows of `transition` (any, they differ by a constant), and of the logs of the rates.
 */
export function poissonChainGradient(model: PoissonChain, counts: readonly number[]) {
  const { marginals, pairs } = smoothPoisson(model, counts);
  return {
    initial: model.initial.map((p, k) => at(marginals, 0, k) - p),
    transition: transitionsOf(pairs).map((row, from) => {
      const steps = sum(row);
      return row.map((step, to) => step - steps * at(model.transition, from, to));
    }),
    logRates: weigh(marginals, counts).map(({ of }, k) => of((x) => x - (model.rates[k] as number))),
  };
}
