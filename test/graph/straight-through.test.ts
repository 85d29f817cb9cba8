import { expect, test } from "vitest";
import * as graph from "../../bindings/graph/index.ts";
import { gumbelSoftmax, gumbelSoftmaxGrad, key, normal } from "../../bindings/index.ts";
import { onEveryBuild } from "../builds.ts";
import { random } from "./cases.ts";

const KEY = key(11);
const SAMPLES = [
  { shape: [6, 1], tau: 0.6 },
  { shape: [5, 3], tau: [0.25, 0.5, 1, 2, 4] },
  { shape: [4, 10], tau: 0.6 },
  { shape: [3, 17], tau: 5 },
  { shape: [2, 3, 5], tau: 0.1 },
  { shape: [7], tau: 0.6 },
];
const floats = (shape: readonly number[], seed: number) => Float32Array.from(random(shape, seed).data);

/** The value y of a function of one parameter x, and the gradient of sum(w y). */
function differentiate(x: Float32Array, shape: readonly number[], operation: (x: graph.Tensor) => graph.Tensor) {
  const p = graph.parameter(shape, x);
  const value = graph.step(() => {
    const y = operation(p);
    graph.backward(graph.sum(graph.mul(y, graph.tensor(floats(y.shape, 6), y.shape))));
    return y.toArray();
  });
  const gradient = p.grad();
  p.dispose();
  return { value, gradient };
}

onEveryBuild("straight-through", () => {
  test.each(SAMPLES)("a hard sample $shape is one-hot, and what gumbelSoftmax draws with the same key", ({ shape }) => {
    const [x, cols] = [floats(shape, 5), shape.at(-1) as number];
    const { value } = differentiate(x, shape, (logits) => graph.gumbelSoftmax(KEY, logits, { hard: true }));
    const oneHot = Float32Array.from({ length: cols }, (_, i) => (i === cols - 1 ? 1 : 0));
    for (let row = 0; row < value.length; row += cols) expect(value.slice(row, row + cols).sort()).toEqual(oneHot);
    expect(value).toEqual(gumbelSoftmax(KEY, x, { cols, hard: true }));
  });

  test.each(SAMPLES)("a soft sample $shape has the bits of gumbelSoftmax, value and gradient", ({ shape, tau }) => {
    const [x, cols] = [floats(shape, 5), shape.at(-1) as number];
    const { value, gradient } = differentiate(x, shape, (logits) => graph.gumbelSoftmax(KEY, logits, { tau }));
    const samples = gumbelSoftmax(KEY, x, { cols, tau });
    expect(value).toEqual(samples);
    expect(gradient).toEqual(gumbelSoftmaxGrad(samples, floats(shape, 6), { cols, tau }));
  });

  test.each(SAMPLES)("a hard sample $shape passes the gradient of the soft one, bit for bit", ({ shape, tau }) => {
    const [x, cols] = [floats(shape, 5), shape.at(-1) as number];
    const run = (hard: boolean) => differentiate(x, shape, (l) => graph.gumbelSoftmax(KEY, l, { hard, tau })).gradient;
    expect(run(true)).toEqual(run(false));
    if (cols > 1) expect(run(true).some((d) => d !== 0)).toBe(true);
  });

  test("what follows a hard sample is differentiated at the hard value, the sample itself at the soft one", () => {
    const [shape, cols] = [[4, 5], 5];
    const [x, w] = [floats(shape, 5), floats(shape, 6)];
    const { gradient } = differentiate(x, shape, (logits) => {
      const y = graph.gumbelSoftmax(KEY, logits, { hard: true });
      return graph.mul(y, y);
    });
    const hard = gumbelSoftmax(KEY, x, { cols, hard: true });
    // y^2 reaches y by both factors, one after the other: w y + w y.
    const upstream = w.map((v, i) => Math.fround(v * (hard[i] as number)) * 2);
    expect(gradient).toEqual(gumbelSoftmaxGrad(gumbelSoftmax(KEY, x, { cols }), upstream, { cols }));
  });

  test.each([false, true])(
    "rows sampled apart from their own offset are the rows sampled together (hard: %s)",
    (hard) => {
      const cols = 5;
      const x = floats([7, cols], 5);
      const together = gumbelSoftmax(KEY, x, { cols, tau: 0.7, hard });
      for (const [from, to] of [
        [0, 2],
        [1, 4],
        [3, 7],
        [6, 7],
      ] as const) {
        const rows = x.slice(from * cols, to * cols);
        const { value } = differentiate(rows, [to - from, cols], (logits) =>
          graph.gumbelSoftmax(KEY, logits, { tau: 0.7, hard, offset: from * cols }),
        );
        expect(value).toEqual(together.slice(from * cols, to * cols));
      }
    },
  );

  test("stopGradient keeps the value and blocks the gradient", () => {
    const x = floats([3, 5], 5);
    const blocked = differentiate(x, [3, 5], graph.stopGradient);
    expect(blocked.value).toEqual(x);
    expect(blocked.gradient).toEqual(new Float32Array(15));
    const half = differentiate(x, [3, 5], (t) => graph.mul(t, graph.stopGradient(t)));
    expect(half.gradient).toEqual(floats([3, 5], 6).map((w, i) => w * (x[i] as number)));
  });

  test("stopGradient makes the straight-through estimator out of its parts: hard + p - stop(p) passes p's gradient", () => {
    const x = floats([3, 5], 5);
    const { value, gradient } = differentiate(x, [3, 5], (logits) => {
      const p = graph.softmax(logits);
      const hard = graph.stopGradient(graph.gumbelSoftmax(KEY, logits, { hard: true }));
      return graph.add(hard, graph.sub(p, graph.stopGradient(p)));
    });
    expect(value).toEqual(gumbelSoftmax(KEY, x, { cols: 5, hard: true }));
    expect(gradient).toEqual(differentiate(x, [3, 5], (logits) => graph.softmax(logits)).gradient);
  });

  test("normal is loc + scale times the noise of normal(key); d loc is w, d scale is w times the noise", () => {
    const shape = [3, 7];
    const [loc, scale] = [graph.parameter(shape, floats(shape, 1)), graph.parameter(shape, floats(shape, 2))];
    const [w, noise] = [floats(shape, 3), normal(KEY, 21)];
    const value = graph.step(() => {
      const z = graph.normal(KEY, { loc, scale });
      graph.backward(graph.sum(graph.mul(z, graph.tensor(w, shape))));
      return z.toArray();
    });
    const spread = scale.toArray().map((s, i) => s * (noise[i] as number));
    expect(value).toEqual(spread.map((s, i) => s + (loc.toArray()[i] as number)));
    expect(loc.grad()).toEqual(w);
    expect(scale.grad()).toEqual(w.map((v, i) => v * (noise[i] as number)));
    for (const p of [loc, scale]) p.dispose();
  });

  test("normal of a given shape and no loc or scale is the noise itself, each element drawn anew", () => {
    const shape = [4, 5];
    const value = graph.step(() => graph.normal(KEY, { shape }).toArray());
    expect(value).toEqual(normal(KEY, 20));
    expect(new Set(value).size).toBe(20);
  });
});
