import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test, vi } from "vitest";
import * as graph from "../bindings/graph/index.ts";
import { ArgumentError, bits, gumbel, gumbelSoftmax, key, softmax, topK } from "../bindings/index.ts";

const K = key(42);
const LOGITS = [0.5, -1, 2, 0, 1.5, -Infinity];

describe("values of another realm, as of an iframe, node:vm or a test runner,", () => {
  const foreign = (code: string) => runInNewContext(code);

  test.each(["Float32Array.of", "Float64Array.of", "Array.of"])("made by %s, are taken as our own", (make) => {
    const other = foreign(`${make}(${LOGITS})`);
    for (const ours of [Array, Float32Array, Float64Array]) expect(other).not.toBeInstanceOf(ours);
    expect(softmax(other, { cols: 3 })).toEqual(softmax(LOGITS, { cols: 3 }));
    expect(topK(K, other, { k: 2 })).toEqual(topK(K, LOGITS, { k: 2 }));
    expect(graph.step(() => graph.tensor(other).toArray())).toEqual(Float32Array.from(LOGITS));
  });

  test("serve as `out`, and are refused for the same reasons as our own", () => {
    const out = foreign("new Float32Array(6)");
    expect(gumbelSoftmax(K, LOGITS, { out })).toBe(out);
    expect(Array.from(out)).toEqual(Array.from(gumbelSoftmax(K, LOGITS)));
    const words = foreign("new Uint32Array(6)");
    expect(Array.from(bits(K, 6, { out: words }))).toEqual(Array.from(bits(K, 6)));
    expect(() => gumbelSoftmax(K, LOGITS, { out: words })).toThrow(
      /^out: expected a Float32Array, got an? Uint32Array/,
    );
    expect(() => softmax(foreign("Int32Array.of(1, 2)"))).toThrow(ArgumentError);
  });

  test("hold a checkpoint", () => {
    const parameters = { w: graph.parameter([2], [1, 2]) };
    const bytes = foreign(`Uint8Array.of(${graph.saveCheckpoint({ parameters, extra: "x" })})`);
    expect(graph.loadCheckpoint(bytes, { parameters })).toBe("x");
  });

  test("are keys and shapes: both are plain data", () => {
    expect(bits(foreign(`({ hi: ${K.hi}, lo: ${K.lo} })`), 4)).toEqual(bits(K, 4));
    expect(graph.parameter(foreign("[2, 3]")).size).toBe(6);
  });
});

describe("an engine", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  /** The library as it is before its first call. */
  async function fresh() {
    vi.resetModules();
    return await import("../bindings/entry/default/index.ts");
  }

  test("without WebAssembly is named at the first call, not at import, and may have it at the second", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    const library = await fresh();
    expect(() => library.softmax([1, 2])).toThrow(library.WasmError);
    expect(() => library.softmax([1, 2])).toThrow(
      /^WebAssembly: expected an engine that has it .*, got none: the global WebAssembly is undefined$/,
    );
    vi.unstubAllGlobals();
    expect(library.softmax([0, 0])).toEqual(Float32Array.of(0.5, 0.5));
  });

  test("whose Content-Security-Policy forbids WebAssembly is told the directive that allows it", async () => {
    const blocked = new WebAssembly.CompileError("WebAssembly.Module(): Wasm code generation disallowed by embedder");
    class Module {
      constructor() {
        throw blocked;
      }
    }
    vi.stubGlobal("WebAssembly", Object.assign(Object.create(WebAssembly), { Module }));
    const library = await fresh();
    let failure: unknown;
    try {
      library.gumbel(K, 4);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(library.WasmError);
    expect(failure).toMatchObject({
      argument: "WebAssembly",
      expected: expect.stringMatching(/'wasm-unsafe-eval'.*Content-Security-Policy.*edge runtime/),
      received: `CompileError: ${blocked.message}`,
      cause: blocked,
    });
    vi.unstubAllGlobals();
    expect(library.gumbel(K, 4)).toEqual(gumbel(K, 4));
  });

  test("without SIMD runs the scalar build, with the same bits", async () => {
    vi.stubGlobal("WebAssembly", Object.assign(Object.create(WebAssembly), { validate: () => false }));
    const library = await fresh();
    expect(library.gumbelSoftmax(K, LOGITS)).toEqual(gumbelSoftmax(K, LOGITS));
    const { bestBuild } = await import("../bindings/core/index.ts");
    expect(bestBuild()).toBe("scalar");
    vi.unstubAllGlobals();
    expect(bestBuild()).toBe("simd");
  });
});
