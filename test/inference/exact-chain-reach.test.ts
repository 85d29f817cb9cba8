import { describe, expect, test } from "vitest";
import { gradientsOf } from "../../bindings/graph/extend.ts";
import { parameter, step, tensor } from "../../bindings/graph/index.ts";
import { chain, sumOut } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { forwardBackward, logForwardBackward, type PlainChain, uniforms } from "../reference/exact.ts";

/** Chains at the edge of what scaled probabilities in double precision reach, and beyond: nothing may be lost. */
interface Given {
  readonly name: string;
  readonly T: number;
  readonly K: number;
  readonly initial: (k: number) => number;
  readonly transition: (i: number, k: number) => number;
  readonly emission: (t: number, k: number) => number;
}

const random = uniforms(19);
const table = Array.from({ length: 4000 }, () => 2 * random() - 1);
const some = (i: number, j: number, scale: number): number =>
  scale * (table[(i * 31 + j * 7) % table.length] as number);
/** Two groups of two states between which there is no way. */
const groups = (i: number, k: number): number => (Math.floor(i / 2) === Math.floor(k / 2) ? some(i, k, 1) : -Infinity);
const isSecond = (k: number): boolean => k >= 2;

const CHAINS: readonly Given[] = [
  {
    name: "emissions thousands apart, all transitions possible",
    T: 60,
    K: 4,
    initial: (k) => some(k, 0, 1),
    transition: (i, k) => some(i, k, 5),
    emission: (t, k) => some(t, k, 3000),
  },
  {
    name: "an initial state that is needed, 5000 below the other",
    T: 5,
    K: 2,
    initial: (k) => -5000 * k,
    transition: (i, k) => some(i, k, 2),
    emission: (t, k) => (t === 0 ? 10_000 * k : some(t, k, 1)),
  },
  {
    name: "transitions 190 apart",
    T: 40,
    K: 3,
    initial: () => 0,
    transition: (i, k) => (i === k ? 0 : -190 + some(i, k, 5)),
    emission: (t, k) => some(t, k, 400),
  },
  {
    name: "transitions 1000 apart",
    T: 20,
    K: 3,
    initial: () => 0,
    transition: (i, k) => (i === k ? 0 : -1000 + some(i, k, 5)),
    emission: (t, k) => some(t, k, 2000),
  },
  {
    name: "a transition 1000 below, which 4 emissions pay for",
    T: 8,
    K: 2,
    initial: (k) => (k === 0 ? 0 : -Infinity),
    transition: (i, k) => (i === k ? 0 : -1000),
    emission: (t, k) => (t > 3 && k === 1 ? 400 : 0),
  },
  {
    name: "a group that is unlikely at first, and in the end the likely one",
    T: 200,
    K: 4,
    initial: () => 0,
    transition: groups,
    emission: (t, k) => (isSecond(k) ? (t < 100 ? -12 : 12.001) : 0) + some(t, k, 1),
  },
  {
    name: "a group that is likely at first, and in the end the unlikely one",
    T: 200,
    K: 4,
    initial: () => 0,
    transition: groups,
    emission: (t, k) => (isSecond(k) ? (t < 100 ? 12 : -12.001) : 0) + some(t, k, 1),
  },
  {
    name: "a group that explains all and cannot be",
    T: 200,
    K: 4,
    initial: (k) => (isSecond(k) ? -Infinity : 0),
    transition: groups,
    emission: (t, k) => (isSecond(k) ? 12 : 0) + some(t, k, 1),
  },
  {
    name: "one emission that decides between groups by 5000",
    T: 10,
    K: 4,
    initial: (k) => (isSecond(k) ? -4000 : 0),
    transition: groups,
    emission: (t, k) => (t === 5 && isSecond(k) ? 4001 : some(t, k, 1)),
  },
  {
    name: "an emission that makes up for one before it, between groups",
    T: 10,
    K: 4,
    initial: () => 0,
    transition: groups,
    emission: (t, k) => (isSecond(k) && (t === 3 || t === 7) ? (t === 3 ? -900 : 901) : some(t, k, 1)),
  },
  {
    name: "one way only, from left to right",
    T: 30,
    K: 5,
    initial: (k) => (k === 0 ? 0 : -Infinity),
    transition: (i, k) => (k === i || k === i + 1 ? some(i, k, 1) : -Infinity),
    emission: (t, k) => some(t, k, 150),
  },
];

const tables = ({ T, K, initial, transition, emission }: Given) => ({
  initial: Float32Array.from({ length: K }, (_, k) => initial(k)),
  transition: Float32Array.from({ length: K * K }, (_, at) => transition(Math.floor(at / K), at % K)),
  emission: Float32Array.from({ length: T * K }, (_, at) => emission(Math.floor(at / K), at % K)),
});

const plain = ({ T, K }: Given, values: ReturnType<typeof tables>): PlainChain => ({
  length: T,
  states: K,
  initial: (k) => values.initial[k] as number,
  transition: (_, i, k) => values.transition[i * K + k] as number,
  emission: (t, k) => values.emission[t * K + k] as number,
});

const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, within = 1e-7): void => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs((actual[i] as number) - (expected[i] as number)), `element ${i}`).toBeLessThanOrEqual(
      within * Math.max(1, Math.abs(expected[i] as number)),
    );
};

describe.each(CHAINS)("a chain with $name", (given) => {
  const { T, K } = given;
  const values = tables(given);
  const truth = logForwardBackward(plain(given, values));
  const options = () => ({
    initial: tensor(values.initial),
    transition: tensor(values.transition, [K, K]),
    emission: tensor(values.emission, [T, K]),
  });

  test("has the answers of log space", () => {
    step(() => {
      const exact = chain(options());
      near(exact.logEvidence.toArray(), [truth.logSum]);
      near(exact.marginals().toArray(), truth.marginals.flat());
      near(exact.pairwise().toArray(), truth.pairs.flat(2));
      const shared = parameter([K, K], values.transition);
      const again = chain({ ...options(), transition: shared });
      const expected = new Array<number>(K * K).fill(0);
      for (const pair of truth.pairs)
        pair.flat().forEach((p, i) => {
          (expected[i] as number) += p;
        });
      near(gradientsOf(again.logEvidence, [1], [shared])[0] as Float32Array, expected);
      shared.dispose();
    });
  });

  test("has a posterior law with its marginals, and samples that are possible", () => {
    step(() => {
      const exact = chain(options());
      const law = exact.posterior();
      near(law.marginals().toArray(), truth.marginals.flat(), 3e-6);
      for (const paths of [exact.sample(key(1), { samples: 20 }), law.sample(key(2), { shape: [20] })]) {
        const states = paths.toArray();
        for (const [at, k] of states.entries()) expect(truth.marginals[at % T]?.[k]).toBeGreaterThan(1e-6);
      }
    });
  });
});

describe("a chain of 10 000 times", () => {
  test("does not drift from log space: the same sum as by elimination, and as scaled in another way", () => {
    const [T, K] = [10_000, 3];
    const next = uniforms(77);
    const fill = (n: number) => Float32Array.from({ length: n }, () => 4 * next() - 8);
    const values = { initial: fill(K), transition: fill(K * K), emission: fill(T * K) };
    const own = plain({ T, K } as Given, values);
    const [scaled, logs] = [forwardBackward(own), logForwardBackward(own)];
    step(() => {
      const [transition, initial] = [tensor(values.transition, [K, K]), tensor(values.initial)];
      const exact = chain({ initial, transition, emission: tensor(values.emission, [T, K]) });
      expect(exact.logEvidence.item()).toBe(Math.fround(logs.logSum));
      near(exact.marginals().toArray(), scaled.marginals.flat());
      const few = 300;
      const names = Array.from({ length: few }, (_, t) => `z${t}`);
      const emission = (t: number) => tensor(values.emission.subarray(t * K, t * K + K));
      const sum = sumOut([
        { variables: ["z0"], table: initial },
        ...names.map((name, t) => ({ variables: [name], table: emission(t) })),
        ...names.slice(1).map((name, t) => ({ variables: [`z${t}`, name], table: transition })),
      ]);
      const short = chain({ initial, transition, emission: tensor(values.emission.subarray(0, few * K), [few, K]) });
      near(short.logEvidence.toArray(), sum.logEvidence.toArray());
    });
  });
});
