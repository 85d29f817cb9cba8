// Estimates within the costs of estimates: each layer is credited with what it caused, through networks and other layers.

import { describe, expect, test } from "vitest";
import { Bernoulli, Categorical, Normal } from "../../bindings/distributions/index.ts";
import {
  add,
  backward,
  mul,
  parameter,
  reshape,
  slice,
  step,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "../../bindings/graph/index.ts";
import { estimate, estimateFrom } from "../../bindings/inference/estimate.ts";
import type { Factor } from "../../bindings/inference/factor.ts";
import { disarm, type Estimator, enumeration, pathwise, rloo, scoreFunction } from "../../bindings/inference/index.ts";
import type { Source } from "../../bindings/inference/source.ts";
import { key } from "../../bindings/random/index.ts";
import { categories, softmax } from "../reference/antithetic.ts";
import { sigmoid } from "../reference/estimators.ts";
import { ESTIMATORS, FAMILIES, takes } from "./all.ts";
import { product } from "./given.ts";

/** What a unit of a layer is made of in one case: a uniform number, or the normal one of a node. */
interface Cell {
  readonly weight: number;
  readonly u: number;
}

/** A layer whose noise in case r, the same at all points of the layers above it, is cells[sample][r][unit]. */
class Layer implements Source {
  readonly #cells: readonly (readonly (readonly Cell[])[])[];

  constructor(cells: readonly (readonly (readonly Cell[])[])[]) {
    this.#cells = cells;
  }

  sample(factor: Factor, samples: number): Tensor {
    const logits = factor.logits.toArray();
    const u = this.#numbers(factor, samples);
    const cols = logits.length / factor.size;
    const draws = Float32Array.from(u, (each, i) => {
      const at = (i % factor.size) * cols;
      if (factor.kind === "binary") return logits[at] + logit(each) > 0 ? 1 : 0;
      return chosen(softmax([...logits.subarray(at, at + cols)]), each);
    });
    return tensor(draws, [samples, ...factor.shape]);
  }

  rsample(factor: Factor, samples: number): Tensor {
    const { loc, scale } = factor.law as unknown as { loc: Tensor; scale: Tensor };
    return add(loc, mul(scale, tensor(Float32Array.from(this.#numbers(factor, samples)), [samples, ...factor.shape])));
  }

  noise(factor: Factor, _: string, __: string, samples: number): Float32Array {
    return Float32Array.from(this.#numbers(factor, samples), logit);
  }

  #numbers({ size }: Factor, samples: number): number[] {
    return Array.from({ length: samples * size }, (_, i) => {
      const rows = this.#cells[Math.floor(i / size)];
      const units = rows[0].length;
      return rows[Math.floor((i % size) / units) % rows.length][i % units].u;
    });
  }
}

const logit = (u: number): number => Math.log(u / (1 - u));

function chosen(probs: readonly number[], u: number): number {
  let k = 0;
  for (let so = probs[0]; u >= so && k < probs.length - 1; so += probs[k]) k++;
  return k;
}

/** The middles of the intervals between points where a sample of the unit, or its antithetic one, becomes another. */
function cellsBetween(jumps: readonly number[]): Cell[] {
  const edges = [0, ...[...jumps].sort((a, b) => a - b), 1];
  return edges.slice(1).flatMap((end, i) => {
    const weight = end - edges[i];
    return weight > 1e-9 ? [{ weight, u: (end + edges[i]) / 2 }] : [];
  });
}

const bothWays = (logits: readonly number[]): Cell[] => cellsBetween(logits.flatMap((l) => [sigmoid(l), sigmoid(-l)]));

/** Parameters, each [rows, ...shape] so that every case has its own. */
type Values = Readonly<Record<string, readonly number[]>>;

/** The weighted mean of the gradients of the cases. */
function meanGradient(
  values: Values,
  weights: readonly number[],
  run: (p: Readonly<Record<string, Tensor>>) => Tensor,
) {
  const rows = weights.length;
  const p = Object.fromEntries(
    Object.entries(values).map(([name, row]) => [
      name,
      parameter([rows, row.length], Array.from({ length: rows }, () => row).flat()),
    ]),
  );
  step(() => backward(sum(run(p))));
  return Object.fromEntries(
    Object.entries(p).map(([name, each]) => {
      const g = each.grad();
      each.dispose();
      return [
        name,
        values[name].map((_, j, { length }) => weights.reduce((so, w, r) => so + w * g[r * length + j], 0)),
      ];
    }),
  );
}

/** Central differences in double precision. */
const slopesOf = (values: Values, f: (values: Values) => number): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, row]) => [
      name,
      row.map((x, j) => {
        const h = 1e-4;
        const at = (by: number): number => f({ ...values, [name]: row.map((y, i) => (i === j ? x + by * h : y)) });
        return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
      }),
    ]),
  );

function expectClose(mean: Values, expected: Values): void {
  const scale = Math.hypot(...Object.values(expected).flat());
  for (const [name, row] of Object.entries(expected))
    for (const [j, x] of row.entries()) expect(Math.abs(mean[name][j] - x) / scale, `${name}[${j}]`).toBeLessThan(1e-6);
}

const bitsOf = (n: number): number[][] => categories(Array.from({ length: n }, () => 2));

describe("bits, a network, a bit, a category", () => {
  const values: Values = {
    theta: [0.4, -0.9],
    v: [1.2, -0.7],
    w: [0.8, -1.1],
    t: [0.25],
    q: [0.6, -0.5, 0.2],
    r: [-0.3, 0.4, 0.1],
    s: [1.3],
  };
  const ofA = ({ theta }: Values): number[] => [...theta];
  const ofB = ({ v, w, t }: Values, a: readonly number[]): number =>
    t[0] + a.reduce((so, each, i) => so + w[i] * Math.tanh(v[i] * each + 0.3), 0);
  const ofC = ({ q, r }: Values, b: number): number[] => r.map((each, k) => each + q[k] * b);

  function exact(p: Values): number {
    let total = 0;
    for (const [a0, a1] of bitsOf(2))
      for (const b of [0, 1])
        for (const c of [0, 1, 2]) {
          const [one, two] = ofA(p).map(sigmoid);
          const on = sigmoid(ofB(p, [a0, a1]));
          const weight = (a0 ? one : 1 - one) * (a1 ? two : 1 - two) * (b ? on : 1 - on) * softmax(ofC(p, b))[c];
          const ownOfA = (a0 - 0.45) ** 2 + 0.6 * a0 * a1;
          total += weight * (ownOfA + (b - 0.3) ** 2 * (1 + a0) + p.s[0] * (c - 1.2) ** 2 * (0.5 + b));
        }
    return total;
  }

  interface Made {
    readonly estimator: Estimator;
    readonly samples?: number;
  }

  const square = (x: Tensor): Tensor => mul(x, x);

  type Sampled = (layer: number, law: Bernoulli | Categorical, cost: (z: Tensor) => Tensor) => Tensor;

  /** The same in the library; `size` is what the cost of the first layer is multiplied by. */
  function program(p: Readonly<Record<string, Tensor>>, rows: number, sampled: Sampled, size = 1): Tensor {
    return sampled(0, new Bernoulli({ logits: p.theta }), (a) => {
      const n = a.shape[0];
      const bit = (v: number): Tensor => reshape(slice(a, { axis: -1, start: v, end: v + 1 }), [n, rows]);
      const [a0, a1] = [bit(0), bit(1)];
      const own = mul(add(square(sub(a0, 0.45)), mul(0.6, mul(a0, a1))), size);
      const h = sum(mul(p.w, tanh(add(mul(p.v, a), 0.3))), { axis: -1 });
      const below = sampled(1, new Bernoulli({ logits: add(h, reshape(p.t, [rows])) }), (b) => {
        const shape = b.shape;
        const law = new Categorical({ logits: add(p.r, mul(p.q, reshape(b, [...shape, 1]))) });
        const last = sampled(2, law, (c) => mul(mul(reshape(p.s, [rows]), square(sub(c, 1.2))), add(b, 0.5)));
        return add(mul(square(sub(b, 0.3)), add(a0, 1)), last);
      });
      return add(own, below);
    });
  }

  const once = (estimator: Estimator): Made => ({ estimator });
  const twice = { estimator: rloo(), samples: 2 };
  const COMBINATIONS: [string, Made[]][] = [
    ["enumeration all over", [once(enumeration()), once(enumeration()), once(enumeration())]],
    ["the score function all over", [once(scoreFunction()), once(scoreFunction()), once(scoreFunction())]],
    ["DisARM, DisARM, enumeration", [once(disarm()), once(disarm()), once(enumeration())]],
    ["DisARM, the score function, RLOO", [once(disarm()), once(scoreFunction()), twice]],
    ["the score function, RLOO, enumeration", [once(scoreFunction({ baseline: 1 })), twice, once(enumeration())]],
    ["RLOO, DisARM, the score function", [twice, once(disarm()), once(scoreFunction())]],
    ["enumeration, RLOO, RLOO", [once(enumeration()), twice, twice]],
  ];

  test.each(COMBINATIONS)("by %s have the exact gradient in the mean", (_, layers) => {
    const jumps = [
      values.theta.map((l) => bothWays([l])),
      [bothWays(bitsOf(2).map((a) => ofB(values, a)))],
      [
        cellsBetween(
          [0, 1].flatMap((b) => {
            const [x, y] = softmax(ofC(values, b));
            return [x, x + y];
          }),
        ),
      ],
    ];
    // The gradient of a first layer that is enumerated does not depend on its draw; the value of any other is that of its draw.
    const noise = layers.map(({ estimator, samples = 1 }, i) =>
      product(
        Array.from({ length: samples }, () =>
          product(
            jumps[i].map((cells) => (i === 0 && estimator.name === "enumeration" ? [{ weight: 1, u: 0.5 }] : cells)),
          ),
        ),
      ),
    );
    const cases = product<Cell[][]>(noise);
    const weights = cases.map((each) => each.flat(2).reduce((so, { weight }) => so * weight, 1));
    expect(weights.reduce((so, w) => so + w, 0)).toBeCloseTo(1, 9);
    const sources = layers.map(
      ({ samples = 1 }, i) => new Layer(Array.from({ length: samples }, (_, s) => cases.map((each) => each[i][s]))),
    );
    const sampled: Sampled = (i, law, cost) => estimateFrom(sources[i], law, cost as never, layers[i]);
    expectClose(
      meanGradient(values, weights, (p) => program(p, cases.length, sampled)),
      slopesOf(values, exact),
    );
  });

  // VIMCO's objective weighs the costs of samples by each other: with it they are not credited one by one. RELAX wants a control
  // variate of the shape that each layer's cost has.
  const binary = step(() =>
    ESTIMATORS.filter(
      ({ name, make }) => !["vimco", "relax"].includes(name) && takes(make(), FAMILIES[0].law(tensor([0, 0]))),
    ),
  );

  test.each(binary)("$name within $name: what happens outside of a layer is none of its business", ({ make }) => {
    const run = (size: number) => {
      const p = Object.fromEntries(
        Object.entries(values).map(([name, row]) => [name, parameter([3, row.length], [row, row, row].flat())]),
      );
      step(() => {
        const sampled: Sampled = (i, law, cost) =>
          estimate(law, cost as never, { key: key(i), estimator: i < 2 ? make() : enumeration(), samples: 2 });
        backward(sum(program(p, 3, sampled, size)));
      });
      return Object.fromEntries(Object.entries(p).map(([name, each]) => [name, each.grad()]));
    };
    const [{ theta: small, ...inner }, { theta: large, ...others }] = [run(1), run(1000)];
    expect(others).toEqual(inner);
    expect(small).not.toEqual(large);
  });
});

test("a bit, a normal variable by its path, a bit", () => {
  const values: Values = { theta: [0.4], w: [1.1, -0.6], sigma: [0.8], t: [0.35] };
  // Three points and weights that stand for a normal law: the gradient is exact for any law of the noise.
  const normal: Cell[] = [-1, 0, 1].map((i) => ({ weight: i ? 1 / 6 : 2 / 3, u: i * Math.sqrt(3) }));
  const locOf = ({ w }: Values, a: number): number => w[0] * a + w[1];
  const places = (p: Values): number[] => [0, 1].flatMap((a) => normal.map(({ u }) => locOf(p, a) + p.sigma[0] * u));

  function exact(p: Values): number {
    let total = 0;
    for (const a of [0, 1])
      for (const { weight, u } of normal)
        for (const b of [0, 1]) {
          const x = locOf(p, a) + p.sigma[0] * u;
          const [one, two] = [sigmoid(p.theta[0]), sigmoid(x + p.t[0])];
          total += weight * (a ? one : 1 - one) * (b ? two : 1 - two) * ((x - 0.7) ** 2 + (b - 0.4 * x) ** 2 + 0.5 * a);
        }
    return total;
  }

  const cases = product<Cell>([
    bothWays([...values.theta]),
    normal,
    bothWays(places(values).map((x) => x + values.t[0])),
  ]);
  const weights = cases.map((each) => each.reduce((so, { weight }) => so * weight, 1));
  const [first, second, third] = [0, 1, 2].map((i) => new Layer([cases.map((each) => [each[i]])]));
  const rows = cases.length;
  const mean = meanGradient(values, weights, (p) => {
    const flat = (x: Tensor): Tensor => reshape(x, [rows]);
    const [w0, w1] = [0, 1].map((j) => flat(slice(p.w, { axis: -1, start: j, end: j + 1 })));
    const ofB = (x: Tensor) => (b: Tensor) => {
      const miss = sub(b, mul(0.4, x));
      return mul(miss, miss);
    };
    const ofX = (x: Tensor): Tensor => {
      const miss = sub(x, 0.7);
      const law = new Bernoulli({ logits: add(x, flat(p.t)) });
      return add(mul(miss, miss), estimateFrom(third, law, ofB(x) as never, { estimator: disarm() }));
    };
    const ofA = (a: Tensor): Tensor => {
      const law = new Normal({ loc: add(mul(w0, a), w1), scale: flat(p.sigma) });
      return add(mul(a, 0.5), estimateFrom(second, law, ofX as never, { estimator: pathwise() }));
    };
    return estimateFrom(first, new Bernoulli({ logits: flat(p.theta) }), ofA as never, { estimator: disarm() });
  });
  expectClose(mean, slopesOf(values, exact));
});
