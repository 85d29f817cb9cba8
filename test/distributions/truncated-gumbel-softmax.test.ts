import { expect, test } from "vitest";
import {
  Bernoulli,
  Binomial,
  Distribution,
  Normal,
  Poisson,
  TruncatedGumbelSoftmax,
} from "../../bindings/distributions/index.ts";
import { nonNegativeInteger } from "../../bindings/distributions/support.ts";
import { log, mul, step, sub, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { ArgumentError, gumbel, key, ShapeError } from "../../bindings/index.ts";
import { drawLog } from "./concrete-oracle.ts";
import { expectFunction } from "./function.ts";
import { rowsOf } from "./rows.ts";

/** p (1 - p)^k from operations of the graph: any distribution of counts will do as a base. */
class Geometric extends Distribution {
  readonly support = nonNegativeInteger;
  constructor(probs: Tensor | readonly number[]) {
    super({ probs: { values: probs, allowed: { ...nonNegativeInteger, firstOutside: () => -1 } } }, {});
  }
  protected draw(): Tensor {
    throw new Error("not drawn from");
  }
  protected density(value: Tensor): Tensor {
    const p = this.parameter("probs");
    return sub(mul(value, log(sub(1, p))), mul(log(p), -1));
  }
}

const SIZE = 5;
const leaves = { probs: { shape: [2], values: [0.4, 0.7] }, temperature: { shape: [], values: [0.5] } };
const folded = (p: number): number[] =>
  Array.from({ length: SIZE }, (_, k) => (k < SIZE - 1 ? Math.log(p) + k * Math.log1p(-p) : k * Math.log1p(-p)));

test("logits are those of the base, with all of the tail in the last", () => {
  expectFunction(
    { probs: leaves.probs },
    (p) => new TruncatedGumbelSoftmax({ base: new Geometric(p.probs), temperature: 1, size: SIZE }).logits,
    (p) => p.probs.flatMap(folded),
  );
  // A support that ends has no tail: nothing is made of rounding.
  expectFunction(
    { logits: { shape: [], values: [-14] } },
    (p) => new TruncatedGumbelSoftmax({ base: new Bernoulli(p), temperature: 1, size: 2 }).logits,
    ({ logits: [l] }) => [-Math.log1p(Math.exp(l as number)), -Math.log1p(Math.exp(-(l as number)))],
  );
});

test("logits of a Poisson and of a binomial base, whose trials may end before the counts do", () => {
  const size = 6;
  const fold = (logs: readonly number[]): number[] => {
    const rest = 1 - logs.slice(0, -1).reduce((total, l) => total + Math.exp(l), 0);
    return [...logs.slice(0, -1), Math.log(Math.max(rest, 1e-300))];
  };
  const range = Array.from({ length: size }, (_, k) => k);
  const factorial = (k: number): number => (k < 2 ? 0 : Math.log(k) + factorial(k - 1));
  expectFunction(
    { rate: { shape: [3], values: [0.5, 2.5, 40] } },
    (p) => new TruncatedGumbelSoftmax({ base: new Poisson(p), temperature: 1, size }).logits,
    (p) => p.rate.flatMap((r) => fold(range.map((k) => k * Math.log(r) - r - factorial(k)))),
    { gradients: 2e-5 }, // the smallest tail is 1.7e-4, known to 1e-8 from the float32 logarithms
  );
  const binomial = (n: number, q: number, k: number): number =>
    k > n ? -Infinity : factorial(n) - factorial(k) - factorial(n - k) + k * Math.log(q) + (n - k) * Math.log1p(-q);
  const trials = [5, 9];
  expectFunction(
    { probs: { shape: [2], values: [0.3, 0.8] } },
    (p) =>
      new TruncatedGumbelSoftmax({ base: new Binomial({ ...p, totalCount: trials }), temperature: 1, size }).logits,
    (p) =>
      p.probs.flatMap((q, i) => {
        const logs = range.map((k) => binomial(trials[i] as number, q, k));
        return trials[i] === 5 ? logs : fold(logs);
      }),
  );
  step(() => {
    const short = new Binomial({ totalCount: [2], probs: [0.5] });
    const z = new TruncatedGumbelSoftmax({ base: short, temperature: 1e-3, size }).rsample(key(5), { shape: [200] });
    expect(Math.max(...z.toArray())).toBe(2);
  });
});

const noise = rowsOf([...gumbel(key(2), 3 * 2 * SIZE)], SIZE);
const weightsOf = ({ probs, temperature: [t] }: Readonly<Record<"probs" | "temperature", readonly number[]>>) =>
  noise.map((g, i) => drawLog(g, folded(probs[i % 2] as number), t as number).map(Math.exp));

test("samples are sums of counts times relaxed one-hot components, with gradients to the base and the temperature", () => {
  expectFunction(
    leaves,
    ({ probs, temperature }) =>
      new TruncatedGumbelSoftmax({ base: new Geometric(probs), temperature, size: SIZE }).rsample(key(2), {
        shape: [3],
      }),
    (p) => weightsOf(p).map((y) => y.reduce((total, v, k) => total + k * v, 0)),
  );
});

test("samples, and hard ones, are exact counts of the truncated law", () => {
  const n = 20000;
  const [counts, few, noOffset] = step(() => {
    const d = new TruncatedGumbelSoftmax({ base: new Geometric([0.4]), temperature: 0.5, size: SIZE });
    return [
      d.sample(key(3), { shape: [n] }).toArray(),
      d.rsample(key(3), { shape: [2], hard: true, offset: 3 * SIZE }).toArray(),
      d.rsample(key(3), { shape: [5], hard: true }).toArray(),
    ];
  });
  expect(few).toEqual(noOffset.slice(3));
  for (const [k, l] of folded(Math.fround(0.4)).entries()) {
    const p = Math.exp(l);
    // 5 standard deviations: false alarm 6e-7 for each of 5 counts.
    const count = counts.filter((c) => c === k).length;
    expect(Math.abs(count - n * p)).toBeLessThan(5 * Math.sqrt(n * p * (1 - p)));
  }
});

test("at a low temperature relaxed samples are the hard ones with the key", () => {
  step(() => {
    const d = new TruncatedGumbelSoftmax({ base: new Geometric([0.4]), temperature: 1e-3, size: SIZE });
    const [soft, hard] = [d.rsample(key(4), { shape: [50] }), d.rsample(key(4), { shape: [50], hard: true })];
    expect(soft.toArray().map(Math.round)).toEqual(hard.toArray());
    expect(sum(hard).item()).toBeGreaterThan(10);
  });
});

test("has the batch of base and temperature together", () => {
  step(() => {
    const d = new TruncatedGumbelSoftmax({
      base: new Geometric([0.4, 0.7]),
      temperature: tensor([0.5, 1, 2], [3, 1]),
      size: SIZE,
    });
    expect(d.batchShape).toEqual([3, 2]);
    expect(d.rsample(key(1), { shape: [4] }).shape).toEqual([4, 3, 2]);
  });
});

test("refuses bases without counts, sizes beyond the support, and bad temperatures", () => {
  const make = (options: object) => () =>
    new TruncatedGumbelSoftmax({ base: new Bernoulli({ logits: [0, 1] }), temperature: 1, size: 2, ...options });
  for (const [options, error, message] of [
    [{ base: new Normal() }, ArgumentError, "base: expected a distribution of single counts, got Normal"],
    [{ base: 5 }, ArgumentError, "base: expected a distribution of single counts, got 5"],
    [{ size: 1 }, ArgumentError, "size: expected an integer of 2 or more, got 1"],
    [
      { size: 3 },
      ArgumentError,
      "size: expected counts 0 to size - 1 in the support of Bernoulli, 0 or 1, got 3, with 2 outside of it",
    ],
    [{ temperature: 0 }, ArgumentError, "temperature: expected a finite number above 0, got 0"],
    [{ temperature: [1, 2, 3] }, ShapeError, "temperature: expected a shape that broadcasts with [2], got [3]"],
    [
      { tau: 1 },
      ArgumentError,
      'options: expected no options but base, temperature, size, validateArgs, got one named "tau"',
    ],
  ] as const) {
    expect(make(options)).toThrow(error);
    expect(make(options)).toThrow(message);
  }
});
