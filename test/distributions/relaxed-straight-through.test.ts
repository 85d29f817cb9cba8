import { expect, test } from "vitest";
import {
  Bernoulli,
  RelaxedBernoulli,
  RelaxedBernoulliStraightThrough,
  RelaxedOneHotCategorical,
  RelaxedOneHotCategoricalStraightThrough,
} from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { ArgumentError, categorical, key, uniform } from "../../bindings/index.ts";

const ROW = [0.5, -1, 2, 0.1];
const N = 3000;

/** Gradients to logits and temperature of a loss with random weights. */
function gradientsOf(shape: number[], body: (p: { logits: Tensor; temperature: Tensor }) => Tensor): number[] {
  const p = { logits: parameter(shape, ROW), temperature: parameter([], [0.4]) };
  step(() => {
    const y = body(p);
    backward(sum(mul(y, tensor(uniform(key(8), y.size), y.shape))));
  });
  const gradients = [...p.logits.grad(), ...p.temperature.grad()];
  for (const leaf of Object.values(p)) leaf.dispose();
  return gradients;
}

test("one-hot samples are exactly 0 and 1, what categorical draws with the key, at any temperature", () => {
  const all = Float32Array.from({ length: N * 4 }, (_, i) => ROW[i % 4] as number);
  const expected = categorical(key(21), all, { cols: 4 });
  for (const temperature of [1e-3, 0.5, 10]) {
    const got = step(() =>
      new RelaxedOneHotCategoricalStraightThrough({ temperature, logits: ROW })
        .rsample(key(21), { shape: [N] })
        .toArray(),
    );
    expect([...got]).toEqual([...expected].flatMap((k) => [0, 1, 2, 3].map((j) => (j === k ? 1 : 0))));
  }
});

test("binary samples are exactly those of Bernoulli with the key, at any temperature", () => {
  step(() => {
    const expected = new Bernoulli({ logits: ROW }).sample(key(22), { shape: [N] }).toArray();
    for (const temperature of [1e-3, 0.5, 10]) {
      const d = new RelaxedBernoulliStraightThrough({ temperature, logits: ROW });
      expect(d.rsample(key(22), { shape: [N] }).toArray()).toEqual(expected);
    }
  });
});

test("gradients are those of the relaxed samples with the key", () => {
  const options = { shape: [5] };
  for (const [shape, Hard, Soft] of [
    [[4], RelaxedOneHotCategoricalStraightThrough, RelaxedOneHotCategorical],
    [[4], RelaxedBernoulliStraightThrough, RelaxedBernoulli],
  ] as const) {
    const soft = gradientsOf([...shape], (p) => new Soft(p).rsample(key(23), options));
    expect(gradientsOf([...shape], (p) => new Hard(p).rsample(key(23), options))).toEqual(soft);
    expect(soft.every((g) => g !== 0)).toBe(true);
  }
});

test("the log-probability is the density of the relaxed sample behind: value, gradients, of a constant too", () => {
  for (const [Hard, Soft] of [
    [RelaxedOneHotCategoricalStraightThrough, RelaxedOneHotCategorical],
    [RelaxedBernoulliStraightThrough, RelaxedBernoulli],
  ] as const) {
    const of = (Family: typeof Hard | typeof Soft) => (p: { logits: Tensor; temperature: Tensor }) => {
      const d = new Family(p);
      return d.logProb(d.rsample(key(24), { shape: [5] }));
    };
    expect(gradientsOf([4], of(Hard))).toEqual(gradientsOf([4], of(Soft)));
    step(() => {
      const options = { temperature: 0.4, logits: ROW };
      const [hard, soft] = [new Hard(options), new Soft(options)];
      const expected = soft.logProb(soft.sample(key(24))).toArray();
      expect(hard.logProb(hard.sample(key(24))).toArray()).toEqual(expected);
      expect(hard.sampleAndLogProb(key(24)).logProb.toArray()).toEqual(expected);
      expect(hard.sampleAndLogProb(key(24), { stopGradient: true }).logProb.toArray()).toEqual(expected);
    });
  }
});

test("a value that is no sample has no density, and is refused: also a copy of one", () => {
  const expected = "value: expected a sample of this step itself: the density is that of the relaxed sample behind it";
  step(() => {
    const rows = new RelaxedOneHotCategoricalStraightThrough({ temperature: 1, logits: ROW });
    const numbers = new RelaxedBernoulliStraightThrough({ temperature: 1, logits: 0 });
    for (const call of [
      () => rows.logProb([0, 0, 1, 0]),
      () => rows.logProb(mul(rows.sample(key(1)), 1)),
      () => numbers.logProb(1),
    ]) {
      expect(call).toThrow(ArgumentError);
      expect(call).toThrow(expected);
    }
  });
});

test("a density goes by the origin of a sample of its own kind only: any other is a value", () => {
  step(() => {
    const odds = { temperature: 0.4, logits: ROW };
    const soft = new RelaxedBernoulli(odds);
    const hard = new RelaxedBernoulliStraightThrough(odds);
    const rows = new RelaxedOneHotCategorical(odds);
    const hardRows = new RelaxedOneHotCategoricalStraightThrough(odds);
    const copy = (x: Tensor): Tensor => tensor(x.toArray(), x.shape);
    for (const d of [hard, rows, hardRows]) {
      const x = d.sample(key(25));
      expect(soft.logProb(x).toArray()).toEqual(soft.logProb(copy(x)).toArray());
      expect(soft.cdf(x).toArray()).toEqual(soft.cdf(copy(x)).toArray());
    }
    const x = hardRows.sample(key(25));
    expect(rows.logProb(x).toArray()).toEqual(rows.logProb(copy(x)).toArray());
    for (const call of [() => hard.logProb(x), () => hardRows.logProb(hard.sample(key(25)))])
      expect(call).toThrow(ArgumentError);
  });
});
