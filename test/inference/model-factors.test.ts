import { afterEach, describe, expect, test } from "vitest";
import { Bernoulli, Normal } from "../../bindings/distributions/index.ts";
import { mul, parameter, reshape, sub, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { meanField, type Scope } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { Bench, near, sameGradients } from "./fit-oracle.ts";

// A part of a log density counts once if it is of all of the data, and with the rows' scale if it is of rows, whatever its shape.
// Two bits s of all of the data, 4 points in an enumeration, of 1 to 8 rows: with 4 rows, points and rows look the same.

const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
});

const A = 0.7;
const STATES = [0, 1, 2, 3].map((i) => [i >> 1, i & 1]);
type Say = (p: Scope, s: Tensor, x: Tensor, a: Tensor) => void;

function bench(rows: number, say: Say) {
  const data = { x: Array.from({ length: rows }, (_, i) => Math.sin(i + 1)) };
  const parameters = { a: parameter([], [A]) };
  const made = new Bench({
    density: (p, { x }: { x: Tensor }) =>
      say(p, p.latent("s", new Bernoulli({ logits: [0.3, -0.5] })), x, parameters.a),
    parameters,
    data,
    guide: (m) => meanField(m, data, { key: key(4), spread: 0.8 }),
  });
  open.push(made);
  return { made, x: data.x };
}

const first = (s: Tensor): Tensor => sum(mul(s, tensor([1, 0])), { axis: -1 });
const square = (x: Tensor): Tensor => mul(x, x);

/** Each kind says the same of all rows together: T(s) = sum over rows of a s1 x_i, or a number. */
const KINDS: Readonly<
  Record<string, { say: Say; scaled: boolean; of: (s: readonly number[], a: number, x: number) => number }>
> = {
  "[points] of all": { say: (p, s, _, a) => p.factor("f", mul(a, first(s))), scaled: false, of: ([s], a) => a * s },
  "[] of all": { say: (p, _s, _x, a) => p.factor("f", square(a)), scaled: false, of: (_, a) => a * a },
  "[1] of all": { say: (p, _s, _x, a) => p.factor("f", reshape(square(a), [1])), scaled: false, of: (_, a) => a * a },
  "[rows]": { say: (p, _s, x, a) => p.factor("f", mul(a, x)), scaled: true, of: (_, a, x) => a * x },
  "[1, rows]": {
    say: (p, _s, x, a) => p.factor("f", reshape(mul(a, x), [1, p.rows])),
    scaled: true,
    of: (_, a, x) => a * x,
  },
  "[points, 1]": {
    say: (p, s, _, a) => p.factor("f", mul(a, p.perRow(first(s)))),
    scaled: true,
    of: ([s], a) => a * s,
  },
  "[points, rows]": {
    say: (p, s, x, a) => p.factor("f", mul(mul(a, p.perRow(first(s))), x)),
    scaled: true,
    of: ([s], a, x) => a * s * x,
  },
  "[points, rows, 2]": {
    say: (p, s, x, a) => p.factor("f", mul(mul(a, p.perRow(s)), reshape(x, [p.rows, 1]))),
    scaled: true,
    of: ([s, t], a, x) => a * (s + t) * x,
  },
  "an observation [rows]": {
    say: (p, _s, x, a) => p.observe("f", new Normal({ loc: a, scale: 1 }), x),
    scaled: true,
    of: (_, a, x) => -0.5 * (x - a) ** 2 - 0.5 * Math.log(2 * Math.PI),
  },
  "an observation [points, rows]": {
    say: (p, s, x, a) => p.observe("f", new Normal({ loc: mul(a, p.perRow(first(s))), scale: 1 }), x),
    scaled: true,
    of: ([s], a, x) => -0.5 * (x - a * s) ** 2 - 0.5 * Math.log(2 * Math.PI),
  },
};

describe.each(Object.entries(KINDS))("a factor %s", (_, { say, scaled, of }) => {
  test.each([1, 2, 3, 4, 8])("of %i rows, whole, in pieces, and as a batch", (rows) => {
    const { made, x } = bench(rows, say);
    const odds = made.numbers["s.logits"];
    const p = odds.map((each) => 1 / (1 + Math.exp(-each)));
    const weight = (s: readonly number[]): number => s.reduce((so, on, j) => so * (on ? p[j] : 1 - p[j]), 1);
    const total = (s: readonly number[], a: number, which: readonly number[]): number =>
      scaled ? (rows / which.length) * which.reduce((so, i) => so + of(s, a, x[i]), 0) : of(s, a, 0);
    const all = x.map((_, i) => i);
    for (const [which, chunk, indices] of [
      [all, 100, undefined],
      [all, 3, undefined],
      [all.slice(0, Math.ceil(rows / 2)).reverse(), 2, all.slice(0, Math.ceil(rows / 2)).reverse()],
    ] as const) {
      const { gradient } = made.at(key(2), { chunk, ...(indices && { indices }) });
      const ofA = (a: number): number => STATES.reduce((so, s) => so + weight(s) * total(s, a, which), 0);
      // The gradient by s.logits: dE/dp_j p_j (1 - p_j), and that of the divergence.
      const ofS = [0, 1].map((j) => {
        const given = (on: number): number =>
          STATES.filter((s) => s[j] === on).reduce(
            (so, s) => so + (weight(s) / (on ? p[j] : 1 - p[j])) * total(s, A, which),
            0,
          );
        const divergence = odds[j] - [0.3, -0.5][j];
        return p[j] * (1 - p[j]) * (given(1) - given(0) - divergence);
      });
      sameGradients(
        { a: gradient.a, s: gradient["s.logits"] },
        { a: [(ofA(A + 1e-4) - ofA(A - 1e-4)) / 2e-4], s: ofS },
      );
    }
    const { value, points } = made.drawn(key(2));
    const divergence = p.reduce((so, q, j) => {
      const prior = 1 / (1 + Math.exp(-[0.3, -0.5][j]));
      return so + q * Math.log(q / prior) + (1 - q) * Math.log((1 - q) / (1 - prior));
    }, 0);
    near([value], [total(points.s[0], A, all) - divergence]);
  });
});

describe("a density of another shape is refused before the first step, by name", () => {
  const refused = (rows: number, say: Say): string => {
    try {
      bench(rows, say);
    } catch (error) {
      return String(error);
    }
    throw new Error("nothing was thrown");
  };

  // Three rows or four: as many as the points with which a model is looked at, or as its enumeration has.
  test.each([1, 3, 4, 5])("of %i rows, of which it is looked at with two", (rows) => {
    const looked = 2;
    const dependent = (title: string, shape: string): string =>
      `ShapeError: ${title} fit: expected [points, ...], as it depends on s: a sum over what is behind these alone, got ${shape} of 3 points, ${looked} rows`;
    const cases: [Say, string][] = [
      [(p, s, x) => p.factor("fit", sum(mul(p.perRow(first(s)), x))), dependent("factor", "[]")],
      [(p, s, x) => p.factor("fit", sum(mul(p.perRow(first(s)), x), { axis: 0 })), dependent("factor", `[${looked}]`)],
      [(p, s, x) => p.observe("fit", new Normal({ loc: sum(s), scale: 1 }), x), dependent("observe", `[${looked}]`)],
      [
        (p, s) => p.observe("fit", new Normal({ loc: first(s), scale: 1 }), 0.5),
        `ShapeError: observe fit: expected a log density [points, rows, ...] or [rows] (perRow(...) of what is of all), got [3] of 3 points, ${looked} rows`,
      ],
      [
        (p) => p.factor("fit", tensor(new Float32Array(7))),
        `ShapeError: factor fit: expected a log density [points] or [], got [7] of 3 points, ${looked} rows`,
      ],
    ];
    for (const [say, message] of cases) expect(refused(rows, say)).toBe(message);
  });

  test("a factor that sums over the rows of a latent of rows", () => {
    const data = { x: [1, 2, 3] };
    const make = (by: (z: Tensor) => Tensor): unknown => {
      const density = (p: Scope, { x }: { x: Tensor }): void => {
        const z = p.local("z", new Normal({ loc: 0, scale: 1 }));
        p.observe("x", new Normal({ loc: z, scale: 1 }), x);
        p.factor("all", by(sub(z, 1)));
      };
      return new Bench({ density, data, guide: (m) => meanField(m, data) });
    };
    const message =
      /^ShapeError: factor all: expected \[points, rows, \.\.\.\], as it depends on z: a sum over what is behind these alone, got/;
    for (const by of [(z: Tensor) => sum(z), (z: Tensor) => sum(z, { axis: -1 }), (z: Tensor) => sum(z, { axis: 0 })]) {
      try {
        make(by);
        expect.fail("nothing was thrown");
      } catch (error) {
        expect(String(error)).toMatch(message);
      }
    }
  });
});
