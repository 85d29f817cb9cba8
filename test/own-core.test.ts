import { afterEach, describe, expect, test, vi } from "vitest";
import { core } from "../bindings/core/index.ts";
import * as graph from "../bindings/graph/index.ts";
import { ArgumentError, createCore, DisposedError, gumbel, gumbelSoftmax, key, softmax } from "../bindings/index.ts";

const K = key(42);
const LOGITS = [0.5, -1, 2, 0];

describe("a core of one's own", () => {
  test("gives the bits of the shared one", () => {
    const own = createCore();
    expect(own.run(() => gumbelSoftmax(K, LOGITS))).toEqual(gumbelSoftmax(K, LOGITS));
    expect(own.build).toBe(core().build);
  });

  test("has its own memory: what runs in it leaves the others' as it is, and finds nothing of theirs", () => {
    const [one, other] = [createCore(), createCore()];
    gumbel(K, 10);
    const before = { shared: core().bytes, other: other.bytes };
    one.run(() => softmax(new Float32Array(3_000_000)));
    expect(one.bytes).toBeGreaterThan(12_000_000);
    expect({ shared: core().bytes, other: other.bytes }).toEqual(before);
  });

  test("runs the graph too, whose parameters stay in it", () => {
    const own = createCore();
    const train = () => {
      const w = graph.parameter([2], [3, 4]);
      graph.step(() => graph.backward(graph.sum(graph.tanh(w))));
      return w;
    };
    const inside = own.run(train);
    expect(inside.grad()).toEqual(train().grad());
    expect(() => graph.step(() => graph.exp(inside))).toThrow(
      /^x: expected a tensor of the core in use, got one of another/,
    );
    own.run(() => graph.step(() => expect(graph.exp(inside).size).toBe(2)));
  });

  test("is in use during `run` alone, nested or left by an error", () => {
    const [outer, inner] = [createCore(), createCore()];
    const shared = core();
    outer.run(() => {
      const own = core();
      expect(own).not.toBe(shared);
      inner.run(() => expect(core()).not.toBe(own));
      expect(core()).toBe(own);
    });
    expect(() => outer.run(() => softmax([]))).toThrow(/^logits: expected at least one element/);
    expect(core()).toBe(shared);
  });

  test("refuses what would go on after `run`, and what is no function", () => {
    const own = createCore();
    const shared = core();
    expect(() => own.run(async () => softmax(LOGITS))).toThrow(/^body: expected a synchronous function, got .*promise/);
    function* later(): Generator<Float32Array> {
      yield softmax(LOGITS);
    }
    expect(() => own.run(later)).toThrow(/^body: expected a synchronous function, got .*generator/);
    expect(() => own.run(async function* () {})).toThrow(/got .*generator/);
    expect(own.run(() => LOGITS.values()).next().value).toBe(LOGITS[0]);
    expect(() => own.run(7 as never)).toThrow(/^body: expected a function, got 7/);
    expect(() => own.run(7 as never)).toThrow(ArgumentError);
    expect(core()).toBe(shared);
  });

  test("is gone after `dispose`, twice if need be; `using` does it", () => {
    const own = createCore();
    own.dispose();
    own.dispose();
    for (const use of [() => own.run(() => 1), () => own.bytes, () => own.build]) {
      expect(use).toThrow(DisposedError);
      expect(use).toThrow(/^core: expected a core in use, got one that is gone/);
    }
    const other = createCore();
    other[Symbol.dispose]();
    expect(() => other.bytes).toThrow(DisposedError);
  });
});

describe("an engine without Symbol.dispose, as WebKit,", () => {
  afterEach(() => vi.resetModules());

  test("runs all the same, and gets no method called undefined", async () => {
    vi.resetModules();
    const realSymbol = globalThis.Symbol;
    // Symbol.dispose is neither writable nor configurable: another Symbol takes the place of the global one.
    const without = Object.assign((text?: string) => realSymbol(text), { iterator: realSymbol.iterator });
    vi.stubGlobal("Symbol", without);
    try {
      const library = await import("../bindings/entry/default/index.ts");
      const layer = await import("../bindings/entry/default/graph.ts");
      const own = library.createCore();
      const parameter = layer.parameter([2], [1, 2]);
      expect("undefined" in own || "undefined" in parameter).toBe(false);
      own.dispose();
      parameter.dispose();
      expect(() => own.bytes).toThrow(library.DisposedError);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
