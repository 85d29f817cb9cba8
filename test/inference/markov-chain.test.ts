import { describe, expect, test } from "vitest";
import { Categorical } from "../../bindings/distributions/index.ts";
import { gradientsOf } from "../../bindings/graph/extend.ts";
import {
  backward,
  parameter,
  reshape,
  type Shape,
  slice,
  step,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { enumeration, estimate, MarkovChain, rloo, scoreFunction } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { BUILDS, useBuild } from "../builds.ts";
import { uniforms } from "../reference/exact.ts";
import * as plain from "../reference/markov-chain.ts";
import { chiSquare, chiSquarePValue } from "../reference/statistics.ts";
import { type Case, product, randomCost, table } from "./given.ts";
import { checkMeans } from "./unbiased.ts";

const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

interface Given {
  readonly name: string;
  readonly batch: Shape;
  readonly T: number;
  readonly K: number;
  readonly initial: Shape;
  readonly transition: Shape;
  readonly never?: number;
}

const LAWS: readonly Given[] = [
  { name: "one table", batch: [], T: 4, K: 3, initial: [3], transition: [3, 3] },
  { name: "a table for each time", batch: [], T: 4, K: 2, initial: [2], transition: [3, 2, 2] },
  { name: "a batch with tables of its own", batch: [3], T: 3, K: 2, initial: [3, 2], transition: [3, 2, 2, 2] },
  { name: "a batch that shares a table", batch: [2, 2], T: 3, K: 3, initial: [2, 2, 3], transition: [3, 3] },
  { name: "batches that stretch", batch: [2, 3], T: 3, K: 2, initial: [2, 1, 2], transition: [3, 1, 2, 2] },
  { name: "impossible transitions", batch: [2], T: 4, K: 3, initial: [3], transition: [2, 3, 3, 3], never: 0.3 },
  { name: "one time", batch: [2], T: 1, K: 3, initial: [2, 3], transition: [3, 3] },
  { name: "one state", batch: [], T: 3, K: 1, initial: [1], transition: [1, 1] },
];

type Tables = Pick<Given, "initial" | "transition" | "K" | "never">;

/** Logits of which the first of each row is possible. */
function logitsOf({ initial, transition, K, never = 0 }: Tables, seed: number): [Float32Array, Float32Array] {
  const random = uniforms(seed);
  const fill = (shape: Shape) =>
    Float32Array.from({ length: size(shape) }, (_, i) =>
      i % K > 0 && random() < never ? -Infinity : 4 * random() - 2,
    );
  return [fill(initial), fill(transition)];
}

/** Element of a table whose leading dimensions stretch to those of `whole`: NumPy's rule, index by index. */
const element = (shape: Shape, whole: Shape, index: readonly number[]): number =>
  shape.reduce((at, n, d) => at * n + (n === 1 ? 0 : index[d + whole.length - shape.length]), 0);

function lawsOf({ batch, T, K, initial, transition }: Given, a: ArrayLike<number>, b: ArrayLike<number>) {
  return Array.from({ length: size(batch) }, (_, row): plain.PlainLaw => {
    const index = batch.map((n, d) => Math.floor(row / size(batch.slice(d + 1))) % n);
    return {
      length: T,
      states: K,
      initial: (k) => a[element(initial, [...batch, K], [...index, k])],
      transition: (t, i, k) => b[element(transition, [...batch, T - 1, K, K], [...index, t, i, k])],
    };
  });
}

const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, within = 2e-7): void => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] === expected[i]) continue;
    expect(Math.abs(actual[i] - expected[i]), `element ${i}`).toBeLessThan(within * Math.max(1, Math.abs(expected[i])));
  }
};

/** Central differences of a naive loss with respect to all logits that are finite, 0 for the others. */
function differences(values: readonly Float32Array[], loss: (a: Float64Array, b: Float64Array) => number): number[][] {
  const [a, b] = values.map((each) => new Float64Array(each));
  return [a, b].map((x) =>
    Array.from(x, (at, i) => {
      if (at === -Infinity) return 0;
      const h = 1e-5;
      x[i] = at + h;
      const up = loss(a, b);
      x[i] = at - h;
      const down = loss(a, b);
      x[i] = at;
      return (up - down) / (2 * h);
    }),
  );
}

/** A number of the law, its values and, with random weights, its gradients. */
function checkNode(
  given: Given,
  of: (law: MarkovChain) => Tensor,
  naive: (law: plain.PlainLaw, row: number) => number[],
): void {
  const values = logitsOf(given, 7);
  const { initial, transition, T: length } = given;
  const [a, b] = [parameter(initial, values[0]), parameter(transition, values[1])];
  let weights: number[] = [];
  let gradients: Float32Array[] = [];
  step(() => {
    const node = of(new MarkovChain({ initial: a, transition: b, length }));
    near(node.toArray(), lawsOf(given, ...values).flatMap(naive));
    const random = uniforms(11);
    weights = Array.from({ length: node.size }, () => 2 * random() - 1);
    // What is impossible has a log-probability of -Infinity, and no gradient: 0 of it is asked for.
    weights = weights.map((w, i) => (node.toArray()[i] === -Infinity ? 0 : w));
    gradients = gradientsOf(node, weights, [a, b]);
  });
  const expected = differences(values, (a, b) =>
    lawsOf(given, a, b)
      .flatMap(naive)
      .reduce((so, x, i) => (weights[i] === 0 ? so : so + weights[i] * x), 0),
  );
  for (const [i, gradient] of gradients.entries()) near(gradient, expected[i], 1e-6);
  for (const x of [a, b]) x.dispose();
}

describe.each(LAWS)("a Markov chain with $name", (given) => {
  const { batch, T, K } = given;

  test("has the log-probability of its paths, and its gradient", () => {
    const paths = plain.pathsOf({ length: T, states: K }).slice(0, 9);
    const points = paths.flatMap((path) => Array.from({ length: size(batch) }, () => path).flat());
    // One path for all the batch, and another for each of its members.
    for (const [values, shape] of [
      [paths.at(-1) as number[], [T]],
      [points, [paths.length, ...batch, T]],
    ] as const)
      step(() => {
        const [a, b] = logitsOf(given, 7);
        const law = new MarkovChain({
          initial: tensor(a, given.initial),
          transition: tensor(b, given.transition),
          length: T,
        });
        const laws = lawsOf(given, a, b);
        const log = law.logProb(tensor(values, shape));
        expect(log.shape).toEqual([...shape.slice(0, -1 - (shape.length > 1 ? batch.length : 0)), ...batch]);
        const rows = shape.length > 1 ? paths : [paths.at(-1) as number[]];
        near(
          log.toArray(),
          rows.flatMap((path) => laws.map((each) => plain.logProb(each, path))),
        );
      });
    const path = paths.at(-1) as number[];
    const first = paths[0] as number[];
    for (const each of [path, first])
      checkNode(
        given,
        (law) => law.logProb(tensor(each)),
        (law) => [plain.logProb(law, each)],
      );
  });

  test("has its entropy, and its gradient", () => {
    checkNode(
      given,
      (law) => law.entropy(),
      (law) => [plain.entropy(law)],
    );
  });

  test("has its marginals, and their gradient", () => {
    checkNode(
      given,
      (law) => law.marginals(),
      (law) => plain.marginals(law),
    );
  });

  test("has its likeliest path, and the list of all", () => {
    step(() => {
      const [a, b] = logitsOf(given, 7);
      const law = new MarkovChain({
        initial: tensor(a, given.initial),
        transition: tensor(b, given.transition),
        length: T,
      });
      const all = plain.pathsOf({ length: T, states: K });
      const likeliest = lawsOf(given, a, b).map((own) =>
        all.reduce((best, path) => (plain.logProb(own, path) > plain.logProb(own, best) + 1e-9 ? path : best)),
      );
      expect(law.mode().shape).toEqual([...batch, T]);
      expect([...law.mode().toArray()]).toEqual(likeliest.flat());
      expect(law.enumerateSupport().shape).toEqual([K ** T, ...batch.map(() => 1), T]);
      expect([...law.enumerateSupport().toArray()]).toEqual(all.flat());
    });
  });
});

describe("samples of a Markov chain", () => {
  test("have its law (chi-square; a false alarm in 1000 with another key)", () => {
    const given: Given = { name: "", batch: [2], T: 3, K: 3, initial: [3], transition: [2, 2, 3, 3], never: 0.2 };
    const [a, b] = logitsOf(given, 5);
    const n = 20_000;
    const drawn = step(() =>
      new MarkovChain({ initial: tensor(a), transition: tensor(b, [2, 2, 3, 3]), length: 3 })
        .sample(key(4), { shape: [n] })
        .toArray(),
    );
    for (const [row, law] of lawsOf(given, a, b).entries()) {
      const all = plain.pathsOf(law);
      const counts = all.map(() => 0);
      for (let s = 0; s < n; s++) {
        const from = (2 * s + row) * 3;
        counts[(drawn[from] * 3 + drawn[from + 1]) * 3 + drawn[from + 2]]++;
      }
      const expected = all.map((path) => n * Math.exp(plain.logProb(law, path)));
      const possible = [...all.keys()].filter((i) => expected[i] > 0);
      expect(possible.reduce((so, i) => so + counts[i], 0)).toBe(n);
      const statistic = chiSquare(
        possible.map((i) => counts[i]),
        possible.map((i) => expected[i]),
      );
      expect(chiSquarePValue(statistic, possible.length - 1)).toBeGreaterThan(1e-3);
    }
  });

  test("cut out of a larger batch have the same bits, on every build", () => {
    const all = BUILDS.map((build) => {
      useBuild(build);
      return step(() => {
        const [a, b] = logitsOf({ initial: [6, 3], transition: [6, 4, 3, 3], K: 3 }, 2);
        const of = (first: number, end: number, options: object) =>
          new MarkovChain({
            initial: tensor(a.slice(3 * first, 3 * end), [end - first, 3]),
            transition: tensor(b.slice(36 * first, 36 * end), [end - first, 4, 3, 3]),
            length: 5,
          }).sample(key(6), options);
        const whole = of(0, 6, {}).toArray();
        expect([...of(2, 5, { offset: 2 * 5 }).toArray()]).toEqual([...whole.subarray(10, 25)]);
        // Of several samples too: sample 1 begins after the 30 elements of sample 0.
        const two = of(0, 6, { shape: [2] }).toArray();
        expect([...two.subarray(0, 30)]).toEqual([...whole]);
        expect([...of(0, 6, { offset: 30 }).toArray()]).toEqual([...two.subarray(30)]);
        return two;
      });
    });
    for (const other of all) expect(other).toEqual(all[0]);
  });

  test("are those of Categorical where no state depends on the one before", () => {
    step(() => {
      const random = uniforms(3);
      const rows = Array.from({ length: 6 }, () => Array.from({ length: 4 }, () => 3 * random()));
      const transition = rows
        .slice(1)
        .flatMap((row) => [row, row, row, row])
        .flat();
      const law = new MarkovChain({
        initial: tensor(rows[0]),
        transition: tensor(transition, [5, 4, 4]),
        length: 6,
      });
      const independent = new Categorical({ logits: tensor(rows.flat(), [6, 4]) });
      const options = { shape: [50], offset: 12 };
      expect(law.sample(key(9), options).toArray()).toEqual(independent.sample(key(9), options).toArray());
    });
  });
});

describe("MarkovChain", () => {
  test("is exact for long chains of many states: entropy and marginals of a stationary one", () => {
    step(() => {
      // Each row of the table is one cyclic shift of the same probabilities: uniform is stationary.
      const p = [0.5, 0.25, 0.125, 0.125];
      const logits = [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].map((k) => Math.log(p[(k - i + 4) % 4])));
      const T = 2000;
      const law = new MarkovChain({ initial: [1, 1, 1, 1], transition: tensor(logits, [4, 4]), length: T });
      near(law.entropy().toArray(), [Math.log(4) + (T - 1) * 1.75 * Math.log(2)]);
      near(law.marginals().toArray(), new Array(4 * T).fill(0.25));
      expect(law.hasEnumerateSupport).toBe(false);
      expect(() => law.enumerateSupport()).toThrow(/65536 paths.*4\^2000/);
    });
  });

  test("outside of the support: an error, or -Infinity without a gradient", () => {
    const initial = parameter([2], [0, 1]);
    step(() => {
      const transition = tensor([0, 1, 2, 3], [2, 2]);
      const law = new MarkovChain({ initial, transition, length: 3 });
      expect(() => law.logProb([0, 2, 1])).toThrow(/value: .*an integer from 0 to 1.*2/);
      expect(() => law.logProb([0, 1])).toThrow(/value: .*3/);
      const loose = new MarkovChain({ initial, transition, length: 3, validateArgs: false });
      for (const path of [
        [0, 2, 1],
        [0, 0.5, 1],
        [-1, 0, 0],
        [0, 0, Number.NaN],
      ])
        expect(loose.logProb(path).item()).toBe(-Infinity);
      backward(loose.logProb([0, 2, 1]));
    });
    expect([...initial.grad()]).toEqual([0, 0]);
    initial.dispose();
  });

  test("refuses tables that do not fit", () => {
    step(() => {
      const good = { initial: [0, 0], transition: tensor([0, 0, 0, 0], [2, 2]), length: 3 };
      const make = (change: object) => () => new MarkovChain({ ...good, ...change } as typeof good);
      expect(make({ length: 0 })).toThrow(/length: /);
      expect(make({ length: undefined })).toThrow(/length: /);
      expect(make({ transition: [0, 0, 0, 0] })).toThrow(/transition: .*tensor/);
      expect(make({ transition: tensor([0, 0]) })).toThrow(/transition: .*2 states.*\[2\]/);
      expect(make({ transition: tensor([0, 0, 0], [1, 3]) })).toThrow(/transition: .*2 states.*\[1, 3\]/);
      expect(make({ transition: tensor(new Float32Array(12), [3, 2, 2]) })).toThrow(
        /transition: .*2 before.*\[3, 2, 2\]/,
      );
      expect(make({ initial: [0, Number.NaN] })).toThrow(/initial: .*NaN/);
      expect(make({ transition: tensor([0, 0, -Infinity, -Infinity], [2, 2]) })).toThrow(
        /transition: .*-Infinity.*index 2/,
      );
      expect(
        make({ initial: tensor(new Float32Array(4), [2, 2]), transition: tensor(new Float32Array(24), [3, 2, 2, 2]) }),
      ).toThrow(/transition: .*broadcasts/);
      expect(make({ initail: [0, 0] })).toThrow(/initail/);
    });
  });

  test("goes into an estimate: exact by enumeration, rows by their numbers", () => {
    const f = randomCost(8);
    const cost = (z: Tensor) =>
      tensor(
        Array.from({ length: z.size / 3 }, (_, i) => f([...z.toArray().subarray(3 * i, 3 * i + 3)])),
        [z.shape[0], z.shape[1]],
      );
    const values = logitsOf({ initial: [4, 2], transition: [4, 2, 2, 2], K: 2 }, 3);
    const run = (first: number, end: number, estimator = enumeration()) => {
      const a = parameter([end - first, 2], values[0].slice(2 * first, 2 * end));
      const b = parameter([end - first, 2, 2, 2], values[1].slice(8 * first, 8 * end));
      const costs = step(() => {
        const law = new MarkovChain({ initial: a, transition: b, length: 3 });
        const each = estimate(law, cost, { key: key(3), estimator, samples: 2, firstRow: first });
        backward(sum(each));
        return each.toArray();
      });
      const gradients = [...a.grad(), ...b.grad()];
      for (const x of [a, b]) x.dispose();
      return { costs, gradients };
    };
    const given: Given = { name: "", batch: [4], T: 3, K: 2, initial: [4, 2], transition: [4, 2, 2, 2] };
    const expected = differences(values, (a, b) =>
      lawsOf(given, a, b).reduce(
        (so, law) => so + plain.pathsOf(law).reduce((sum, z) => sum + Math.exp(plain.logProb(law, z)) * f(z), 0),
        0,
      ),
    );
    near(run(0, 4).gradients, expected.flat(), 1e-6);
    for (const estimator of [rloo(), scoreFunction()]) {
      const [whole, part] = [run(0, 4, estimator), run(1, 3, estimator)];
      expect([...part.costs]).toEqual([...whole.costs.subarray(1, 3)]);
      expect(part.gradients).toEqual([...whole.gradients.slice(2, 6), ...whole.gradients.slice(8 + 8, 8 + 24)]);
    }
  });
});

/** Logits of one row: 2 of the first state, [2, 2, 2] of what follows. */
const LOGITS = [0.4, -0.7, 1.1, -0.2, 0.3, 0.9, -1.3, 0.6, 0.1, -0.5];
const lawOf = (values: ArrayLike<number>): plain.PlainLaw => ({
  length: 3,
  states: 2,
  initial: (k) => values[k],
  transition: (t, i, k) => values[2 + (2 * t + i) * 2 + k],
});
const cases: Case[] = plain
  .pathsOf(lawOf(LOGITS))
  .map((z) => ({ weight: Math.exp(plain.logProb(lawOf(LOGITS), z)), draws: [z] }));
const pairs: Case[] = product([cases, cases]).map((two) => ({
  weight: two.reduce((p, { weight }) => p * weight, 1),
  draws: two.map(({ draws: [z] }) => z),
}));
const f = randomCost(21);

/** 1 - p of each choice that was made, -p of those beside it, by the sum over its row. */
function score(values: readonly number[], z: readonly number[]): number[] {
  const gradient = values.map(() => 0);
  const rows = [0, ...[1, 2].map((t) => 2 + (2 * (t - 1) + z[t - 1]) * 2)];
  for (const [t, row] of rows.entries()) {
    const total = Math.exp(values[row]) + Math.exp(values[row + 1]);
    for (const k of [0, 1]) gradient[row + k] = (z[t] === k ? 1 : 0) - Math.exp(values[row + k]) / total;
  }
  return gradient;
}

const shared = {
  parameters: LOGITS,
  law: (parameters: Tensor) => {
    const rows = parameters.shape[0];
    return new MarkovChain({
      initial: slice(parameters, { start: 0, end: 2 }),
      transition: reshape(slice(parameters, { start: 2, end: 10 }), [rows, 2, 2, 2]),
      length: 3,
    });
  },
  cost: table(3, f),
  // The sum of p f d log p over all paths.
  expected: LOGITS.map((_, j) =>
    cases.reduce(
      (so, { weight, draws: [z] }) => so + weight * f([...(z as number[])]) * score(LOGITS, z as number[])[j],
      0,
    ),
  ),
};

checkMeans([
  {
    ...shared,
    name: "score function of a Markov chain, 8 paths",
    estimator: scoreFunction(),
    cases,
    naive: ({ draws: [z] }) => score(LOGITS, z as number[]).map((g) => g * f([...(z as number[])])),
  },
  {
    ...shared,
    name: "RLOO of a Markov chain, pairs of 8 paths",
    estimator: rloo(),
    samples: 2,
    cases: pairs,
    naive: ({ draws: [y, z] }) => {
      const difference = (f([...(y as number[])]) - f([...(z as number[])])) / 2;
      const [a, b] = [score(LOGITS, y as number[]), score(LOGITS, z as number[])];
      return a.map((g, j) => difference * (g - b[j]));
    },
  },
]);
