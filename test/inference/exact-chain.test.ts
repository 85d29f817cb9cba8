import { describe, expect, test } from "vitest";
import { gradientsOf } from "../../bindings/graph/extend.ts";
import { backward, mul, parameter, type Shape, step, sum, tensor } from "../../bindings/graph/index.ts";
import { type ChainOptions, chain } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { BUILDS, useBuild } from "../builds.ts";
import { enumerate, factorsOfChain, forwardBackward, type PlainChain, uniforms } from "../reference/exact.ts";
import { chiSquare, chiSquarePValue } from "../reference/statistics.ts";

type Random = () => number;

interface Given {
  readonly name: string;
  readonly plates: Shape;
  readonly T: number;
  readonly K: number;
  readonly initial: Shape;
  readonly transition: Shape;
  readonly never?: number;
  readonly lengths?: readonly number[];
}

const CHAINS: readonly Given[] = [
  { name: "one table", plates: [], T: 6, K: 3, initial: [3], transition: [3, 3] },
  { name: "8 times of 3 states in 2 plates", plates: [2], T: 8, K: 3, initial: [3], transition: [3, 3] },
  { name: "tables that change", plates: [3], T: 5, K: 2, initial: [3, 2], transition: [4, 2, 2] },
  { name: "tables of plates", plates: [4], T: 5, K: 2, initial: [2], transition: [4, 1, 2, 2] },
  { name: "tables of plates that change", plates: [2, 2], T: 4, K: 3, initial: [2, 1, 3], transition: [2, 1, 3, 3, 3] },
  { name: "impossible transitions", plates: [3], T: 6, K: 3, initial: [3], transition: [3, 3], never: 0.3 },
  { name: "lengths", plates: [4], T: 6, K: 2, initial: [2], transition: [5, 2, 2], lengths: [6, 1, 3, 2] },
  { name: "one state", plates: [2], T: 7, K: 1, initial: [1], transition: [1, 1] },
  { name: "one time", plates: [2], T: 1, K: 4, initial: [4], transition: [4, 4] },
  { name: "one time and state", plates: [], T: 1, K: 1, initial: [1], transition: [1, 1, 1] },
];

const product = (numbers: readonly number[]): number => numbers.reduce((a, b) => a * b, 1);

function tables(given: Given, random: Random): Record<"initial" | "transition" | "emission", Float32Array> {
  const fill = (shape: Shape, never = 0): Float32Array =>
    Float32Array.from({ length: product(shape) }, () => (random() < never ? -Infinity : 6 * random() - 4));
  return {
    initial: fill(given.initial),
    transition: fill(given.transition, given.never),
    emission: fill([...given.plates, given.T, given.K]),
  };
}

/** Element of a table whose leading dimensions stretch to those of `whole`: NumPy's rule, index by index. */
function element(shape: Shape, whole: Shape, index: readonly number[]): number {
  let at = 0;
  for (const [d, n] of shape.entries())
    at = at * n + (n === 1 ? 0 : (index[d + whole.length - shape.length] as number));
  return at;
}

function plain(given: Given, values: ReturnType<typeof tables>, plate: number): PlainChain & Record<"at", Elements> {
  const { plates, T, K } = given;
  const index = plates.map((n, d) => Math.floor(plate / product(plates.slice(d + 1))) % n);
  const at: Elements = {
    initial: (k) => element(given.initial, [...plates, K], [...index, k]),
    transition: (t, i, k) => element(given.transition, [...plates, T - 1, K, K], [...index, t, i, k]),
    emission: (t, k) => (plate * T + t) * K + k,
  };
  return {
    length: given.lengths?.[plate] ?? T,
    states: K,
    initial: (k) => values.initial[at.initial(k)] as number,
    transition: (t, i, k) => values.transition[at.transition(t, i, k)] as number,
    emission: (t, k) => values.emission[at.emission(t, k)] as number,
    at,
  };
}

interface Elements {
  readonly initial: (k: number) => number;
  readonly transition: (t: number, i: number, k: number) => number;
  readonly emission: (t: number, k: number) => number;
}

const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, within = 1e-7): void => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs((actual[i] as number) - (expected[i] as number)), `element ${i}`).toBeLessThanOrEqual(
      within * Math.max(1, Math.abs(expected[i] as number)),
    );
};

const optionsOf = (given: Given, values: ReturnType<typeof tables>): ChainOptions => ({
  initial: tensor(values.initial, given.initial),
  transition: tensor(values.transition, given.transition),
  emission: tensor(values.emission, [...given.plates, given.T, given.K]),
  ...(given.lengths ? { lengths: given.lengths } : {}),
});

describe.each(CHAINS)("a chain with $name", (given) => {
  const values = tables(given, uniforms(17));
  const count = product(given.plates);
  const { T, K } = given;
  const chains = Array.from({ length: count }, (_, p) => plain(given, values, p));
  const truths = chains.map((own) => enumerate(factorsOfChain(own), Array(own.length).fill(K)));

  test("is the sum over all paths, with its posterior", () => {
    step(() => {
      const exact = chain(optionsOf(given, values));
      expect(exact.logEvidence.shape).toEqual(given.plates);
      near(
        exact.logEvidence.toArray(),
        truths.map(({ logSum }) => logSum),
      );
      const marginals = truths.flatMap((truth) =>
        Array.from({ length: T }, (_, t) => truth.marginals[t] ?? new Array<number>(K).fill(0)).flat(),
      );
      near(exact.marginals().toArray(), marginals);
      if (T === 1) expect(() => exact.pairwise()).toThrow(/emission: .*T = 1/);
      else {
        const pairs = truths.flatMap((truth, p) => {
          const { length } = chains[p] as PlainChain;
          return Array.from({ length: T - 1 }, (_, t) =>
            t < length - 1 ? (truth.ofFactors[1 + length + t] as number[]) : new Array<number>(K * K).fill(0),
          ).flat();
        });
        expect(exact.pairwise().shape).toEqual([...given.plates, T - 1, K, K]);
        near(exact.pairwise().toArray(), pairs);
      }
      const { path, logDensity } = exact.mostLikely();
      near(
        logDensity.toArray(),
        truths.map(({ largest }) => largest),
      );
      expect([...path.toArray()]).toEqual(
        truths.flatMap(({ best }) => Array.from({ length: T }, (_, t) => best[0]?.[t] ?? -1)),
      );
    });
  });

  test("has the posterior for its gradients, of a random weight for each plate", () => {
    const random = uniforms(3);
    const weights = Array.from({ length: count }, () => 2 * random() - 1);
    const expected = {
      initial: new Float64Array(values.initial.length),
      transition: new Float64Array(values.transition.length),
      emission: new Float64Array(values.emission.length),
    };
    for (const [p, { states, probabilities }] of truths.entries()) {
      const { at } = chains[p] as (typeof chains)[number];
      for (const [s, z] of states.entries()) {
        const weight = (weights[p] as number) * (probabilities[s] as number);
        (expected.initial[at.initial(z[0] as number)] as number) += weight;
        z.forEach((k, t) => {
          (expected.emission[at.emission(t, k)] as number) += weight;
          if (t > 0) (expected.transition[at.transition(t - 1, z[t - 1] as number, k)] as number) += weight;
        });
      }
    }
    step(() => {
      const { lengths, ...constants } = optionsOf(given, values);
      const { initial, transition, emission } = constants;
      const all = [initial, transition, emission].map((x) => parameter(x.shape, x.toArray()));
      const [i, t, e] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]];
      const { logEvidence } = chain({ initial: i, transition: t, emission: e, ...(lengths ? { lengths } : {}) });
      const passed = gradientsOf(logEvidence, weights, all);
      backward(sum(mul(logEvidence, tensor(weights, logEvidence.shape))));
      for (const [j, name] of (["initial", "transition", "emission"] as const).entries()) {
        near(passed[j] as Float32Array, expected[name]);
        near((all[j] as (typeof all)[0]).grad(), expected[name], 2e-7);
      }
      for (const x of all) x.dispose();
    });
  });
});

describe("a long chain", () => {
  /** Rows that add up to 1, and emissions of a few units. */
  const long = (T: number, K: number): [Given, ReturnType<typeof tables>] => {
    const given: Given = { name: "", plates: [], T, K, initial: [K], transition: [K, K] };
    return [given, tables(given, uniforms(T))];
  };

  test.each([10, 100, 1000, 5000])("of %d times: error below an ulp of float32, and marginals of 1e-7", (T) => {
    const [given, values] = long(T, 4);
    const truth = forwardBackward(plain(given, values, 0));
    step(() => {
      const exact = chain(optionsOf(given, values));
      expect(exact.logEvidence.item()).toBe(Math.fround(truth.logSum));
      near(exact.marginals().toArray(), truth.marginals.flat());
      near(exact.pairwise().toArray(), truth.pairs.flat(2));
    });
  });

  test("does not underflow where a path is the only one, however unlikely", () => {
    step(() => {
      // Only staying is likely, and only moving explains what is seen.
      const [T, far] = [2000, -1000];
      const emission = Float32Array.from({ length: 2 * T }, (_, i) =>
        i % 2 === Math.floor(i / 2) % 2 ? 0 : -Infinity,
      );
      const exact = chain({
        initial: tensor([0, 0]),
        transition: tensor([0, far, far, 0], [2, 2]),
        emission: tensor(emission, [T, 2]),
      });
      expect(exact.logEvidence.item()).toBe((T - 1) * far);
      expect(exact.sample(key(1)).toArray()).toEqual(exact.mostLikely().path.toArray());
      expect([...exact.marginals().toArray().subarray(0, 4)]).toEqual([1, 0, 0, 1]);
    });
  });
});

describe("chain", () => {
  test("samples have the law of the posterior of paths (chi-square; a false alarm in 1000 with another key)", () => {
    const given: Given = { name: "", plates: [2], T: 4, K: 2, initial: [2], transition: [2, 2], lengths: [4, 3] };
    const values = tables(given, uniforms(23));
    const n = 20_000;
    const paths = step(() => chain(optionsOf(given, values)).sample(key(8), { samples: n }).toArray());
    for (const p of [0, 1]) {
      const own = plain(given, values, p);
      const { probabilities } = enumerate(factorsOfChain(own), Array(own.length).fill(2));
      const counts = probabilities.map(() => 0);
      for (let s = 0; s < n; s++) {
        const path = paths.subarray((2 * s + p) * 4, (2 * s + p + 1) * 4);
        (counts[path.subarray(0, own.length).reduce((at, k) => 2 * at + k, 0)] as number)++;
        if (p === 1) expect(path[3]).toBe(-1);
      }
      const statistic = chiSquare(
        counts,
        probabilities.map((x) => n * x),
      );
      expect(chiSquarePValue(statistic, counts.length - 1)).toBeGreaterThan(1e-3);
    }
  });

  test("takes of equal paths the one whose first states are the lowest", () => {
    step(() => {
      const flat = { initial: tensor([0, 0]), transition: tensor([0, 0, 0, 0], [2, 2]) };
      const path = (emission: number[]) => [
        ...chain({ ...flat, emission: tensor(emission, [3, 2]) })
          .mostLikely()
          .path.toArray(),
      ];
      expect(path([0, 0, 0, 0, 0, 0])).toEqual([0, 0, 0]);
      expect(path([0, 0, 0, 1, 0, 0])).toEqual([0, 1, 0]);
    });
  });

  test("a plate is the same alone, and its samples too, by its number; and on every build", () => {
    const given: Given = { name: "", plates: [3], T: 5, K: 3, initial: [3], transition: [3, 3] };
    const values = tables(given, uniforms(41));
    const all = BUILDS.map((build) => {
      useBuild(build);
      return step(() => {
        const exact = chain(optionsOf(given, values));
        return [exact.logEvidence, exact.marginals(), exact.sample(key(2), { samples: 2 })].map((x) => x.toArray());
      });
    });
    for (const other of all) expect(other).toEqual(all[0]);
    const [sums, marginals, paths] = all[0] as [Float32Array, Float32Array, Float32Array];
    for (let p = 0; p < 3; p++)
      step(() => {
        const emission = values.emission.slice(15 * p, 15 * p + 15);
        const exact = chain(optionsOf({ ...given, plates: [1] }, { ...values, emission }));
        expect(exact.logEvidence.item()).toBe(sums[p]);
        expect(exact.marginals().toArray()).toEqual(marginals.subarray(15 * p, 15 * p + 15));
        const alone = exact.sample(key(2), { samples: 2, firstRow: p });
        expect([...alone.toArray()]).toEqual(
          [0, 1].flatMap((s) => [...paths.subarray((3 * s + p) * 5, (3 * s + p + 1) * 5)]),
        );
      });
  });

  test("impossible evidence is -Infinity with NaN for its posterior, and spoils no other plate", () => {
    step(() => {
      const emission = parameter([2, 2, 2], [0, 0, 0, 0, 0, 0, -Infinity, -Infinity]);
      const exact = chain({ initial: tensor([0, 0]), transition: tensor([0, 0, 0, 0], [2, 2]), emission });
      expect([...exact.logEvidence.toArray()]).toEqual([Math.fround(Math.log(4)), -Infinity]);
      const marginals = [...exact.marginals().toArray()];
      near(marginals.slice(0, 4), [0.5, 0.5, 0.5, 0.5]);
      expect(marginals.slice(4)).toEqual(Array(4).fill(Number.NaN));
      // What is asked about the possible plate alone has an answer.
      const [some] = gradientsOf(exact.logEvidence, [1, 0], [emission]);
      near(some as Float32Array, [0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0]);
      const [both] = gradientsOf(exact.logEvidence, [1, 1], [emission]);
      expect([...(both as Float32Array)].map(Number.isNaN)).toEqual([...Array(4).fill(false), ...Array(4).fill(true)]);
      expect(() => exact.mostLikely()).toThrow(/logEvidence: .*-Infinity in plate 1/);
      expect(() => exact.sample(key(1))).toThrow(/logEvidence: .*-Infinity in plate 1/);
      emission.dispose();
    });
  });

  test("refuses tables that do not fit", () => {
    step(() => {
      const good = {
        initial: tensor([0, 0]),
        transition: tensor([0, 0, 0, 0], [2, 2]),
        emission: tensor(new Float32Array(12), [2, 3, 2]),
      };
      const make = (change: object) => () => chain({ ...good, ...change } as ChainOptions);
      expect(make({ emission: tensor([0, 0]) })).toThrow(/emission: .*\[\.\.\.plates, T, K\]/);
      expect(make({ initial: tensor([0, 0, 0]) })).toThrow(/initial: .*\[2, 2\].*\[3\]/);
      expect(make({ initial: tensor([0]) })).toThrow(/initial: .*2 states.*\[1\]/);
      expect(make({ transition: tensor([0, 0], [1, 2]) })).toThrow(/transition: .*2 states/);
      expect(make({ transition: tensor(new Float32Array(12), [3, 2, 2]) })).toThrow(
        /transition: .*\[2, 2, 2, 2\].*\[3, 2, 2\]/,
      );
      expect(make({ transition: tensor([0, Number.NaN, 0, 0], [2, 2]) })).toThrow(/transition: .*NaN at element 1/);
      expect(make({ emission: [0, 1] })).toThrow(/emission: .*tensor/);
      expect(make({ lengths: [3] })).toThrow(/lengths: .*2 plates/);
      expect(make({ lengths: [3, 4] })).toThrow(/lengths\[1\]: .*1 to 3/);
      expect(make({ lengths: 3 })).toThrow(/lengths: /);
      expect(make({ masks: 3 })).toThrow(/masks/);
      const options = { samples: 0 };
      expect(() => chain(good).sample(key(1), options)).toThrow(/samples/);
      expect(() => chain(good).sample({} as never)).toThrow(/key/);
    });
  });
});
