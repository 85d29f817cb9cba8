import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Core as AnyCore } from "../bindings/core/index.ts";
import { graphWasm } from "../bindings/graph/core.ts";
import * as reparam from "../bindings/index.ts";
import { BUILDS, built, type Kernels, MODULES, useBuild } from "./builds.ts";
import { KERNEL_CASES, type Memory } from "./kernels.ts";
import { mulberry32 } from "./reference/statistics.ts";

type Words = Float32Array | Uint32Array | Int32Array;
type Core = AnyCore<Kernels>;

/** Bit for bit, -0 and 0 apart; the position of the first difference, or -1. */
function firstDifference(a: Words, b: Words): number {
  const [x, y] = [a, b].map((w) => new Uint32Array(w.buffer, w.byteOffset, w.length)) as [Uint32Array, Uint32Array];
  if (x.length !== y.length) return Math.min(x.length, y.length);
  return x.findIndex((word, i) => word !== y[i]);
}

/** `run` on every build; what the others give has to equal what simd gives. */
function expectSameBits(run: (core: Core) => readonly (readonly [name: string, bits: Words])[]): void {
  const [simd, ...others] = BUILDS.map((name) => ({ name, results: run(useBuild(name)) }));
  for (const { name, results } of others) {
    expect(results).toHaveLength(simd?.results.length as number);
    results.forEach(([what, bits], i) => {
      const at = firstDifference(bits, simd?.results[i]?.[1] as Words);
      if (at >= 0)
        expect.fail(
          `${name}: ${what}, element ${at} of ${bits.length}: ${bits[at]}, in simd ${simd?.results[i]?.[1][at]}`,
        );
    });
  }
}

const { key, foldIn, split } = reparam;
const { bits, uniform, exponential, gumbel, logistic, normal } = reparam;
const FAMILIES = { uniform, exponential, gumbel, logistic, normal };

function numbers(seed: number, length: number, size: number): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length }, () => (random() / 2 ** 31 - 1) * size);
}

/** All of `reparam` at one shape. */
function everything(rows: number, cols: number, seed: number): [string, Words][] {
  const k = foldIn(key(seed), cols);
  const random = mulberry32(seed);
  const logits = numbers(seed, rows * cols, 10 ** (random() % 4));
  if (cols > 2) logits[random() % cols] = Number.NEGATIVE_INFINITY;
  const tau = Float32Array.from({ length: rows }, () => 0.05 + random() / 2 ** 30);
  const offset = random() % 2 ? random() % 40 : random() * 2 ** 20;
  const soft = reparam.gumbelSoftmax(k, logits, { cols, tau, offset });
  const { indices, scores } = reparam.topK(k, numbers(seed, rows * cols, 3), { k: (seed % cols) + 1, cols });
  return [
    ["split", Uint32Array.from(split(k, 3).flatMap(({ hi, lo }) => [hi, lo]))],
    ["bits", bits(k, rows * cols, { offset })],
    ...Object.entries(FAMILIES).map(([name, f]): [string, Words] => [name, f(k, rows * cols, { offset })]),
    ["softmax", reparam.softmax(logits, { cols, tau })],
    ["logSoftmax", reparam.logSoftmax(logits, { cols, tau })],
    ["logSumExp", reparam.logSumExp(logits, { cols, tau })],
    ["gumbelSoftmax", soft],
    ["gumbelSoftmax hard", reparam.gumbelSoftmax(k, logits, { cols, hard: true, offset })],
    ["gumbelSoftmaxGrad", reparam.gumbelSoftmaxGrad(soft, numbers(seed + 1, rows * cols, 2), { cols, tau })],
    ["categorical", reparam.categorical(k, logits, { cols, draws: 2 })],
    ["topK indices", indices],
    ["topK scores", scores],
  ];
}

describe("the SIMD, the scalar and the debug build give the same bits", () => {
  test("for everything in reparam, at 1 to 50 categories, several rows and any offset", () => {
    expectSameBits(() => Array.from({ length: 50 }, (_, i) => everything(1 + ((i * 7) % 6), i + 1, i)).flat());
  });

  test.each([
    [1, 1003],
    [5, 2048],
    [1, 70_001],
  ])("for everything in reparam, at %d rows of %d categories", (rows, cols) => {
    expectSameBits(() => everything(rows, cols, cols));
  });

  test("for 200 000 elements of every family, rare words among them", () => {
    expectSameBits(() => Object.entries(FAMILIES).map(([name, f]) => [name, f(key(11), 200_000, { offset: 3 })]));
  });

  test.each(Object.entries(KERNEL_CASES))("for the kernels of %s, on random inputs of many sizes", (_, run) => {
    expectSameBits((core) =>
      Array.from({ length: 30 }, (_, seed) => core.scoped(() => run(core.kernels, memoryOf(core, seed), seed))).flat(),
    );
  });

  test("and no kernel is left out of this comparison", () => {
    useBuild("simd");
    const core = new AnyCore().with(graphWasm); // the builds of the distributions are the same code
    const called = new Set<string>();
    const kernels = new Proxy(core.kernels, {
      get(target, name) {
        called.add(String(name));
        return Reflect.get(target, name);
      },
    });
    for (const run of Object.values(KERNEL_CASES)) core.scoped(() => run(kernels as Kernels, memoryOf(core, 1), 1));
    const all = Object.entries(core.kernels).filter(
      ([name, value]) => typeof value === "function" && name !== "dataEnd",
    );
    expect(called).toEqual(new Set(all.map(([name]) => name)));
  });
});

/** Seeded inputs and fresh results in the memory of an instance. */
function memoryOf(core: AnyCore, seed: number): Memory {
  let next = seed * 1000;
  return {
    floats: (n, size = 3) => core.place(numbers(next++, n, size)),
    above: (n, least) => core.place(numbers(next++, n, 2).map((x) => least + Math.abs(x))),
    values: (x) => core.place(x),
    doubles: (x) => core.placeDoubles(x),
    zeros: (n) => core.place(new Float32Array(n)),
    read: (name, at, n) => [name, core.words(at, n).slice()],
    number: (name, x) => [name, new Uint32Array(Float64Array.of(x).buffer)],
  };
}

describe("the builds", () => {
  test.each(MODULES)("of %s: the scalar one has no SIMD instruction, the SIMD one has", (name) => {
    expect(readFileSync(built(`${name}.scalar.wat`), "utf8")).not.toMatch(/v128|[if]\d+x\d+/);
    if (name !== "distributions")
      // in f64 alone: one build serves every engine
      expect(readFileSync(built(`${name}.simd.wat`), "utf8")).toMatch(/v128/);
    expect(readFileSync(built(`${name}.scalar.wat`), "utf8")).toMatch(/\(func/);
  });

  test.each([
    ["core.simd", []],
    ["core.scalar", []],
    ["graph.simd", [{ module: "env", name: "memory", kind: "memory" }]],
    ["graph.scalar", [{ module: "env", name: "memory", kind: "memory" }]],
  ])("%s imports nothing but the core's memory, and exports it beside functions and its identity", (name, imports) => {
    const module = new WebAssembly.Module(readFileSync(built(`${name}.wasm`)));
    expect(WebAssembly.Module.imports(module)).toEqual(imports);
    const others = WebAssembly.Module.exports(module).filter(({ kind }) => kind !== "function");
    expect(others).toEqual([
      { name: "memory", kind: "memory" },
      { name: expect.stringMatching(/^reparam\/(core|graph) [\d.]+ [0-9a-f]{8} (simd|scalar)$/), kind: "global" },
    ]);
  });

  test("all export the same functions", () => {
    const [simd, ...others] = BUILDS.map((name) => Object.keys(useBuild(name).kernels).sort());
    for (const names of others) expect(names).toEqual(simd);
  });
});
