import { expect, test } from "vitest";
import { neuralSort, relaxedTopK, sinkhorn, softSort, type Values } from "../../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor, tensor } from "../../../bindings/graph/index.ts";
import { key, normal, uniform } from "../../../bindings/index.ts";
import { onEveryBuild } from "../../builds.ts";
import { derivative } from "../quadrature.ts";
import * as oracle from "./oracle.ts";

interface Structure {
  readonly name: string;
  /** The shape of one x, and of one y. */
  readonly event: readonly number[];
  readonly result: readonly number[];
  readonly run: (x: Values, options: { readonly tau?: Values; readonly hard?: boolean }) => Tensor;
  readonly oracle: (x: readonly number[], tau: number) => number[];
}

const topK = (n: number, k: number): Structure => ({
  name: `relaxedTopK, ${k} of ${n}`,
  event: [n],
  result: [n],
  run: (x, options) => relaxedTopK(x, { k, ...options }),
  oracle: (x, tau) => oracle.relaxedTopK(x, tau, k),
});

const sink = (n: number, iterations: number): Structure => ({
  name: `sinkhorn of ${n}, ${iterations} iterations`,
  event: [n, n],
  result: [n, n],
  run: (x, options) => sinkhorn(x, { iterations, ...options }),
  oracle: (x, tau) => oracle.sinkhorn(x, tau, iterations),
});

const sort = (name: "softSort" | "neuralSort", n: number): Structure => ({
  name: `${name} of ${n}`,
  event: [n],
  result: [n, n],
  run: name === "softSort" ? softSort : neuralSort,
  oracle: name === "softSort" ? oracle.softSort : oracle.neuralSort,
});

const STRUCTURES: readonly Structure[] = [
  topK(1, 1),
  topK(2, 1),
  topK(5, 2),
  topK(7, 7),
  topK(9, 4),
  sink(1, 3),
  sink(2, 1),
  sink(3, 20),
  sink(5, 6),
  sort("softSort", 1),
  sort("softSort", 2),
  sort("softSort", 6),
  sort("neuralSort", 1),
  sort("neuralSort", 2),
  sort("neuralSort", 7),
];

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const random = (n: number, seed: number, scale = 1): Float32Array => normal(key(seed), n).map((x) => scale * x);

/** Within 4e-6 of double precision, relative above 1. */
function expectClose(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  for (const [i, y] of expected.entries())
    expect(Math.abs((got[i] as number) - y), `element ${i}: ${got[i]}, not ${y}`).toBeLessThanOrEqual(
      4e-6 * Math.max(1, Math.abs(y)),
    );
}

/** y of a batch of x and temperatures, and the gradients of sum(w y). */
function differentiate(s: Structure, x: Float32Array, taus: readonly number[], w: Float32Array, hard = false) {
  const xs = parameter([taus.length, ...s.event], x);
  const tau = parameter([taus.length], taus);
  const value = step(() => {
    const y = s.run(xs, { tau, hard });
    backward(sum(mul(y, tensor(w, y.shape))));
    return y.toArray();
  });
  const [dx, dtau] = [xs.grad(), tau.grad()];
  xs.dispose();
  tau.dispose();
  return { value, dx, dtau };
}

const evaluate = (s: Structure, x: Float32Array, tau: number, hard = false): Float32Array =>
  step(() => s.run(tensor(x, s.event), { tau, hard }).toArray());

onEveryBuild("relaxed structures", () => {
  test.each(STRUCTURES)("$name and its gradients, each row at its temperature", (s) => {
    const taus = [0.01, 0.2, 0.5, 1, 3, 10].map(Math.fround);
    const [size, area] = [sizeOf(s.event), sizeOf(s.result)];
    const [x, w] = [random(taus.length * size, 1), random(taus.length * area, 2)];
    // The first row close together, or it would be all but hard.
    for (let i = 0; i < size; i++) (x[i] as number) *= 0.01;
    const { value, dx, dtau } = differentiate(s, x, taus, w);
    const rows = taus.map((tau, row) => ({
      tau,
      x: [...x.subarray(row * size, (row + 1) * size)],
      loss: (x: readonly number[], tau: number): number =>
        s.oracle(x, tau).reduce((total, y, i) => total + y * (w[row * area + i] as number), 0),
    }));
    expectClose(
      value,
      rows.flatMap(({ x, tau }) => s.oracle(x, tau)),
    );
    expectClose(
      dx,
      rows.flatMap(({ x, tau, loss }) =>
        x.map((at, i) => derivative((v) => loss([...x.slice(0, i), v, ...x.slice(i + 1)], tau), at, gapOf(x, i, tau))),
      ),
    );
    expectClose(
      dtau,
      rows.map(({ x, tau, loss }) => derivative((t) => loss(x, t), tau, tau / 16)),
    );
  });

  /** A difference that does not change the order: sorting has kinks at equals. Subsets vary over tau². */
  const gapOf = (x: readonly number[], i: number, tau: number): number =>
    Math.min(tau / 8, tau ** 2 / 8, ...x.flatMap((v, j) => (j === i ? [] : [Math.abs(v - (x[i] as number)) / 2])));

  test.each(STRUCTURES)("$name, hard: the limit of a low temperature, and the gradient of the relaxed one", (s) => {
    const [size, area] = [sizeOf(s.event), sizeOf(s.result)];
    const x = random(size, 3);
    const hard = evaluate(s, x, 1, true);
    expect(hard.every((y) => y === 0 || y === 1)).toBe(true);
    if (!s.name.startsWith("sinkhorn")) expectClose(evaluate(s, x, 1e-5), [...hard]);
    const w = random(area, 4);
    const [soft, through] = [false, true].map((flag) => differentiate(s, x, [0.7], w, flag));
    expect(through?.value).toEqual(hard);
    expect(through?.dx).toEqual(soft?.dx);
    expect(through?.dtau).toEqual(soft?.dtau);
    if (size > 1 && !s.name.includes("7 of 7")) expect(soft?.dx.some((d) => d !== 0)).toBe(true);
  });

  test.each(STRUCTURES)("$name at a high temperature is uniform", (s) => {
    const y = evaluate(s, random(sizeOf(s.event), 5), 1e7);
    const total = s.name.startsWith("relaxedTopK") ? Number(s.name.split(" ")[1]) : 1;
    for (const v of y) expect(v).toBeCloseTo(total / (s.event[0] as number), 5);
  });

  test.each(STRUCTURES)("$name is finite, with its gradients, from 1e-3 to 10, with equals and at ±1e4", (s) => {
    const [size, area] = [sizeOf(s.event), sizeOf(s.result)];
    const taus = [1e-3, 1e-2, 0.1, 1, 10];
    const patterns: ((i: number) => number)[] = [
      () => 0,
      (i) => (i % 2 ? 1e4 : -1e4),
      (i) => (i % 3) * 5e3,
      (i) => -1e4 + i * 1e-3,
      (i) => [1e4, 1e4, -1e4, 0, 0][i % 5] as number,
    ];
    for (const pattern of patterns) {
      const x = Float32Array.from({ length: taus.length * size }, (_, i) => pattern(i % size));
      const { value, dx, dtau } = differentiate(s, x, taus, random(taus.length * area, 6));
      for (const numbers of [value, dx, dtau]) expect(numbers.every(Number.isFinite)).toBe(true);
    }
  });

  test("rows of sorts and columns of sinkhorn add up to 1, and its rows after enough iterations; a subset to k", () => {
    const sums = (y: Float32Array, n: number, along: (i: number) => number): number[] => {
      const totals = Array.from({ length: n }, () => 0);
      for (const [i, v] of y.entries()) (totals[along(i)] as number) += v;
      return totals;
    };
    const ones = Array.from({ length: 6 }, () => 1);
    for (const run of [softSort, neuralSort]) {
      const y = step(() => run(random(6, 7), { tau: 0.3 }).toArray());
      expectClose(
        sums(y, 6, (i) => Math.floor(i / 6)),
        ones,
      );
    }
    const y = step(() => sinkhorn(tensor(random(36, 8), [6, 6]), { tau: 0.5, iterations: 300 }).toArray());
    expectClose(
      sums(y, 6, (i) => Math.floor(i / 6)),
      ones,
    );
    expectClose(
      sums(y, 6, (i) => i % 6),
      ones,
    );
    for (const tau of [0.01, 0.4, 5]) {
      const subset = step(() => relaxedTopK(random(6, 9), { k: 4, tau }).toArray());
      expectClose([subset.reduce((a, b) => a + b, 0)], [4]);
    }
  });

  test("scores in another order: the same with its columns in that order", () => {
    const [n, order] = [6, [3, 0, 5, 1, 4, 2]];
    const x = random(n, 10);
    const moved = Float32Array.from(order, (i) => x[i] as number);
    for (const hard of [false, true]) {
      for (const run of [softSort, neuralSort]) {
        const [a, b] = step(() => [x, moved].map((scores) => run(scores, { tau: 0.4, hard }).toArray()));
        const expected = Array.from({ length: n * n }, (_, e) => a?.[n * Math.floor(e / n) + (order[e % n] as number)]);
        expectClose(b as Float32Array, expected as number[]);
      }
      const [a, b] = step(() => [x, moved].map((scores) => relaxedTopK(scores, { k: 2, tau: 0.4, hard }).toArray()));
      expectClose(
        b as Float32Array,
        order.map((i) => a?.[i] as number),
      );
    }
  });

  test("of equal scores the lowest index comes first when hard, and they share when relaxed", () => {
    const scores = [1, 3, 3, 3, 0];
    step(() => {
      expect([...relaxedTopK(scores, { k: 2, hard: true }).toArray()]).toEqual([0, 1, 1, 0, 0]);
      expectClose(relaxedTopK(scores, { k: 2, tau: 1e-2 }).toArray(), [0, 2 / 3, 2 / 3, 2 / 3, 0]);
      for (const run of [softSort, neuralSort]) {
        const y = run(scores, { hard: true }).toArray();
        const places = [0, 1, 2, 3, 4].map((i) => y.subarray(5 * i, 5 * i + 5).indexOf(1));
        expect(places).toEqual([1, 2, 3, 0, 4]);
      }
      expectClose(softSort(scores, { tau: 1e-2 }).toArray().subarray(0, 5), [0, 1 / 3, 1 / 3, 1 / 3, 0]);
    });
  });

  test("a score of -Infinity is never chosen, and gets no gradient", () => {
    const x = parameter([4], [0.5, -Infinity, 1, -0.25]);
    for (const k of [1, 2, 3]) {
      const y = step(() => {
        const chosen = relaxedTopK(x, { k, tau: 0.5 });
        backward(sum(mul(chosen, tensor([1, -2, 3, 0.5]))));
        return chosen.toArray();
      });
      expect(y[1]).toBe(0);
      expectClose([y[0], y[2], y[3]] as number[], oracle.relaxedTopK([0.5, 1, -0.25], 0.5, k));
      expect(x.grad()[1]).toBe(0);
      expect(x.grad().every(Number.isFinite)).toBe(true);
    }
    expect([...step(() => relaxedTopK(x, { k: 3, hard: true }).toArray())]).toEqual([1, 0, 1, 1]);
    x.dispose();
  });

  test("one temperature for all, one x for many temperatures, and matrices of batches", () => {
    step(() => {
      const x = tensor(random(24, 11), [2, 3, 4]);
      expect(softSort(x, { tau: [1, 2, 3] }).shape).toEqual([2, 3, 4, 4]);
      expect(relaxedTopK(random(4, 12), { k: 2, tau: [1, 2, 3] }).shape).toEqual([3, 4]);
      const apart = [1, 2, 3].map((tau) => relaxedTopK(random(4, 12), { k: 2, tau }).toArray());
      expect(relaxedTopK(random(4, 12), { k: 2, tau: [1, 2, 3] }).toArray()).toEqual(
        Float32Array.from(apart.flatMap((row) => [...row])),
      );
      const squares = tensor(random(32, 13), [2, 4, 4]);
      expect(sinkhorn(squares).shape).toEqual([2, 4, 4]);
      expect(sinkhorn(squares)).not.toBe(squares);
    });
  });

  test("sinkhorn, hard: the best of all permutations", () => {
    for (let n = 1; n <= 6; n++)
      for (let seed = 0; seed < 40; seed++) {
        // Every fourth of small integers: many are equally good, and one of them has to come out.
        const noise = uniform(key(100 * n + seed), n * n);
        const x = seed % 4 ? noise : noise.map((u) => Math.floor(3 * u));
        const y = evaluate(sink(n, 1), x, 1, true);
        const worth = (columns: readonly number[]): number =>
          columns.reduce((total, j, i) => total + (x[i * n + j] as number), 0);
        const columns = Array.from({ length: n }, (_, i) => y.subarray(i * n, (i + 1) * n).indexOf(1));
        expect([...columns].sort()).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(y.reduce((a, b) => a + b, 0)).toBe(n);
        expect(worth(columns)).toBeCloseTo(Math.max(...oracle.permutations(n).map(worth)), 12);
      }
  });

  test("sinkhorn at a low temperature, after enough iterations, is the best permutation", () => {
    const x = random(25, 14);
    const s = sink(5, 2000);
    // At a low temperature the error falls like 1 / iterations only.
    const permutation = evaluate(s, x, 0.01, true);
    for (const [i, y] of evaluate(s, x, 0.01).entries())
      expect(Math.abs(y - (permutation[i] as number))).toBeLessThan(1e-3);
  });

  test("sinkhorn, hard, of equals is the identity, and of a large matrix a permutation", () => {
    const n = 200;
    const equal = evaluate(sink(n, 1), new Float32Array(n * n).fill(2.5), 1, true);
    const large = evaluate(sink(n, 1), random(n * n, 15), 1, true);
    for (let i = 0; i < n; i++) {
      expect(equal[i * n + i]).toBe(1);
      const [row, column] = [0, 1].map((by) => Array.from({ length: n }, (_, j) => large[by ? j * n + i : i * n + j]));
      for (const line of [row, column]) expect(line?.reduce((a = 0, b = 0) => a + b, 0)).toBe(1);
    }
  });
});
