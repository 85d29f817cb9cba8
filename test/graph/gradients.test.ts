import { describe, expect, test } from "vitest";
import * as graph from "../../bindings/graph/index.ts";
import { onEveryBuild } from "../builds.ts";
import { CASES, type Case, onGraph, onReference, random } from "./cases.ts";
import { reference, type Value } from "./reference.ts";

/** The gradient of sum(w output) for fixed random w: a plain sum would hide what softmax does, whose rows sum to 1. */
const weightsFor = (shape: readonly number[]): Value => random(shape, 997);

interface Result {
  readonly shape: readonly number[];
  readonly value: ArrayLike<number>;
  readonly gradients: readonly ArrayLike<number>[];
}

/** Value and gradients on the graph; only the inputs numbered in `wanted` are parameters, the others constants. */
function differentiate(example: Case, wanted = example.inputs.map((_, i) => i), passes = 1): Result {
  const parameters = example.inputs.map(({ shape, data }) => graph.parameter(shape, Array.from(data)));
  const { shape, value } = graph.step(() => {
    const inputs = parameters.map((p, i) => (wanted.includes(i) ? p : graph.stopGradient(p)));
    const output = onGraph(example, inputs);
    const weights = graph.tensor(Array.from(weightsFor(output.shape).data), output.shape);
    const loss = graph.sum(graph.mul(output, weights));
    for (let pass = 0; pass < passes; pass++) graph.backward(loss);
    return { shape: output.shape, value: output.toArray() };
  });
  const gradients = parameters.map((p) => p.grad());
  for (const p of parameters) p.dispose();
  return { shape, value, gradients };
}

const H = 1e-5;

/** The same by central differences of the float64 reference: their error is about h^2 and 1e-16 / h, below 1e-9. */
function differences(example: Case): Result {
  const run = onReference(example);
  const output = run(example.inputs);
  const weights = Array.from(weightsFor(output.shape).data);
  const loss = (inputs: readonly Value[]) => {
    const { data } = run(inputs);
    return weights.reduce((sum, w, i) => sum + w * (data[i] as number), 0);
  };
  const moved = (which: number, element: number, by: number) =>
    example.inputs.map((x, i) =>
      i === which ? { shape: x.shape, data: Array.from(x.data, (v, j) => (j === element ? v + by : v)) } : x,
    );
  const gradients = example.inputs.map(({ data }, which) =>
    Array.from(data, (_, j) => (loss(moved(which, j, H)) - loss(moved(which, j, -H))) / (2 * H)),
  );
  return { shape: output.shape, value: output.data, gradients };
}

/** Largest |actual - expected|, in units of max(1, largest |expected|). */
function deviation(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  return Math.max(...Array.from(actual, (v, i) => Math.abs(v - (expected[i] as number)))) / scale;
}

/** 33 roundings: the longest sum here has as many products, and the functions of float32 are that close to theirs. */
const TOLERANCE = 33 * 2 ** -24;

const TABLE = Object.entries(CASES).flatMap(([operation, cases]) =>
  cases.map((example) => [`${operation} of ${example.title}`, example] as const),
);
const expected = new Map<string, Result>();
const bits = new Map<string, Result>();

onEveryBuild("gradients", () => {
  test.each(TABLE)("%s: value and every gradient are those of the reference", (name, example) => {
    if (!expected.has(name)) expected.set(name, differences(example));
    const wanted = expected.get(name) as Result;
    const actual = differentiate(example);
    expect(actual.shape).toEqual(wanted.shape);
    expect(deviation(actual.value, wanted.value)).toBeLessThan(TOLERANCE);
    wanted.gradients.forEach((gradient, i) => {
      expect(deviation(actual.gradients[i] as Float32Array, gradient), `input ${i}`).toBeLessThan(TOLERANCE);
    });
    if (!bits.has(name)) bits.set(name, actual);
    expect(actual, "the bits of the other builds").toEqual(bits.get(name));
  });

  test("every operation adds to the gradients of its inputs: three passes give three times as much", () => {
    for (const [name, example] of TABLE) {
      const [once, thrice] = [1, 3].map((passes) => differentiate(example, undefined, passes).gradients);
      once?.forEach((gradient, i) => {
        const wanted = Float64Array.from(gradient, (d) => 3 * d);
        expect(deviation(thrice?.[i] as Float32Array, wanted), `${name}, input ${i}`).toBeLessThan(TOLERANCE);
      });
    }
  });

  test("an operand that is a constant gets no gradient and changes no other", () => {
    for (const [name, example] of TABLE.filter(([, { inputs }]) => inputs.length > 1)) {
      const together = differentiate(example).gradients;
      example.inputs.forEach((_, which) => {
        const alone = differentiate(example, [which]).gradients;
        alone.forEach((gradient, i) => {
          const as = i === which ? together[i] : new Float32Array(gradient.length);
          expect(gradient, `${name}, input ${i}`).toEqual(as);
        });
      });
    }
  });

  test("linear beyond every block of the matrix product: [130, 300] by [300, 520]", () => {
    const [m, k, n] = [130, 300, 520];
    const [x, w, b, dy] = [random([m, k], 1), random([k, n], 2), random([n], 3), random([m, n], 4)];
    const [px, pw, pb] = [x, w, b].map(({ shape, data }) => graph.parameter(shape, Array.from(data)));
    if (!px || !pw || !pb) throw new Error("unreachable");
    const y = graph.step(() => {
      const output = graph.linear(px, pw, pb);
      graph.backward(graph.sum(graph.mul(output, graph.tensor(Array.from(dy.data), [m, n]))));
      return output.toArray();
    });
    const [dx, dw, db] = [px.grad(), pw.grad(), pb.grad()];
    for (const p of [px, pw, pb]) p.dispose();
    const at = ({ shape, data }: Value, i: number, j: number) => data[i * (shape[1] as number) + j] as number;
    const total = (length: number, term: (p: number) => number) =>
      Array.from({ length }, (_, p) => term(p)).reduce((sum, v) => sum + v, 0);
    // Corners of the blocks (4 by 8 tiles; 128 by 512 by 256 blocks), their neighbours, and the last of everything.
    const [rows, inner, cols] = [
      [0, 3, 4, 127, 128, 129],
      [0, 7, 8, 255, 256, 299],
      [0, 8, 511, 512, 519],
    ] as const;
    // Partial sums stay below 128 and round by 2^-18 at most; 520 such roundings, as a random walk, make 9e-5.
    const close = (actual: number | undefined, wanted: number) =>
      expect(Math.abs((actual as number) - wanted)).toBeLessThan(2e-4);
    for (const i of rows)
      for (const j of cols) close(y[i * n + j], total(k, (p) => at(x, i, p) * at(w, p, j)) + (b.data[j] as number));
    for (const i of rows)
      for (const p of inner)
        close(
          dx[i * k + p],
          total(n, (j) => at(dy, i, j) * at(w, p, j)),
        );
    for (const p of inner)
      for (const j of cols)
        close(
          dw[p * n + j],
          total(m, (i) => at(x, i, p) * at(dy, i, j)),
        );
    for (const j of cols)
      close(
        db[j],
        total(m, (i) => at(dy, i, j)),
      );
  });

  test.each([
    ["softmax", graph.softmax, [0], 0],
    ["logSumExp", graph.logSumExp, [], 0],
    // From uniform over four categories instead of three: log 4 in place of log 3, and the same gradient.
    ["categoricalKl", (x: graph.Tensor) => graph.categoricalKl(x), [], Math.log(4 / 3)],
  ] as const)("%s: a logit of -Infinity gets nothing and leaves the others alone", (_, operation, tail, more) => {
    const run = (logits: number[]) => {
      const x = graph.parameter([logits.length], logits);
      const value = graph.step(() => {
        const y = operation(x);
        graph.backward(graph.sum(graph.mul(y, graph.tensor([0.3, -0.8, 1.1, 9].slice(0, y.size), y.shape))));
        return y.toArray();
      });
      const gradient = x.grad();
      x.dispose();
      return { value, gradient };
    };
    const [without, absent] = [run([0.5, -1, 2]), run([0.5, -1, 2, -Infinity])];
    expect(deviation(absent.value, [...without.value.map((v) => v + more), ...tail])).toBeLessThan(TOLERANCE);
    expect(deviation(absent.gradient, [...without.gradient, 0])).toBeLessThan(TOLERANCE);
    expect(absent.gradient[3]).toBe(0);
  });
});

describe("the table", () => {
  /** What is exported beside the operations. A new export belongs here or has a case in the table. */
  const OTHERS = [
    "Parameter Tensor parameter tensor step backward", // makes and runs the graph
    "stopGradient", // has no gradient: straight-through.test.ts
    "adam sgd clipGradients at glorot he loadCheckpoint saveCheckpoint", // changes and keeps parameters
  ].flatMap((names) => names.split(" "));

  test("has a case for every operation the graph exports, and the reference a formula", () => {
    const operations = Object.keys(graph).filter((name) => !OTHERS.includes(name));
    expect(Object.keys(CASES).sort()).toEqual(operations.sort());
    expect(Object.keys(reference).sort()).toEqual(operations);
    for (const [name, cases] of Object.entries(CASES)) expect(cases.length, name).toBeGreaterThan(0);
  });

  test("runs, in the cases of an operation, that operation", () => {
    for (const [name, cases] of Object.entries(CASES))
      for (const example of cases) {
        const called: string[] = [];
        const recording = new Proxy(reference, {
          get: (target, property: keyof typeof reference) => {
            called.push(property);
            return target[property];
          },
        });
        example.call(recording, example.inputs, new Float32Array(64));
        expect(called, example.title).toEqual([name]);
      }
  });
});
