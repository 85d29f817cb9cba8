import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ArgumentError,
  categorical,
  gumbel,
  type Key,
  key,
  logSumExp,
  type Stream,
  streamCategorical,
  streamLogSumExp,
  streamReservoir,
  streamTopK,
  topK,
} from "../bindings/index.ts";
import { onEveryBuild, useBuild } from "./builds.ts";
import { chiSquare, chiSquarePValue, mulberry32 } from "./reference/statistics.ts";

const k = key(0x57e4);
const ABSENT = Number.NEGATIVE_INFINITY;

/** Rows that make sums cancel, windows change from chunk to chunk, scores tie, and little be present. */
const SHAPES: Record<string, (i: number, random: number) => number> = {
  flat: () => 0.3,
  spread: (_, r) => 3 * r,
  wide: (_, r) => 1e4 * r,
  rising: (i) => i / 3,
  falling: (i) => -i / 3,
  "in cliffs of half a window": (i, r) => 17 * Math.floor(i / 40) + r,
  "about a border of windows": (_, r) => 48 * Math.LN2 - 1.5 + 2 * r,
  "with ties: beside 2^30 the noise vanishes": (_, r) => 2 ** 30 + 128 * Math.round(3 * r),
  "of both reductions of the exponent": (i, r) => 352 + 8 * r - (i % 2) * 30,
  "of both, and negative": (i, r) => -348 + 4 * r - (Math.floor(i / 8) % 2) * 20,
  "in cliffs at the borders of windows": (i, r) => Math.LN2 * (48 * Math.floor(i / 30) + 46 + 2.4 * r),
  "mostly absent": (i, r) => (i % 50 === 7 ? r : ABSENT),
  huge: (_, r) => 3e38 * r,
};

interface Row {
  readonly shape: string;
  readonly logits: Float32Array;
  /** Where it is cut, and in which order the parts are merged. */
  readonly cuts: readonly number[];
  readonly order: readonly number[];
}

const rows: fc.Arbitrary<Row> = fc
  .record({
    shape: fc.constantFrom(...Object.keys(SHAPES)),
    seed: fc.nat(),
    length: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 3000 })),
    parts: fc.array(fc.nat(), { maxLength: 12 }),
    order: fc.infiniteStream(fc.nat()),
  })
  .map(({ shape, seed, length, parts, order }) => {
    const random = mulberry32(seed);
    const f = SHAPES[shape] as (i: number, random: number) => number;
    const logits = Float32Array.from({ length }, (_, i) => f(i, random() / 2 ** 31 - 1));
    const cuts = [0, ...parts.map((part) => part % (length + 1)).sort((a, b) => a - b), length];
    return { shape, logits, cuts, order: [...order.take(40)] };
  });

const chunksOf = ({ logits, cuts }: Row): Float32Array[] =>
  cuts.slice(1).map((end, i) => logits.subarray(cuts[i] as number, end));

/** One stream over all chunks; and one for each chunk, as in a worker, merged in pairs picked by `order`, through JSON. */
function bothWays<State, Result>(
  row: Row,
  make: (offset: number) => Stream<[Float32Array], State, Result>,
  sameState = true,
): Result[] {
  const whole = make(0);
  for (const chunk of chunksOf(row)) whole.push(chunk);
  const parts = chunksOf(row).map((chunk, i) => make(row.cuts[i] as number).push(chunk));
  for (const at of row.order) {
    if (parts.length === 1) break;
    const [taken] = parts.splice(at % parts.length, 1) as [Stream<[Float32Array], State, Result>];
    const into = at % parts.length;
    parts[into] = (parts[into] as Stream<[Float32Array], State, Result>).merge(JSON.parse(JSON.stringify(taken.state)));
  }
  const rest = make(0);
  for (const part of parts) rest.merge(structuredClone(part.state));
  expect(rest.state).toEqual(whole.state);
  if (sameState) expect(make(0).push(row.logits).state).toEqual(whole.state);
  return [whole.result(), rest.result()];
}

const outcome = <T>(call: () => T): T | string => {
  try {
    return call();
  } catch (error) {
    return String(error);
  }
};

onEveryBuild("a stream, in any chunks and merged in any order, has the bits of one call:", () => {
  test("streamCategorical", () => {
    fc.assert(
      fc.property(rows, (row) => {
        const drawn = outcome(() => categorical(k, row.logits)[0] as number);
        const streamed = outcome(() => bothWays(row, (offset) => streamCategorical(k, { offset })));
        expect(streamed, row.shape).toEqual(typeof drawn === "string" ? drawn : [drawn, drawn]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test("streamTopK", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 40 }), (row, count) => {
        const best = Math.min(count, row.logits.length);
        const once = outcome(() => topK(k, row.logits, { k: best }));
        const streamed = outcome(() => bothWays(row, (offset) => streamTopK(k, { k: best, offset })));
        if (typeof once === "string" || typeof streamed === "string") {
          expect(streamed).toEqual(once);
          return;
        }
        for (const { indices, scores } of streamed) {
          expect(Array.from(indices), row.shape).toEqual(Array.from(once.indices));
          expect(scores).toEqual(once.scores);
        }
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test("streamLogSumExp", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(1, 0.1, 0.73, 30, 1e-4, 1e-31), (row, tau) => {
        const once = outcome(() => logSumExp(row.logits, { tau })[0] as number);
        // Beyond 2^32 the largest element decides alone, and what the sum holds does not matter.
        const sameState = row.shape !== "huge" && tau > 1e-30;
        const streamed = outcome(() => bothWays(row, (offset) => streamLogSumExp({ tau, offset }), sameState));
        expect(streamed, `${row.shape}, tau ${tau}`).toEqual(typeof once === "string" ? once : [once, once]);
      }),
      { numRuns: 600, seed: 3 },
    );
  });

  test("streamReservoir keeps the items of the k largest, or all there are", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 40 }), fc.boolean(), (row, count, weighted) => {
        const weights = weighted ? row.logits : new Float32Array(row.logits.length);
        const present = weights.filter((w) => w > ABSENT).length;
        const once = present > 0 ? topK(k, weights, { k: Math.min(count, present) }) : { indices: [], scores: [] };
        const make = (offset: number) => streamReservoir<string>(k, { k: count, offset });
        const [whole, rest] = [make(0), make(0)];
        for (const [i, chunk] of chunksOf({ ...row, logits: weights }).entries()) {
          const from = row.cuts[i] as number;
          const items = Array.from(chunk, (_, j) => `item ${from + j}`);
          const given: [string[], Float32Array?] = weighted ? [items, chunk] : [items];
          whole.push(...given);
          rest.merge(make(from).push(...given).state);
        }
        expect(rest.state).toEqual(whole.state);
        const { items, indices, scores } = rest.result();
        expect(Array.from(indices)).toEqual(Array.from(once.indices));
        expect(Array.from(scores)).toEqual(Array.from(once.scores));
        expect(items).toEqual(Array.from(once.indices, (i) => `item ${i}`));
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});

describe("logSumExp", () => {
  beforeAll(() => void useBuild("simd"));

  // A row whose maximum is above -512 ln 2 has the terms of tame rows, down to -600 ln 2; a chunk of them alone is not tame.
  test("has the same terms on both sides of where the reduction of the argument changes", () => {
    const random = mulberry32(8);
    const logits = Float32Array.from({ length: 400 }, (_, i) => (i < 200 ? -348 : -368) + random() / 2 ** 30 - 2);
    const parts = streamLogSumExp().push(logits.subarray(200)).push(logits.subarray(0, 200));
    expect(parts.state.sums).toEqual(streamLogSumExp().push(logits).state.sums);
    expect(parts.state.window).toBe(streamLogSumExp().push(logits).state.window);
  });

  test("does not depend on the order of its terms, and loses none of 2^20 small ones beside a large one", () => {
    const n = 2 ** 20;
    const logits = Float32Array.from({ length: n }, (_, i) => (i === 0 ? 0 : -20 * Math.LN2));
    const sum = 1 + (n - 1) * Math.exp(Math.fround(-20 * Math.LN2));
    for (const first of [0, 1, 5, 1023, n - 1]) {
      const moved = logits.slice();
      [moved[0], moved[first]] = [moved[first] as number, moved[0] as number];
      expect(logSumExp(moved)).toEqual(logSumExp(logits));
    }
    expect(Math.abs((logSumExp(logits)[0] as number) - Math.log(sum))).toBeLessThan(2e-7);
  });

  test("keeps what a term far below the largest adds to 0", () => {
    for (const x of [-5, -10, -17, -20, -25, -28]) {
      const exact = Math.log1p(Math.exp(x));
      const error = Math.abs((logSumExp([0, x])[0] as number) - exact);
      expect(error).toBeLessThan(3e-7 * exact + 2 ** -48);
    }
  });

  test("is the oracle's to 1.5 ulp for a million terms", () => {
    const logits = gumbel(k, 1_000_000).map((x) => 4 * x);
    const top = logits.reduce((a, b) => Math.max(a, b));
    const exact = top + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - top), 0));
    expect(Math.abs((logSumExp(logits)[0] as number) - exact)).toBeLessThan(
      1.5 * 2 ** (Math.floor(Math.log2(exact)) - 23),
    );
  });
});

describe("a stream", () => {
  beforeAll(() => void useBuild("simd"));

  test("goes on from a state that was saved, and numbers beyond 2^32 are those of the noise", () => {
    const offset = 2 ** 40 + 3;
    const z = gumbel(k, 5000, { offset });
    const stream = streamTopK(k, { k: 3, offset }).push(new Float32Array(2000));
    const resumed = streamTopK(k, { k: 3 }).merge(JSON.parse(JSON.stringify(stream.state)));
    expect(resumed.state.next).toBe(offset + 2000);
    const { indices, scores } = resumed.push(new Float32Array(3000)).result();
    const best = Array.from(z.keys())
      .sort((a, b) => (z[b] as number) - (z[a] as number))
      .slice(0, 3);
    expect(Array.from(indices)).toEqual(best.map((i) => offset + i));
    expect(Array.from(scores)).toEqual(best.map((i) => z[i]));
  });

  test("is as it was after an error, which says where in the stream", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      for (const stream of [streamCategorical(k), streamTopK(k, { k: 2 }), streamLogSumExp()] as const) {
        stream.push([1, 2, ABSENT]);
        const before = JSON.stringify(stream.state);
        const bad = new Float32Array(1000);
        bad[700] = value;
        expect(() => stream.push(bad)).toThrow(
          `logits: expected finite numbers, or -Infinity for an absent category, got ${value} at element 703 of the stream`,
        );
        expect(JSON.stringify(stream.state)).toBe(before);
        stream.push([3]).push([]);
        expect(stream.state.next).toBe(4);
      }
  });

  test("with nothing in it fails as one call does, at its result", () => {
    for (const chunk of [[], [ABSENT], new Float32Array(600).fill(ABSENT)]) {
      expect(() => streamCategorical(k).push(chunk).result()).toThrow("a category above -Infinity in every row");
      expect(() => streamLogSumExp().push(chunk).result()).toThrow("a category above -Infinity in every row");
      expect(() => streamTopK(k, { k: 2 }).push(chunk).push([1]).result()).toThrow("got 2, of which row 0 has fewer");
      expect(streamReservoir(k, { k: 2 }).push(Array.from(chunk), chunk).result().items).toEqual([]);
    }
  });

  test("refuses the state of another", () => {
    const state = streamTopK(k, { k: 2 }).push([1, 2, 3]).state;
    const other: Key = key(1);
    expect(() => streamTopK(other, { k: 2 }).merge(state)).toThrow(ArgumentError);
    expect(() => streamTopK(k, { k: 3 }).merge(state)).toThrow(
      /state: expected a state of key .* and k 3, got .* and k 2/,
    );
    expect(() => streamTopK(k, { k: 2 }).push([1, 2, 3]).merge(state)).toThrow(/not seen, got element \d again/);
    const total = streamLogSumExp({ tau: 2 }).push([1]).state;
    expect(() => streamLogSumExp().merge(total)).toThrow("state: expected a state of tau 1, got tau 2");
    for (const bad of [
      null,
      5,
      {},
      { ...state, scores: [1] },
      { ...state, scores: [1, Number.NaN] },
      { ...state, next: -1 },
    ])
      expect(() => streamTopK(k, { k: 2 }).merge(bad as never)).toThrow(/^(state|state\.\w+): expected /);
    for (const bad of [null, {}, { ...total, sums: [1] }, { ...total, max: Number.NaN }, { ...total, window: 0.5 }])
      expect(() => streamLogSumExp({ tau: 2 }).merge(bad as never)).toThrow(/^(state|state\.\w+): expected /);
  });

  test("refuses a reservoir of a worker that began where another did", () => {
    const worker = (offset: number, w = 0) =>
      streamReservoir<string>(k, { k: 3, offset }).push(["a", "b", "c"], [w, w, w]).state;
    const all = streamReservoir<string>(k, { k: 3 }).merge(worker(0));
    const before = JSON.stringify(all.state);
    expect(() => all.merge(worker(0, 1))).toThrow(/not seen, got element \d again/);
    expect(JSON.stringify(all.state)).toBe(before);
    expect(all.merge(worker(3)).result().items).toHaveLength(3);
  });

  test("shares nothing that can change with the caller, and takes no more of a state than belongs there", () => {
    const saved = { ...structuredClone(streamReservoir<string>(k, { k: 2 }).push(["a", "b"]).state), more: 1 };
    const reservoir = streamReservoir<string>(k, { k: 2 }).merge(saved);
    const total = { ...structuredClone(streamLogSumExp().push([1, 2]).state), more: 1 };
    const sum = streamLogSumExp().merge(total);
    const before = JSON.stringify([reservoir.state, sum.state]);
    expect(before).not.toContain("more");
    Object.assign(saved.items, ["c", "d"]);
    Object.assign(saved.key, { hi: 9 });
    Object.assign(total.sums, [9, 9, 9, 9]);
    expect(JSON.stringify([reservoir.state, sum.state])).toBe(before);
    const parts = [reservoir.state, sum.state, streamLogSumExp().state, streamTopK(k, { k: 2 }).state];
    for (const state of parts)
      for (const part of [state, ...Object.values(state)]) expect(Object.isFrozen(part)).toBe(true);
    Object.assign(saved.key, k);
    const { key: _, ...fields } = streamTopK(k, { k: 2 }).merge(saved as never).state; // a reservoir is a top-k with items
    expect(Object.keys(fields).sort()).toEqual(["indices", "k", "next", "scores"]);
  });

  test("keeps its lists where nothing of a chunk enters", () => {
    const stream = streamTopK(k, { k: 2 }).push([50, 60, 70]);
    const { indices, scores } = stream.state;
    const after = stream.push(new Float32Array(500)).state;
    expect(after.next).toBe(503);
    expect(after.indices).toBe(indices);
    expect(after.scores).toBe(scores);
  });

  // A right reservoir is rejected once in 1e6 keys; the keys are fixed.
  test("a reservoir of 2 of 6 has each pair equally often in 30 000 keys, by chi-square", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 30_000; seed++) {
      const reservoir = streamReservoir<string>(key(seed), { k: 2 }).push(["a", "b"]).push(["c", "d", "e"]).push(["f"]);
      const pair = [...reservoir.result().items].sort().join("");
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(15);
    const statistic = chiSquare([...counts.values()], new Array(15).fill(2000));
    expect(chiSquarePValue(statistic, 14)).toBeGreaterThan(1e-6);
  });
});
