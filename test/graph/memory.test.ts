import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { type Core, core } from "../../bindings/core/index.ts";
import * as graph from "../../bindings/graph/index.ts";
import { foldIn, key, uniform } from "../../bindings/index.ts";
import { onEveryBuild, useBuild } from "../builds.ts";

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

const { linear, parameter, relu, step, sum, tensor } = graph;
const [BATCH, PIXELS, HIDDEN, VARIABLES, CATEGORIES] = [8, 20, 15, 3, 5];

/** A discrete variational autoencoder, small. */
function vae() {
  const code = VARIABLES * CATEGORIES;
  const weights = (i: number, layer: [number, number]) => parameter(layer, graph.glorot(foldIn(key(1), i), layer));
  const parameters = {
    w1: weights(1, [PIXELS, HIDDEN]),
    b1: parameter([HIDDEN]),
    w2: weights(2, [HIDDEN, code]),
    b2: parameter([code]),
    w3: weights(3, [code, PIXELS]),
    b3: parameter([PIXELS]),
  };
  const optimizer = graph.adam(parameters);
  const { w1, b1, w2, b2, w3, b3 } = parameters;
  const train = (t: number): number => {
    const noise = foldIn(key(2), t);
    const bound = step(() => {
      const x = tensor(uniform(noise, BATCH * PIXELS), [BATCH, PIXELS]);
      const logits = graph.reshape(linear(relu(linear(x, w1, b1)), w2, b2), [BATCH, VARIABLES, CATEGORIES]);
      const z = graph.gumbelSoftmax(noise, logits, { tau: 0.7, hard: t % 2 === 0 });
      const likelihood = graph.bernoulliLogLikelihood(linear(graph.reshape(z, [BATCH, code]), w3, b3), x);
      const loss = graph.mean(graph.sub(sum(graph.categoricalKl(logits), { axis: -1 }), likelihood));
      graph.backward(loss);
      return loss.item();
    });
    graph.clipGradients(parameters, 1);
    optimizer.step();
    return bound;
  };
  const dispose = () => {
    for (const owned of [optimizer, ...Object.values(parameters)]) owned.dispose();
  };
  return { train, dispose };
}

onEveryBuild("memory", (build) => {
  test("1500 training steps after 100 take no more wasm memory", () => {
    const { train, dispose } = vae();
    const run = (from: number, to: number) => {
      let last = 0;
      for (let t = from; t < to; t++) last = train(t);
      return { last, bytes: core().bytes, mark: core().arena.mark() };
    };
    const before = run(0, 100);
    const after = run(100, 1600);
    expect(after.bytes).toBe(before.bytes);
    expect(after.mark).toBe(0);
    expect(after.last).toBeLessThan(before.last);
    dispose();
  });

  test("evaluation steps, which record no gradients, take no more either", () => {
    const w = parameter([64, 64]);
    const run = (steps: number) => {
      for (let i = 0; i < steps; i++) step(() => sum(graph.matmul(w, w)).item(), { gradients: false });
      return core().bytes;
    };
    expect(run(1000)).toBe(run(2));
    w.dispose();
  });

  test("models made and disposed 1000 times leave memory as it was", () => {
    const once = (t: number) => {
      const { train, dispose } = vae();
      train(t);
      dispose();
    };
    for (let t = 0; t < 3; t++) once(t);
    const before = core().bytes;
    for (let t = 0; t < 1000; t++) once(t);
    expect(core().bytes).toBe(before);
  });

  test("memory that dispose() gave back is taken again, and a second dispose() takes nothing away", () => {
    const a = parameter([1000]);
    const { at } = a;
    a.dispose();
    const b = parameter([1000], new Float32Array(1000).fill(3));
    expect(b.at).toBe(at);
    a.dispose();
    const c = parameter([1000], new Float32Array(1000).fill(4));
    expect(b.toArray().every((v) => v === 3)).toBe(true);
    for (const owned of [b, c]) owned.dispose();
  });

  test("a step larger than every one before grows memory, keeps what was there, and the next one does not grow it", () => {
    useBuild(build);
    const w = parameter([3], [1, 2, 3]);
    const large = () =>
      step(() => {
        const x = graph.mul(tensor(new Float32Array(2_000_000).fill(1), [2_000_000]), 1);
        const loss = graph.add(sum(x), sum(graph.mul(w, w)));
        graph.backward(loss);
        return loss.item();
      });
    const before = core().bytes;
    expect(large()).toBe(2_000_014);
    expect(core().bytes).toBeGreaterThan(before);
    expect(w.grad()).toEqual(Float32Array.of(2, 4, 6));
    large();
    const settled = core().bytes;
    for (let i = 0; i < 20; i++) large();
    expect(core().bytes).toBe(settled);
  });
});

describe("the JavaScript heap", () => {
  test("keeps nothing of a training step: 64 bytes a step would be less than one tensor", () => {
    useBuild("simd");
    const { train, dispose } = vae();
    const grown = (steps: number) => {
      const before = process.memoryUsage().heapUsed;
      for (let t = 0; t < steps; t++) train(t);
      gc();
      return process.memoryUsage().heapUsed - before;
    };
    grown(1000);
    // Compiled code comes and goes, so one window may grow by chance; what a step keeps grows every window.
    expect(Math.min(grown(1000), grown(1000), grown(1000))).toBeLessThan(64 * 1000);
    dispose();
  });

  test("forgotten parameters and optimizers give their wasm memory back", async () => {
    const shared: Core = useBuild("simd");
    const forget = () => {
      for (let i = 0; i < 10; i++) graph.adam({ w: parameter([100_000]) });
    };
    forget();
    const before = shared.bytes;
    for (let round = 0; round < 10; round++) {
      for (let attempt = 0; attempt < 5; attempt++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      forget();
    }
    expect(shared.bytes).toBe(before);
  });
});
