import { mulberry32 } from "./statistics.ts";

/** Naive float64 answers about discrete variables: all joint values one by one, and forward-backward with scaled probabilities. */

export interface PlainFactor {
  readonly variables: readonly number[];
  /** Row-major over the sizes of its variables. */
  readonly table: ArrayLike<number>;
}

export interface Enumerated {
  readonly logSum: number;
  readonly largest: number;
  /** The joint values whose density is the largest, to 1e-9. */
  readonly best: readonly (readonly number[])[];
  readonly marginals: readonly (readonly number[])[];
  /** Of each element of each factor. */
  readonly ofFactors: readonly (readonly number[])[];
  readonly states: readonly (readonly number[])[];
  readonly probabilities: readonly number[];
}

const elementOf = ({ variables }: PlainFactor, sizes: readonly number[], z: readonly number[]): number =>
  variables.reduce((at, v) => at * (sizes[v] as number) + (z[v] as number), 0);

function jointValues(sizes: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const size of sizes) all = all.flatMap((z) => Array.from({ length: size }, (_, k) => [...z, k]));
  return all;
}

export function enumerate(factors: readonly PlainFactor[], sizes: readonly number[]): Enumerated {
  const states = jointValues(sizes);
  const logs = states.map((z) => factors.reduce((sum, f) => sum + (f.table[elementOf(f, sizes, z)] as number), 0));
  const largest = Math.max(...logs);
  const terms = logs.map((log) => (largest === -Infinity ? 0 : Math.exp(log - largest)));
  const total = terms.reduce((a, b) => a + b, 0);
  const probabilities = terms.map((term) => term / total);
  const marginals = sizes.map((size) => new Array<number>(size).fill(0));
  const ofFactors = factors.map(({ table }) => new Array<number>(table.length).fill(0));
  for (const [s, z] of states.entries()) {
    const p = probabilities[s] as number;
    z.forEach((k, v) => {
      ((marginals[v] as number[])[k] as number) += p;
    });
    factors.forEach((f, i) => {
      ((ofFactors[i] as number[])[elementOf(f, sizes, z)] as number) += p;
    });
  }
  const best = states.filter((_, s) => (logs[s] as number) >= largest - 1e-9);
  return { logSum: largest + Math.log(total), largest, best, marginals, ofFactors, states, probabilities };
}

export interface PlainChain {
  readonly length: number;
  readonly states: number;
  readonly initial: (k: number) => number;
  readonly transition: (t: number, i: number, k: number) => number;
  readonly emission: (t: number, k: number) => number;
}

/** Of a chain as factors z_0, ..., z_{T-1}: initial, emissions, transitions. */
export function factorsOfChain({ length, states, initial, transition, emission }: PlainChain): PlainFactor[] {
  const range = Array.from({ length: states }, (_, k) => k);
  const times = Array.from({ length }, (_, t) => t);
  return [
    { variables: [0], table: range.map(initial) },
    ...times.map((t) => ({ variables: [t], table: range.map((k) => emission(t, k)) })),
    ...times.slice(1).map((t) => ({
      variables: [t - 1, t],
      table: range.flatMap((i) => range.map((k) => transition(t - 1, i, k))),
    })),
  ];
}

/** Scaled forward-backward (Rabiner 1989, V.A), in probabilities: for chains whose terms do not underflow in a step. */
export function forwardBackward({ length, states, initial, transition, emission }: PlainChain): {
  logSum: number;
  marginals: number[][];
  pairs: number[][][];
} {
  const range = Array.from({ length: states }, (_, k) => k);
  const alphas: number[][] = [];
  const scales: number[] = [];
  let logSum = 0;
  for (let t = 0; t < length; t++) {
    const before = alphas[t - 1];
    const raw = range.map((k) => {
      const inwards = before
        ? range.reduce((sum, i) => sum + (before[i] as number) * Math.exp(transition(t - 1, i, k)), 0)
        : Math.exp(initial(k));
      return inwards * Math.exp(emission(t, k));
    });
    const scale = raw.reduce((a, b) => a + b, 0);
    logSum += Math.log(scale);
    scales.push(scale);
    alphas.push(raw.map((x) => x / scale));
  }
  let beta = range.map(() => 1);
  const marginals: number[][] = [];
  const pairs: number[][][] = [];
  marginals[length - 1] = alphas[length - 1] as number[];
  for (let t = length - 2; t >= 0; t--) {
    const out = range.map((k) => (Math.exp(emission(t + 1, k)) * (beta[k] as number)) / (scales[t + 1] as number));
    const alpha = alphas[t] as number[];
    pairs[t] = range.map((i) =>
      range.map((k) => (alpha[i] as number) * Math.exp(transition(t, i, k)) * (out[k] as number)),
    );
    beta = range.map((i) => range.reduce((sum, k) => sum + Math.exp(transition(t, i, k)) * (out[k] as number), 0));
    marginals[t] = range.map((i) => (alpha[i] as number) * (beta[i] as number));
  }
  return { logSum, marginals, pairs };
}

/** Uniform numbers on [0, 1) of a seed. */
export function uniforms(seed: number): () => number {
  const next = mulberry32(seed);
  return () => next() / 2 ** 32;
}

const logSum = (terms: readonly number[]): number => {
  const most = Math.max(...terms);
  return most === -Infinity ? most : most + Math.log(terms.reduce((sum, x) => sum + Math.exp(x - most), 0));
};

/** The same with every number a logarithm: whatever the values. */
export function logForwardBackward({ length, states, initial, transition, emission }: PlainChain): {
  logSum: number;
  marginals: number[][];
  pairs: number[][][];
} {
  const range = Array.from({ length: states }, (_, k) => k);
  const alphas = [range.map((k) => initial(k) + emission(0, k))];
  for (let t = 1; t < length; t++)
    alphas.push(
      range.map(
        (k) => emission(t, k) + logSum(range.map((i) => (alphas[t - 1] as number[])[i] + transition(t - 1, i, k))),
      ),
    );
  const betas = [range.map(() => 0)];
  for (let t = length - 2; t >= 0; t--) {
    const [ahead] = betas as [number[]];
    betas.unshift(range.map((i) => logSum(range.map((k) => transition(t, i, k) + emission(t + 1, k) + ahead[k]))));
  }
  const total = logSum(alphas[length - 1] as number[]);
  return {
    logSum: total,
    marginals: alphas.map((alpha, t) => range.map((k) => Math.exp(alpha[k] + (betas[t] as number[])[k] - total))),
    pairs: alphas
      .slice(1)
      .map((_, t) =>
        range.map((i) =>
          range.map((k) =>
            Math.exp(
              (alphas[t] as number[])[i] +
                transition(t, i, k) +
                emission(t + 1, k) +
                (betas[t + 1] as number[])[k] -
                total,
            ),
          ),
        ),
      ),
  };
}
