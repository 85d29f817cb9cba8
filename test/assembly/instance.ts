import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

type Words = Float32Array | Uint32Array;
type Map = (out: number, x: number, n: number, best?: number, tau?: number) => void;

/** Elementwise functions of assembly/ by name, e.g. "Exp" for exp. */
export type Name =
  | "Exp"
  | "Log"
  | "LogNormal"
  | "Log1p"
  | "SinQuarter"
  | "CosQuarter"
  | "Tanh"
  | "Sigmoid"
  | "Softplus"
  | "Uniform"
  | "Exponential"
  | "Logistic"
  | "GumbelBound"
  | "Term"
  | "WildTerm";

type Exports = Record<`map${Name}`, Map> & {
  memory: WebAssembly.Memory;
  heapBase(): number;
  mostGumbel(): number;
  tails(out: number, words: number, spare: number, n: number): void;
};

/** entry.ts, running. */
export interface Entry {
  map(name: Name, x: Words, best?: number, tau?: number): Float32Array;
  tails(words: Uint32Array, spare: Uint32Array): Float32Array;
  readonly mostGumbel: number;
}

/** Compiles entry.ts in memory, quickly: optimization changes no bits (builds.test.ts). */
export async function compileEntry(build: "simd" | "scalar"): Promise<Entry> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "test/assembly/entry.ts",
      ...["--config", "none", "--baseDir", fileURLToPath(new URL("../..", import.meta.url))],
      ...["--runtime", "stub", "--use", "abort=", "--noAssert", "-O1", "--disableWarning", "112"],
      ...[build === "simd" ? "--enable" : "--disable", "simd", "--outFile", "entry.wasm"],
    ],
    {
      writeFile: (name, contents) => {
        if (name === "entry.wasm") wasm = contents as Uint8Array;
      },
    },
  );
  if (error || !wasm) throw new Error(`entry.ts does not compile: ${stderr.toString()}`);
  const { instance } = await WebAssembly.instantiate(wasm as BufferSource, {});
  return entryOf(instance.exports as unknown as Exports);
}

function entryOf(exports: Exports): Entry {
  const { memory } = exports;
  /** Runs `body` on the addresses of a result of n elements and of copies of `inputs`, and reads the result. */
  const run = (inputs: readonly Words[], n: number, body: (out: number, ...at: number[]) => void): Float32Array => {
    const base = Math.ceil(exports.heapBase() / 64) * 64;
    const step = Math.ceil(n / 16) * 64;
    const missing = base + step * (inputs.length + 1) - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    const addresses = inputs.map((_, i) => base + step * (i + 1));
    inputs.forEach((input, i) => {
      new Uint32Array(memory.buffer, addresses[i], n).set(new Uint32Array(input.buffer, input.byteOffset, n));
    });
    body(base, ...addresses);
    return new Float32Array(memory.buffer, base, n).slice();
  };
  return {
    mostGumbel: exports.mostGumbel(),
    map: (name, x, best, tau) =>
      run([x], x.length, (out, at) => exports[`map${name}`](out, at as number, x.length, best, tau)),
    tails: (words, spare) =>
      run([words, spare], words.length, (out, at, next) =>
        exports.tails(out, at as number, next as number, words.length),
      ),
  };
}
