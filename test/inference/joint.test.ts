import { describe, expect, test } from "vitest";
import {
  Bernoulli,
  Binomial,
  Categorical,
  NegativeBinomial,
  Normal,
  OneHotCategorical,
  Poisson,
} from "../../bindings/distributions/index.ts";
import { backward, exp, mul, parameter, slice, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { factorsOf } from "../../bindings/inference/factor.ts";
import {
  blackBox,
  type Cost,
  type Estimator,
  enumeration,
  estimate,
  type Factors,
  fini,
  localExpectation,
  measureValued,
  sumAndSample,
  unorderedSet,
} from "../../bindings/inference/index.ts";
import { Joint } from "../../bindings/inference/joint.ts";
import { Problem } from "../../bindings/inference/problem.ts";
import { Keyed } from "../../bindings/inference/source.ts";
import { key } from "../../bindings/random/index.ts";
import { sigmoid } from "../reference/estimators.ts";
import { exactGradient } from "../reference/without-replacement.ts";
import { gradientsOfCases, momentsOf, product, randomCost } from "./given.ts";
import { bernoulli, costOf, draws, EIGHTS } from "./states.ts";

const EXHAUSTIVE: readonly Estimator[] = [enumeration(), sumAndSample({ k: 8 }), unorderedSet({ k: 8 })];

/** What makes estimators of all joint values the exact gradient. */
describe.each(EXHAUSTIVE)("$name of all values", (estimator) => {
  test.each(EIGHTS)("is exact for $name", (listed) => {
    const f = randomCost(3);
    const noise = { "exponential unordered set": [new Float32Array(8).fill(1)] };
    const cases = listed.states.map((state) => ({ weight: 1 / 8, ...draws(listed, [state]), noise }));
    const exact = exactGradient(listed.states, f);
    const gradients = gradientsOfCases({ ...listed, cost: costOf(listed, f), estimator }, cases);
    for (const gradient of gradients)
      for (const [v, each] of exact.entries()) expect(Math.abs(gradient[v] - each)).toBeLessThan(3e-7);
    expect(new Set(gradients.map(String)).size).toBe(1);
  });
});

const LOGITS = [
  [0.3, -1.2, 0.7],
  [1.4, 0.2, -0.5],
];

describe.each([
  ...EXHAUSTIVE,
  sumAndSample({ k: 3 }),
  unorderedSet({ k: 3 }),
  localExpectation(),
  measureValued(),
] as readonly Estimator[])("$name", (estimator) => {
  const run = (logits: readonly (readonly number[])[], firstRow = 0): { value: Float32Array; grad: Float32Array } => {
    const parameters = parameter([logits.length, 3], logits.flat());
    try {
      const value = step(() => {
        const cost = (z: Tensor): Tensor => {
          const s = sum(z, { axis: -1 });
          return mul(s, mul(s, s));
        };
        const each = estimate(new Bernoulli({ logits: parameters }), cost, {
          key: key(11),
          estimator,
          samples: 3,
          firstRow,
        });
        backward(sum(each));
        return each.toArray();
      });
      return { value, grad: parameters.grad() };
    } finally {
      parameters.dispose();
    }
  };

  test("rows are the same wherever they are computed", () => {
    const both = run(LOGITS);
    const [first, second] = [run(LOGITS.slice(0, 1)), run(LOGITS.slice(1), 1)];
    expect([...first.value, ...second.value]).toEqual([...both.value]);
    expect([...first.grad, ...second.grad]).toEqual([...both.grad]);
  });
});

/** (w . z)² of three Bernoulli variables, of which also the weights want a gradient. */
test.each([
  ["enumeration", enumeration(), undefined],
  ["sum and sample", sumAndSample({ k: 2 }), "exponential sum and sample"],
  ["unordered set", unorderedSet({ k: 2 }), "exponential unordered set"],
  ["local expectation", localExpectation(), undefined],
  ["measure-valued", measureValued(), undefined],
] as const)("%s: what the cost depends on gets its gradient", (_, estimator, noise) => {
  const [logits, weights] = [
    [0.3, -1.2, 0.7],
    [0.8, -0.5, 1.1],
  ];
  const { states } = bernoulli(logits);
  let held: Tensor;
  // A uniform draw for each sample's race: of the first place of all that are left, in turn.
  const firsts = states.map((_, i) => i);
  const head = [...firsts].sort((i, j) => states[j].p - states[i].p).slice(0, 2);
  const weightOf = (drawn: number, first: number): number => {
    if (noise === undefined) return first === 0 ? states[drawn].p : 0;
    const out = estimator.name === "unordered set" ? [drawn] : head;
    if (out.includes(first)) return 0;
    return (states[drawn].p * states[first].p) / (1 - out.reduce((sum, i) => sum + states[i].p, 0));
  };
  const cases = product([firsts, firsts])
    .map(([drawn, first]) => ({
      weight: weightOf(drawn, first),
      draws: [states[drawn].z],
      noise: { [noise ?? ""]: [states.map(({ p }, i) => (i === first ? p / 2 : p))] },
    }))
    .filter(({ weight }) => weight > 0);
  const { mean } = momentsOf(
    {
      parameters: [...logits, ...weights],
      law: (all) => {
        held = slice(all, { start: 3, end: 6 });
        return new Bernoulli({ logits: slice(all, { start: 0, end: 3 }) });
      },
      cost: (z: Tensor) => {
        const s = sum(mul(z, held), { axis: -1 });
        return mul(s, s);
      },
      estimator,
    },
    cases,
  );
  const dot = (z: readonly number[]): number => z.reduce((sum, each, i) => sum + each * weights[i], 0);
  const expected = [
    ...exactGradient(states, (z) => dot(z) ** 2),
    ...weights.map((_, j) => states.reduce((sum, { z, p }) => sum + p * 2 * dot(z) * z[j], 0)),
  ];
  for (const [v, each] of expected.entries()) expect(Math.abs(mean[v] - each)).toBeLessThan(1e-6);
});

test("2^16 joint values", () => {
  const logits = Array.from({ length: 16 }, (_, i) => Math.sin(i));
  const parameters = parameter([16], logits);
  const started = performance.now();
  step(() =>
    backward(
      estimate(new Bernoulli({ logits: parameters }), (z: Tensor) => mul(sum(z, { axis: -1 }), sum(z, { axis: -1 })), {
        key: key(1),
        estimator: enumeration(),
      }),
    ),
  );
  expect(performance.now() - started).toBeLessThan(3000);
  // d E s² = d (Var s + (E s)²)
  const p = logits.map((each) => sigmoid(Math.fround(each)));
  const mean = p.reduce((sum, each) => sum + each, 0);
  for (const [v, each] of parameters.grad().entries())
    expect(Math.abs(each / (p[v] * (1 - p[v]) * (1 - 2 * p[v] + 2 * mean)) - 1)).toBeLessThan(2e-6);
  parameters.dispose();
});

describe("refused", () => {
  const used = (law: () => Factors, estimator: Estimator) => () =>
    step(() => estimate(law() as never, (() => parameter) as unknown as Cost<never>, { key: key(1), estimator }));
  const bad = (options: object): never => options as never;
  test.each([
    [() => sumAndSample({ k: 0 }), "k: expected an integer of 1 or more"],
    [() => sumAndSample({ k: 1, limit: 0 }), "limit: expected an integer of 1 or more"],
    [() => (sumAndSample as () => Estimator)(), "k: expected an integer of 1 or more, got undefined"],
    [() => (unorderedSet as () => Estimator)(), "k: expected an integer from 1 to 16, got undefined"],
    [() => unorderedSet({ k: 17 }), "k: expected an integer from 1 to 16"],
    [() => unorderedSet(bad({ size: 3 })), "options: expected no options but k, limit"],
    [() => enumeration({ limit: 1.5 }), "limit: expected an integer of 1 or more"],
    [() => fini(bad({ degree: 4 })), "degree: expected 2 or 3"],
    [used(() => new Poisson({ rate: 1 }), localExpectation()), "a distribution whose support can be listed"],
    [used(() => new Normal({ loc: 0, scale: 1 }), measureValued()), "a Bernoulli, Poisson, Binomial"],
    [used(() => new Bernoulli({ logits: 0 }), fini()), "a Poisson, Binomial, NegativeBinomial or Geometric"],
    [used(() => new Binomial({ totalCount: [3, 1], logits: 0 }), fini({ degree: 3 })), "two trials or more"],
    [
      used(
        () => new NegativeBinomial({ totalCount: exp(parameter([1], [0]) as unknown as Tensor), logits: 0 }),
        measureValued(),
      ),
      "a totalCount without a gradient",
    ],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });

  test("more joint values than the limit", () => {
    const call = (estimator: Estimator) => () =>
      step(() =>
        estimate(
          { a: new Bernoulli({ logits: [0, 0, 0] }), b: new Categorical({ logits: [0, 0] }) },
          ({ a }) => sum(a, { axis: -1 }),
          { key: key(1), estimator },
        ),
      );
    expect(call(enumeration({ limit: 15 }))).toThrow(
      "at most 15 joint values of the variables of a row (option limit)",
    );
    expect(call(enumeration({ limit: 15 }))).toThrow("2^3 × 2^1");
    expect(call(unorderedSet({ k: 2, limit: 16 }))).not.toThrow();
  });
});

test.each(EXHAUSTIVE)("$name refuses too many values before it lists them", (estimator) => {
  const few = (z: Tensor): Tensor => tensor([0], [z.shape[0]]);
  // A list of 10^5 one-hot rows would have 10^10 numbers.
  const law = () => new OneHotCategorical({ logits: new Float32Array(100_000) });
  expect(() => step(() => estimate(law(), few, { key: key(1), estimator }))).toThrow("(option limit), got 100000^1");
});

test.each([...EXHAUSTIVE, localExpectation()])("$name asks nothing about values that cannot be", (estimator) => {
  const logits = parameter([2, 3], [-Infinity, 0.3, 1, 0.5, -1, -Infinity]);
  const costs = [
    [Infinity, 2, 5],
    [1, 4, Number.NaN],
  ];
  const cost = blackBox((z: Float32Array) => Array.from(z, (k, row) => costs[row][k]));
  for (let seed = 0; seed < 8; seed++) {
    logits.clear();
    step(() => backward(sum(estimate(new Categorical({ logits }), cost, { key: key(seed), estimator }))));
    // Of two values p (1 - p) times the difference of what they cost.
    const [a, b] = [3 * sigmoid(0.7) * sigmoid(-0.7), -3 * sigmoid(1.5) * sigmoid(-1.5)];
    for (const [i, exact] of [0, -a, a, b, -b, 0].entries()) expect(logits.grad()[i]).toBeCloseTo(exact, 6);
  }
  logits.dispose();
});
test("probabilities of joint values add up to 1 as doubles do, not as the floats they are made of", () =>
  step(() => {
    const logits = tensor(Float32Array.from({ length: 12 }, (_, i) => ((i * 5) % 7) / 4 - 0.75));
    const cost = (z: Tensor): Tensor => sum(z, { axis: -1 });
    const problem = new Problem(factorsOf(new Bernoulli({ logits })), cost as never, 1, new Keyed(key(1), 0));
    problem.evaluate(problem.draws);
    const total = new Joint(problem, 4096).probabilities(0).reduce((so, p) => so + p, 0);
    expect(Math.abs(total - 1)).toBeLessThan(1e-12);
  }));
