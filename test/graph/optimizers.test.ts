import { describe, expect, test } from "vitest";
import {
  adam,
  backward,
  clipGradients,
  mul,
  type Optimizer,
  type Parameter,
  parameter,
  type Schedule,
  sgd,
  step,
  sum,
  tensor,
} from "../../bindings/graph/index.ts";
import { onEveryBuild } from "../builds.ts";
import { random } from "./cases.ts";

const STEPS = 50;
const SIZE = 17;
const START = random([SIZE], 1).data;

/** The gradient of a step: exactly these numbers, as the derivative of sum(g x). */
const gradientAt = (t: number): Float32Array => Float32Array.from(random([SIZE], 100 + t).data);
const push = (x: Parameter, gradient: Float32Array) => step(() => backward(sum(mul(x, tensor(gradient)))));

type Make = (parameters: { x: Parameter }) => Optimizer;

/** Where an optimizer arrives after 50 steps, and how often it says it stepped. */
function run(make: Make, rate?: (t: number) => number) {
  const x = parameter([SIZE], Array.from(START));
  const optimizer = make({ x });
  for (let t = 0; t < STEPS; t++) {
    push(x, gradientAt(t));
    optimizer.step(rate ? { rate: rate(t) } : {});
  }
  const [values, gradient, { steps }] = [x.toArray(), x.grad(), optimizer];
  optimizer.dispose();
  x.dispose();
  return { values, gradient, steps };
}

type Update = (gradient: number, t: number) => number;

/** The same walk in float64; `update` gives the change of one element, which keeps its own state. */
function walk(make: () => Update): { values: number[]; travelled: number[] } {
  const ends = Array.from(START, (start, i) => {
    const update = make();
    let [x, travelled] = [start, 0];
    for (let t = 0; t < STEPS; t++) {
      const change = update(gradientAt(t)[i] as number, t);
      x += change;
      travelled += Math.abs(change);
    }
    return { x, travelled };
  });
  return { values: ends.map(({ x }) => x), travelled: ends.map(({ travelled }) => travelled) };
}

/** Kingma, Ba 2015, algorithm 1. */
function adamUpdate(rate: (t: number) => number, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8): () => Update {
  return () => {
    let [mean, square] = [0, 0];
    return (g, t) => {
      mean = beta1 * mean + (1 - beta1) * g;
      square = beta2 * square + (1 - beta2) * g * g;
      return (-rate(t) * (mean / (1 - beta1 ** (t + 1)))) / (Math.sqrt(square / (1 - beta2 ** (t + 1))) + epsilon);
    };
  };
}

/** Sutskever et al. 2013, with the rate outside the velocity. */
function sgdUpdate(rate: (t: number) => number, momentum = 0): () => Update {
  return () => {
    let velocity = 0;
    return (g, t) => {
      velocity = momentum * velocity + g;
      return -rate(t) * velocity;
    };
  };
}

/** x itself rounds once a step, |x| < 8: 50 2^-22 at worst. A step is wrong by a few roundings of its own length. */
function expectWalk(actual: Float32Array, { values, travelled }: ReturnType<typeof walk>): void {
  actual.forEach((x, i) => {
    const allowed = STEPS * 2 ** -22 + 16 * 2 ** -24 * (travelled[i] as number);
    expect(Math.abs(x - (values[i] as number)), `element ${i}`).toBeLessThan(allowed);
  });
}

const DECAY: Schedule = { type: "exponential", initial: 0.2, rate: 0.05, min: 0.05 };
const decay = (t: number) => Math.max(0.05, 0.2 * Math.exp(-0.05 * t));

onEveryBuild("optimizers", () => {
  const walks: [name: string, make: Make, update: () => Update][] = [
    ["adam of rate 1e-3, the default", (p) => adam(p), adamUpdate(() => 1e-3)],
    [
      "adam of every option",
      (p) => adam(p, { rate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.25 }),
      adamUpdate(() => 0.1, 0.5, 0.75, 0.25),
    ],
    [
      "adam with beta1 and beta2 0, which steps by the sign of the gradient,",
      (p) => adam(p, { rate: 0.1, beta1: 0, beta2: 0 }),
      () => (g) => -0.1 * Math.sign(g),
    ],
    ["adam on a schedule", (p) => adam(p, { rate: DECAY }), adamUpdate(decay)],
    ["sgd", (p) => sgd(p, { rate: 0.1 }), sgdUpdate(() => 0.1)],
    ["sgd with momentum", (p) => sgd(p, { rate: 0.05, momentum: 0.9 }), sgdUpdate(() => 0.05, 0.9)],
    ["sgd on a schedule", (p) => sgd(p, { rate: DECAY, momentum: 0.5 }), sgdUpdate(decay, 0.5)],
  ];
  test.each(walks)("%s goes where it goes in float64", (_, make, update) => {
    const { values, gradient, steps } = run(make);
    expectWalk(values, walk(update));
    expect(steps).toBe(STEPS);
    expect(gradient, "a step clears the gradients").toEqual(new Float32Array(SIZE));
  });

  test("the rate given to a step replaces the optimizer's own for that step", () => {
    const rate = (t: number) => (t % 2 === 0 ? 0.1 : 0);
    expectWalk(run((p) => sgd(p, { rate: 9 }), rate).values, walk(sgdUpdate(rate)));
  });

  test("parameters of one optimizer do not touch each other", () => {
    const [a, b] = [parameter([3], [1, 2, 3]), parameter([5], [1, 2, 3, 4, 5])];
    const optimizer = sgd({ a, b }, { rate: 0.5 });
    push(b, Float32Array.of(1, 0, 2, 0, 4));
    optimizer.step();
    expect(a.toArray()).toEqual(Float32Array.of(1, 2, 3));
    expect(b.toArray()).toEqual(Float32Array.of(0.5, 2, 2, 4, 3));
    push(a, Float32Array.of(9, 9, 9));
    optimizer.clear();
    optimizer.step();
    expect(a.toArray(), "clear() drops the gradients").toEqual(Float32Array.of(1, 2, 3));
    for (const owned of [optimizer, a, b]) owned.dispose();
  });

  describe("clipGradients", () => {
    const [a, b] = [Float32Array.of(3, 0, 0), Float32Array.of(0, -4)];
    const clip = (maxNorm: number) => {
      const parameters = { a: parameter([3]), b: parameter([2]) };
      push(parameters.a, a);
      push(parameters.b, b);
      const norm = clipGradients(parameters, maxNorm);
      const gradients = Object.values(parameters).map((p) => p.grad());
      for (const p of Object.values(parameters)) p.dispose();
      return { norm, gradients };
    };

    test("returns the joint norm and scales longer gradients down to the largest allowed", () => {
      expect(clip(2.5)).toEqual({ norm: 5, gradients: [Float32Array.of(1.5, 0, 0), Float32Array.of(0, -2)] });
    });

    test("leaves gradients that are short enough as they are, bit for bit", () => {
      for (const maxNorm of [5, 6, 1e30]) expect(clip(maxNorm)).toEqual({ norm: 5, gradients: [a, b] });
    });

    test("measures norms beyond the squares of float32", () => {
      const p = parameter([2]);
      push(p, Float32Array.of(3e30, -4e30));
      expect(clipGradients({ p }, 1) / 5e30).toBeCloseTo(1, 6);
      expect(Array.from(p.grad(), (g) => Number(g.toFixed(6)))).toEqual([0.6, -0.8]);
      p.dispose();
    });
  });
});
