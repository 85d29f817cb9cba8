import { describe, expect, test } from "vitest";
import { gradientsOf } from "../../bindings/graph/extend.ts";
import { backward, mul, parameter, step, sum, tensor } from "../../bindings/graph/index.ts";
import { orderOf } from "../../bindings/inference/exact/elimination.ts";
import { type LogFactor, mixture, sumOut } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { BUILDS, useBuild } from "../builds.ts";
import { enumerate, type PlainFactor, uniforms } from "../reference/exact.ts";
import { chiSquare, chiSquarePValue } from "../reference/statistics.ts";

type Random = () => number;
const product = (numbers: readonly number[]): number => numbers.reduce((a, b) => a * b, 1);

interface Model {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly scopes: readonly (readonly number[])[];
}

/** A random tree: each variable after the first hangs on one before it, the two in either order. */
function tree(random: Random, sizes: readonly number[]): number[][] {
  const edges = sizes.slice(1).map((_, i) => {
    const edge = [i + 1, Math.floor(random() * (i + 1))];
    return random() < 0.5 ? edge : edge.reverse();
  });
  return [...edges, ...sizes.map((_, v) => [v])];
}

const seeded = uniforms(31);
const pairs: [number, number][] = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
];
const MODELS: readonly Model[] = [
  { name: "a tree of 12 bits", sizes: Array(12).fill(2), scopes: tree(seeded, Array(12).fill(2)) },
  { name: "a tree of 7 ternary variables", sizes: Array(7).fill(3), scopes: tree(seeded, Array(7).fill(3)) },
  { name: "a tree of mixed sizes", sizes: [4, 1, 3, 2, 5], scopes: tree(seeded, [4, 1, 3, 2, 5]) },
  { name: "a loop of 4", sizes: [2, 3, 4, 2], scopes: pairs },
  { name: "a triple and a loop", sizes: [2, 3, 2, 2, 3], scopes: [[2, 0, 1], [3, 2], [4, 3], [0, 4], [1]] },
  { name: "two parts, and a constant", sizes: [3, 2, 2], scopes: [[0], [1, 2], []] },
  { name: "one variable of one value", sizes: [1], scopes: [[0]] },
];

/** Log values over several units, some of them -Infinity. */
const tableOf = (random: Random, size: number, never = 0): Float32Array =>
  Float32Array.from({ length: size }, () => (random() < never ? -Infinity : 8 * random() - 5));

const named = (v: number): string => `z${v}`;

function tablesOf({ sizes, scopes }: Model, random: Random, plates: number, never = 0): Float32Array[] {
  return scopes.map((scope) => tableOf(random, plates * product(scope.map((v) => sizes[v] as number)), never));
}

const factorsOf = ({ sizes, scopes }: Model, tables: readonly Float32Array[], plates: number): LogFactor[] =>
  scopes.map((scope, f) => ({
    variables: scope.map(named),
    table: tensor(tables[f] as Float32Array, [plates, ...scope.map((v) => sizes[v] as number)]),
  }));

const plainOf = ({ scopes }: Model, tables: readonly Float32Array[], plates: number, plate: number): PlainFactor[] =>
  scopes.map((variables, f) => {
    const table = tables[f] as Float32Array;
    const size = table.length / plates;
    return { variables, table: table.subarray(plate * size, (plate + 1) * size) };
  });

const near = (actual: ArrayLike<number>, expected: readonly number[], within = 1e-7): void => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs((actual[i] as number) - (expected[i] as number)), `element ${i}`).toBeLessThanOrEqual(
      within * Math.max(1, Math.abs(expected[i] as number)),
    );
};

describe.each(MODELS)("sumOut of $name", (model) => {
  const plates = 3;
  test.each([0, 0.06])("is the sum over all joint values, with -Infinity in %f of them", (never) => {
    const random = uniforms(77);
    const tables = tablesOf(model, random, plates, model.sizes.length > 1 ? never : 0);
    const truths = Array.from({ length: plates }, (_, p) => enumerate(plainOf(model, tables, plates, p), model.sizes));
    const possible = truths.map(({ logSum }) => logSum > -Infinity);
    expect(possible).toContain(true);
    step(() => {
      const parameters = tables.map((values, f) =>
        parameter([plates, ...(model.scopes[f] as readonly number[]).map((v) => model.sizes[v] as number)], values),
      );
      const factors = parameters.map((table, f) => ({ variables: (model.scopes[f] as number[]).map(named), table }));
      const exact = sumOut(factors);
      const values = exact.logEvidence.toArray();
      const ups = [0.5, -2, 1.25];
      const gradients = gradientsOf(exact.logEvidence, ups, parameters);
      for (const [p, truth] of truths.entries()) {
        if (!possible[p]) expect(values[p]).toBe(-Infinity);
        else near([values[p] as number], [truth.logSum]);
        for (const [f, expected] of truth.ofFactors.entries()) {
          const own = (gradients[f] as Float32Array).subarray(p * expected.length, (p + 1) * expected.length);
          if (possible[p])
            near(
              own,
              expected.map((x) => x * (ups[p] as number)),
            );
          else expect([...own].every(Number.isNaN)).toBe(true);
        }
        for (const [v, expected] of truth.marginals.entries()) {
          const own = exact
            .marginal(named(v))
            .toArray()
            .subarray(p * expected.length, (p + 1) * expected.length);
          if (possible[p]) near(own, expected);
          else expect([...own].every(Number.isNaN)).toBe(true);
        }
      }
      if (possible.every(Boolean)) {
        const { values: best, logDensity } = exact.mostLikely();
        near(
          logDensity.toArray(),
          truths.map(({ largest }) => largest),
        );
        for (const [p, truth] of truths.entries()) {
          expect(truth.best).toHaveLength(1);
          expect(model.sizes.map((_, v) => best[named(v)]?.toArray()[p])).toEqual(truth.best[0]);
        }
      } else expect(() => exact.mostLikely()).toThrow(/logEvidence: .*-Infinity in plate/);
      for (const table of parameters) table.dispose();
    });
  });
});

describe("sumOut", () => {
  test("has the gradient that finite differences of the enumerated sum have, with a random weight for each plate", () => {
    const model = MODELS[4] as Model;
    const random = uniforms(9);
    const tables = tablesOf(model, random, 2);
    const weights = [random() - 0.5, 2 * random()];
    const loss = (): number =>
      weights.reduce((total, w, p) => total + w * enumerate(plainOf(model, tables, 2, p), model.sizes).logSum, 0);
    const gradients = step(() => {
      const parameters = factorsOf(model, tables, 2).map(({ table }) => parameter(table.shape, table.toArray()));
      const { logEvidence } = sumOut(
        parameters.map((table, f) => ({ variables: (model.scopes[f] as number[]).map(named), table })),
      );
      backward(sum(mul(logEvidence, tensor(weights))));
      return parameters.map((p) => p.grad());
    });
    for (const [f, table] of tables.entries())
      for (let i = 0; i < table.length; i++) {
        const at = table[i] as number;
        const step = 2 ** -9; // exact in float32 beside values of a few units
        table[i] = at + step;
        const [up, above] = [loss(), table[i] as number];
        table[i] = at - step;
        const [down, below] = [loss(), table[i] as number];
        table[i] = at;
        expect(gradients[f]?.[i]).toBeCloseTo((up - down) / (above - below), 5);
      }
  });

  test("adds up over plates what shares a table, and plates broadcast", () => {
    const random = uniforms(4);
    const [shared, rows, columns] = [tableOf(random, 6), tableOf(random, 4 * 2), tableOf(random, 3 * 3)];
    step(() => {
      const table = parameter([2, 3], shared);
      const { logEvidence } = sumOut([
        { variables: ["a", "b"], table },
        { variables: ["a"], table: tensor(rows, [4, 1, 2]) },
        { variables: ["b"], table: tensor(columns, [3, 3]) },
      ]);
      expect(logEvidence.shape).toEqual([4, 3]);
      backward(sum(logEvidence));
      const expected = new Array<number>(6).fill(0);
      for (let i = 0; i < 4; i++)
        for (let j = 0; j < 3; j++) {
          const truth = enumerate(
            [
              { variables: [0, 1], table: shared },
              { variables: [0], table: rows.subarray(2 * i, 2 * i + 2) },
              { variables: [1], table: columns.subarray(3 * j, 3 * j + 3) },
            ],
            [2, 3],
          );
          near([logEvidence.toArray()[3 * i + j] as number], [truth.logSum]);
          truth.ofFactors[0]?.forEach((p, k) => {
            (expected[k] as number) += p;
          });
        }
      near(table.grad(), expected);
      table.dispose();
    });
  });

  test("stays exact where values are thousands apart", () => {
    step(() => {
      const { logEvidence } = sumOut([
        { variables: ["a"], table: tensor([0, -5000]) },
        { variables: ["a", "b"], table: tensor([-9000, -9001, -20, -30], [2, 2]) },
      ]);
      expect(logEvidence.item()).toBe(Math.fround(-5020 + Math.log1p(Math.exp(-10))));
    });
  });

  test("eliminates a tree of 300 variables leaf by leaf, and a star from its rim", () => {
    const random = uniforms(8);
    const sizes = Array(300).fill(4);
    step(() => {
      const scopes = tree(random, sizes);
      const model = { name: "", sizes, scopes };
      const { logEvidence } = sumOut(factorsOf(model, tablesOf(model, random, 1), 1), { limit: 16 });
      expect(Number.isFinite(logEvidence.item())).toBe(true);
    });
    const star = [
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4],
    ];
    expect(orderOf(star, 5).indexOf(0)).toBeGreaterThanOrEqual(3);
  });

  test("takes the lowest of equals", () => {
    step(() => {
      const { values } = sumOut([{ variables: ["a", "b"], table: tensor([0, 1, 1, 0], [2, 2]) }]).mostLikely();
      // Both have the density; b, eliminated last, comes first.
      expect([values.a?.item(), values.b?.item()]).toEqual([1, 0]);
    });
  });

  test("samples have the law of the posterior (chi-square; a false alarm in 1000 with another key)", () => {
    const model = {
      name: "",
      sizes: [2, 3, 2],
      scopes: [
        [0, 1],
        [1, 2],
        [2, 0],
      ],
    };
    const tables = tablesOf(model, uniforms(12), 1, 0.15);
    const truth = enumerate(plainOf(model, tables, 1, 0), model.sizes);
    const n = 20_000;
    const drawn = step(() => {
      const samples = sumOut(factorsOf(model, tables, 1)).sample(key(3), { samples: n });
      return model.sizes.map((_, v) => samples[named(v)]?.toArray() as Float32Array);
    });
    const counts = truth.states.map(() => 0);
    for (let s = 0; s < n; s++)
      (counts[((drawn[0]?.[s] as number) * 3 + (drawn[1]?.[s] as number)) * 2 + (drawn[2]?.[s] as number)] as number)++;
    const possible = [...counts.keys()].filter((i) => (truth.probabilities[i] as number) > 0);
    expect(possible.length).toBeLessThan(counts.length);
    expect(possible.reduce((total, i) => total + (counts[i] as number), 0)).toBe(n);
    const statistic = chiSquare(
      possible.map((i) => counts[i] as number),
      possible.map((i) => n * (truth.probabilities[i] as number)),
    );
    expect(chiSquarePValue(statistic, possible.length - 1)).toBeGreaterThan(1e-3);
  });

  test("a plate is the same alone, and its samples too, by its number; and on every build", () => {
    const model = MODELS[5] as Model;
    const tables = tablesOf(model, uniforms(6), 4);
    const all = BUILDS.map((build) => {
      useBuild(build);
      return step(() => {
        const exact = sumOut(factorsOf(model, tables, 4));
        const samples = exact.sample(key(9), { samples: 3 });
        return [exact.logEvidence, exact.marginal("z1"), ...Object.values(samples)].map((x) => x.toArray());
      });
    });
    for (const other of all) expect(other).toEqual(all[0]);
    const [sums, marginals, ...samples] = all[0] as Float32Array[];
    for (let p = 0; p < 4; p++)
      step(() => {
        const own = tables.map((table) => table.slice((p * table.length) / 4, ((p + 1) * table.length) / 4));
        const exact = sumOut(factorsOf(model, own, 1));
        expect(exact.logEvidence.item()).toBe(sums?.[p]);
        expect(exact.marginal("z1").toArray()).toEqual(marginals?.subarray(2 * p, 2 * p + 2));
        const alone = exact.sample(key(9), { samples: 3, firstRow: p });
        for (const [v, x] of Object.values(alone).entries())
          expect([...x.toArray()]).toEqual([0, 1, 2].map((s) => samples[v]?.[4 * s + p]));
      });
  });

  test("refuses what is not a list of factors of one joint density", () => {
    step(() => {
      const bit = tensor([0, 1]);
      const wide = tensor(new Float32Array(9), [3, 3]);
      const make =
        (...factors: unknown[]) =>
        () =>
          sumOut(factors as LogFactor[]);
      expect(make()).toThrow(/factors/);
      expect(make({ variables: ["a"], table: bit }, { variables: ["a", "b"], table: wide })).toThrow(
        /factors\[1\]\.table: .*2 values of a.*3/,
      );
      expect(make({ variables: ["a", "b"], table: bit })).toThrow(/factors\[0\]\.table: .*each of a, b/);
      expect(make({ variables: ["a", "a"], table: wide })).toThrow(/factors\[0\]\.variables\[1\]: .*once/);
      expect(make({ variables: [""], table: bit })).toThrow(/factors\[0\]\.variables\[0\]/);
      expect(make({ variables: "a", table: bit })).toThrow(/factors\[0\]\.variables/);
      expect(make({ variables: ["a"], table: [0, 1] })).toThrow(/factors\[0\]\.table: .*tensor/);
      expect(make({ variables: ["a"], tabel: bit })).toThrow(/tabel/);
      expect(make({ variables: ["a"], table: tensor([0, Number.NaN]) })).toThrow(
        /factors\[0\]\.table.*NaN at element 1/,
      );
      expect(make({ variables: ["a"], table: tensor([Infinity, 0]) })).toThrow(/factors\[0\]\.table.*Infinity/);
      expect(
        make({ variables: ["a"], table: wide }, { variables: ["a"], table: tensor(new Float32Array(6), [2, 3]) }),
      ).toThrow(/factors\[1\]\.table: .*broadcasts/);
      const loop = pairs.map((pair) => ({ variables: pair.map(named), table: wide }));
      expect(() => sumOut(loop, { limit: 26 })).toThrow(/factors: .*at most 26.*z1, z3, z0: 3 × 3 × 3 = 27/);
      expect(sumOut(loop, { limit: 27 }).logEvidence.item()).toBeCloseTo(4 * Math.log(3), 6);
      expect(() => sumOut(loop).marginal("y")).toThrow(/variable: .*z0, z1, z2, z3.*y/);
    });
  });
});

describe("mixture", () => {
  test("is the log of a weighted sum, its gradients are the responsibilities", () => {
    const random = uniforms(2);
    const densities = tableOf(random, 5 * 3, 0.2);
    const weights = tableOf(random, 3);
    step(() => {
      const [w, d] = [parameter([3], weights), parameter([5, 3], densities)];
      const { logEvidence, responsibilities } = mixture(w, d);
      const truths = Array.from({ length: 5 }, (_, p) =>
        enumerate(
          [
            { variables: [0], table: weights },
            { variables: [0], table: densities.subarray(3 * p, 3 * p + 3) },
          ],
          [3],
        ),
      );
      near(
        logEvidence.toArray(),
        truths.map(({ logSum }) => logSum),
      );
      const shares = truths.flatMap(({ marginals }) => marginals[0] as number[]);
      near(responsibilities().toArray(), shares);
      backward(sum(logEvidence));
      near(d.grad(), shares);
      near(
        w.grad(),
        [0, 1, 2].map((k) => [0, 1, 2, 3, 4].reduce((total, p) => total + (shares[3 * p + k] as number), 0)),
      );
      for (const x of [w, d]) x.dispose();
      expect(() => mixture(tensor([0, 1]), tensor([0, 1, 2]))).toThrow(/logDensities: .*2 components.*\[3\]/);
    });
  });
});
