import { afterEach, describe, expect, test } from "vitest";
import { Bernoulli, Normal, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { add, mul, parameter, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { Batches } from "../../bindings/inference/fit/batches.ts";
import { disarm, type FitOptions, meanField, rloo } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { Bench, near, sameGradients } from "./fit-oracle.ts";

const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
});

const X = [-1.3, 0.4, 2.2, 0.9, -0.6, 1.7, 0.2];

/** Numbers and bits of each row, a number and a category of all. */
function bench(options: Partial<FitOptions> = {}) {
  const data = { x: X };
  const parameters = { a: parameter([2], [0.7, -0.4]) };
  const made = new Bench({
    density: (p, { x }: { x: Tensor }) => {
      const mu = p.latent("mu", new Normal({ loc: 0, scale: 1 }));
      const g = p.latent("g", new OneHotCategorical({ logits: [0.2, -0.1] }));
      const h = p.local("h", new Normal({ loc: p.perRow(mu), scale: 0.8 }));
      const b = p.local("b", new Bernoulli({ logits: tensor([0.3, -0.2], [1, 2]) }));
      const loc = add(
        add(h, sum(mul(b, parameters.a), { axis: -1 })),
        p.perRow(sum(mul(g, parameters.a), { axis: -1 })),
      );
      p.observe("x", new Normal({ loc, scale: 0.9 }), x);
      p.factor("of all", mul(mu, sum(mul(g, parameters.a), { axis: -1 })));
    },
    parameters,
    data,
    guide: (m) => meanField(m, data, { key: key(2), spread: 0.5 }),
    options,
  });
  open.push(made);
  return made;
}

describe("a batch in pieces", () => {
  test.each<[string, Partial<FitOptions>]>([
    ["enumeration", {}],
    ["DisARM of rows, RLOO of all", { estimator: { b: disarm(), g: rloo() }, samples: 2 }],
  ])("%s: the same noise, bound and gradients, to rounding", (_, options) => {
    const made = bench(options);
    const whole = made.at(key(3));
    for (const chunk of [3, 2, 1]) {
      const cut = made.at(key(3), { chunk });
      near([cut.value], [whole.value], 1e-6);
      sameGradients(cut.gradient, whole.gradient, 1e-6);
      // Numbers of all are the same in each piece; those of rows are side by side.
      const count = Math.ceil(X.length / chunk);
      const runs = whole.points.mu.length;
      expect(cut.points.mu.map(([first]) => first)).toEqual(
        Array.from({ length: count }, () => whole.points.mu.map(([first]) => first)).flat(),
      );
      const first = (i: number): readonly number[] => cut.points.h[i * runs].slice(0, cut.points.h[i * runs].length);
      const side = Array.from({ length: count }, (_, i) => first(i)).flat();
      expect(side).toEqual(whole.points.h[0]);
    }
  });
});

describe("batches", () => {
  test("the mean over all batches of an order of the data is the bound and gradient of the whole", () => {
    // Without numbers of rows, whose noise goes by the place in the batch.
    const data = { x: X.slice(0, 6) };
    const parameters = { a: parameter([], [0.7]) };
    const made = new Bench({
      density: (p, { x }: { x: Tensor }) => {
        const mu = p.latent("mu", new Normal({ loc: 0.2, scale: 1 }));
        const b = p.local("b", new Bernoulli({ logits: p.perRow(mu) }));
        p.observe("x", new Normal({ loc: add(mul(b, parameters.a), p.perRow(mu)), scale: 0.9 }), x);
        p.factor("of all", mul(mu, parameters.a));
      },
      parameters,
      data,
      guide: (m) => meanField(m, data, { key: key(2), spread: 0.5 }),
    });
    open.push(made);
    const whole = made.at(key(4)).gradient;
    for (const batches of [
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [
        [5, 1],
        [0, 4],
        [3, 2],
      ],
      [[4], [2], [0], [1], [3], [5]],
    ]) {
      const each = batches.map((indices) => made.at(key(4), { indices, chunk: 2 }).gradient);
      const mean = Object.fromEntries(
        Object.keys(whole).map((name) => [
          name,
          whole[name].map((_, i) => each.reduce((so, g) => so + g[name][i], 0) / each.length),
        ]),
      );
      sameGradients(mean, whole, 3e-6);
    }
  });

  test("a row that is in a batch twice counts twice", () => {
    const made = bench();
    const { gradient } = made.at(key(4), { indices: [2, 2] });
    for (const i of X.keys()) expect(gradient["b.logits"][2 * i] !== 0).toBe(i === 2);
  });

  test.each([
    [10, 3],
    [7, 5],
    [5, 4],
    [6, 2],
  ])("%i rows, %i at a time: each order of the data takes each row once, by key and step alone", (rows, batch) => {
    const batches = new Batches(key(1), rows, batch);
    const taken = Array.from({ length: rows * 4 }, (_, step) => [...(batches.at(step) as Uint32Array)]);
    const all = taken.flat();
    const orders = Array.from({ length: Math.floor(all.length / rows) }, (_, i) => all.slice(i * rows, (i + 1) * rows));
    for (const order of orders)
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
    expect(new Set(orders.map(String)).size).toBeGreaterThan(2);
    // From the middle, as after a resume, and back.
    const other = new Batches(key(1), rows, batch);
    for (const step of [7, 3, 0, rows * 4 - 1]) expect([...(other.at(step) as Uint32Array)]).toEqual(taken[step]);
    expect([...(new Batches(key(2), rows, batch).at(0) as Uint32Array)].length).toBe(batch);
  });

  test("every order is as likely as any other", () => {
    // 24 orders of 4 rows, 4800 keys: chi-square with 23 degrees of freedom exceeds 58.6 once in 20 000 choices of keys.
    const counts = new Map<string, number>();
    for (let i = 0; i < 1600; i++) {
      const batches = new Batches(key(i), 4, 2);
      for (let epoch = 0; epoch < 3; epoch++) {
        const order = [0, 1].flatMap((s) => [...(batches.at(2 * epoch + s) as Uint32Array)]).join("");
        counts.set(order, (counts.get(order) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(24);
    expect([...counts.values()].reduce((so, n) => so + (n - 200) ** 2 / 200, 0)).toBeLessThan(58.6);
  });

  test("all rows are a batch in order", () => expect(new Batches(key(1), 5, 5).at(3)).toBeUndefined());
});
