import { readFileSync } from "node:fs";
import type { Key } from "reparam";

type NoiseBlock = (out: number, k0: number, k1: number, c0: number, c1: number, c2: number, c3: number) => void;

export type Counter = readonly [number, number, number, number];

/** One Philox block of a key for any counter, computed by the package's own dist/core.wasm: words that no function of it gives out raw. */
export function createBlocks(): (key: Key, counter: Counter) => Uint32Array {
  const file = new URL("../../dist/core.wasm", import.meta.url);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)));
  const memory = exports.memory as WebAssembly.Memory;
  const noiseBlock = exports.noiseBlock as NoiseBlock;
  const at = memory.grow(1) * 65536;
  const block = new Uint32Array(memory.buffer, at, 4);
  return ({ lo, hi }, [c0, c1, c2, c3]) => {
    noiseBlock(at, lo, hi, c0, c1, c2, c3);
    return block;
  };
}
