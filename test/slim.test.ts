import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { WasmSource } from "../bindings/core/index.ts";
import * as expected from "../bindings/index.ts";
import { built } from "./builds.ts";

const LOGITS = [0.5, -1, 2, 0];
const SAMPLE = expected.gumbelSoftmax(expected.key(42), LOGITS);

const bytesOf = (file: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(built(file)));
const core = bytesOf("core.simd.wasm");
const compiled = new WebAssembly.Module(core);
const elsewhere = "new WebAssembly.Module(bytes)";

describe("reparam/slim", () => {
  let slim: typeof import("../bindings/entry/slim/index.ts");
  beforeEach(async () => {
    vi.resetModules();
    slim = await import("../bindings/entry/slim/index.ts");
  });
  const sample = () => slim.gumbelSoftmax(slim.key(42), LOGITS);

  test("says at the first call what it needs", () => {
    expect(sample).toThrow(slim.WasmError);
    expect(sample).toThrow(/expected init or initSync to be called first, with reparam\/core\.wasm, got no module/);
  });

  test.each<[name: string, source: () => WasmSource]>([
    ["a module", () => compiled],
    ["a module of another realm", () => runInNewContext(elsewhere, { WebAssembly: realm(), bytes: core })],
    ["bytes", () => core],
    ["an ArrayBuffer", () => core.buffer],
    ["shared memory", () => sharedCopy(core)],
    ["a view that begins in the middle", () => Uint8Array.of(0, ...core).subarray(1)],
    ["bytes of another realm", () => runInNewContext(`Uint8Array.of(${core})`)],
  ])("takes %s, at once", (_, source) => {
    slim.initSync(source());
    expect(sample()).toEqual(SAMPLE);
    expect(slim.createCore().build).toBe("simd");
  });

  test.each<[name: string, source: () => Parameters<typeof slim.init>[0]]>([
    ["a module", () => compiled],
    ["a promise of bytes", () => Promise.resolve(core)],
    ["a response, of any type", () => new Response(core, { headers: { "content-type": "text/plain" } })],
    ["a promise of a response, as fetch gives", () => Promise.resolve(new Response(core))],
  ])("takes %s, to be waited for", async (_, source) => {
    await slim.init(source());
    expect(sample()).toEqual(SAMPLE);
  });

  test("takes the scalar build, with the same bits", () => {
    slim.initSync(bytesOf("core.scalar.wasm"));
    expect(sample()).toEqual(SAMPLE);
    expect(slim.createCore().build).toBe("scalar");
  });

  test.each<[name: string, source: unknown, message: RegExp]>([
    ["the other module", bytesOf("graph.simd.wasm"), /core\.wasm of this version, ".*", got reparam\/graph /],
    [
      "the module of another version",
      otherVersion(),
      /core\.wasm of this version, "reparam\/core 0.*, got reparam\/core 9/,
    ],
    [
      "a module of somebody else",
      Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0),
      /got a module that is not of this package/,
    ],
    ["the address of one", "core.wasm", /^source: expected a WebAssembly\.Module, or its bytes .*, got "core\.wasm"/],
    [
      "what only calls itself a module",
      { [Symbol.toStringTag]: "WebAssembly.Module" },
      /^source: expected a WebAssembly\.Module, got one that cannot be used here/,
    ],
    ["nothing", undefined, /^source: expected a WebAssembly\.Module.*, got undefined/],
    ["a response that is an error", new Response("", { status: 404 }), /expected a response with core\.wasm, got 404/],
  ])("refuses %s, and can still be given the right one", async (_, source, message) => {
    await expect(slim.init(source as never)).rejects.toThrow(message);
    await expect(slim.init(source as never)).rejects.toThrow(slim.ArgumentError);
    expect(sample).toThrow(slim.WasmError);
    await slim.init(core);
    expect(sample()).toEqual(SAMPLE);
  });

  test("names WebAssembly's own error for bytes that are not a module", () => {
    expect(() => slim.initSync(Uint8Array.of(1, 2, 3))).toThrow(slim.WasmError);
    expect(() => slim.initSync(Uint8Array.of(1, 2, 3))).toThrow(/got CompileError: /);
  });

  test.each<[name: string, bytes: Uint8Array]>([
    ["a page that came in its place", new TextEncoder().encode("<!doctype html>")],
    ["half of it", core.subarray(0, core.length / 2)],
  ])("says of %s that it is no module, and nothing of permissions", (_, bytes) => {
    expect(() => slim.initSync(bytes)).toThrow(
      /expected a module that this engine takes: .*\.scalar\.wasm.*CompileError/,
    );
    expect(() => slim.initSync(bytes)).not.toThrow(/permission/);
  });

  test.each<[name: string, error: Error, message: RegExp]>([
    [
      "there is no room for one more core",
      new RangeError("Out of memory"),
      /expected .*room for its memory, got RangeError/,
    ],
    [
      "the page forbids it, as WebKit, which compiles first",
      new WebAssembly.CompileError("no"),
      /'wasm-unsafe-eval'.*CompileError/,
    ],
  ])("says that %s", (_, error, message) => {
    slim.initSync(compiled);
    const { Instance } = WebAssembly;
    vi.spyOn(WebAssembly, "Instance").mockImplementation(function refuse() {
      throw error;
    } as unknown as typeof Instance);
    try {
      expect(() => slim.createCore()).toThrow(message);
    } finally {
      vi.restoreAllMocks();
    }
    expect(slim.createCore().run(sample)).toEqual(SAMPLE);
  });

  test("has its graph, which takes its own module", async () => {
    const graph = await import("../bindings/entry/slim/graph.ts");
    slim.initSync(compiled);
    const train = () => graph.parameter([2], [3, 4]);
    expect(train).toThrow(/with reparam\/graph\.wasm, got no module/);
    expect(() => graph.initSync(compiled)).toThrow(/expected graph\.wasm of this version/);
    await graph.init(bytesOf("graph.scalar.wasm"));
    const w = train();
    graph.step(() => graph.backward(graph.sum(graph.mul(w, w))));
    expect(Array.from(w.grad())).toEqual([6, 8]);
  });
});

function sharedCopy(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** WebAssembly as another realm has it: its modules are no instances of ours. */
function realm(): object {
  return runInNewContext("WebAssembly");
}

function otherVersion(): Uint8Array {
  const bytes = core.slice();
  const name = new TextEncoder().encode("reparam/core ");
  const at = bytes.findIndex((_, i) => name.every((byte, j) => bytes[i + j] === byte));
  bytes[at + name.length] = "9".charCodeAt(0);
  return bytes;
}
