import binaryen from "assemblyscript/binaryen";
import { type CoreKernels, HEAP_BASE } from "../../bindings/core/generated/kernels.ts";
import type { GraphKernels } from "../../bindings/graph/generated/kernels.ts";

/** Something of each of the package's modules. */
export interface OfModules<T> {
  readonly core: T;
  readonly graph: T;
}

export type Kernels = CoreKernels & GraphKernels;

/** An array of a kernel in wasm memory, and what any implementation has to do with it at least. */
export interface Area {
  readonly content: Float32Array | Float64Array | Int32Array | Uint8Array;
  readonly reads: boolean;
  readonly writes: boolean;
}

export const input = (content: Float32Array): Area => ({ content, reads: true, writes: false });
export const output = (length: number): Area => ({ content: new Float32Array(length), reads: false, writes: true });
export const both = (content: Float32Array): Area => ({ content, reads: true, writes: true });
/** Too small to count, or never out of the cache. */
export const work = (content: Area["content"]): Area => ({ content, reads: false, writes: false });

const PAGE = 65_536;
const LINE = 64;
/** Kernels work on whole groups of floats, past the end of an array. */
const SLACK = 128;

export interface Placed {
  readonly kernels: Kernels;
  readonly exports: OfModules<WebAssembly.Exports>;
  readonly memory: WebAssembly.Memory;
  readonly at: readonly number[];
}

/** Fresh instances of the modules, over one memory with the areas in it. */
export function place(modules: OfModules<WebAssembly.Module>, areas: readonly Area[]): Placed {
  const core = new WebAssembly.Instance(modules.core).exports;
  const memory = core.memory as WebAssembly.Memory;
  const graph = new WebAssembly.Instance(modules.graph, { env: { memory } }).exports;
  const exports = { core, graph };
  const kernels = { ...core, ...graph } as unknown as Kernels;
  let end = upTo(LINE, HEAP_BASE);
  const at = areas.map(({ content }) => {
    const address = end;
    end = upTo(LINE, address + content.byteLength + SLACK);
    return address;
  });
  memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / PAGE)));
  areas.forEach(({ content: { buffer, byteOffset, byteLength } }, i) => {
    new Uint8Array(memory.buffer).set(new Uint8Array(buffer, byteOffset, byteLength), at[i]);
  });
  return { kernels, exports, memory, at };
}

const upTo = (multiple: number, value: number): number => Math.ceil(value / multiple) * multiple;

/** Vectors of each array a turn. */
const VECTORS = 4;

/**
 * The kernel with its arithmetic taken out: a loop that reads what it has to read and writes what it has to write, in step.
 * Undefined when there is nothing. Of arrays that are read and written the values stay.
 */
export function trafficOf(areas: readonly Area[], { memory, at }: Placed): (() => void) | undefined {
  const streams = areas.flatMap(({ reads, writes, content }, i) =>
    reads || writes ? [{ reads, writes, bytes: content.byteLength, at: at[i] }] : [],
  );
  if (streams.length === 0) return undefined;
  const bytes = Math.min(...streams.map((stream) => stream.bytes));
  if (bytes < 16 * VECTORS) throw new RangeError(`an array of ${bytes} bytes is no traffic: make it work(...)`);
  const body = Array.from({ length: VECTORS }, (_, vector) =>
    streams.map(({ reads, writes, at }) => {
      const address = `offset=${at + 16 * vector} (local.get $i)`;
      const load = `(v128.load ${address})`;
      if (reads && writes) return `(v128.store ${address} ${load})`;
      return reads ? `(local.set $x (v128.xor (local.get $x) ${load}))` : `(v128.store ${address} (local.get $x))`;
    }),
  ).flat();
  const module = binaryen.parseText(`(module
    (import "core" "memory" (memory 1))
    (func (export "run") (result i32) (local $i i32) (local $x v128)
      (loop $again ${body.join("\n")}
        (local.set $i (i32.add (local.get $i) (i32.const ${16 * VECTORS})))
        (br_if $again (i32.le_u (local.get $i) (i32.const ${bytes - 16 * VECTORS}))))
      (i32x4.extract_lane 0 (local.get $x))))`);
  module.setFeatures(binaryen.Features.All);
  const compiled = new WebAssembly.Module(new Uint8Array(module.emitBinary()));
  module.dispose();
  return new WebAssembly.Instance(compiled, { core: { memory } }).exports.run as () => void;
}
