import { instantiateSync } from "@assemblyscript/loader";
import { WasmError } from "./errors.ts";
import type { Kernels } from "./generated/kernels.ts";
import scalar from "./generated/scalar.ts";
import simd from "./generated/simd.ts";

export type Build = "simd" | "scalar";

/** What we use of a WebAssembly.Memory; its own type is only known where the DOM's types are. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export interface Instance {
  readonly kernels: Kernels;
  readonly memory: Memory;
}

/**
 * (module (func (result v128) (i8x16.popcnt (i8x16.splat (i32.const 0)))))
 * Valid only where 128-bit SIMD is.
 */
const SIMD_PROBE = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  10,
  1,
  8,
  0,
  65,
  0,
  253,
  15,
  253,
  98,
  11,
);

/** The fastest build this engine takes; both give the same bits. */
export function bestBuild(): Build {
  if (typeof WebAssembly === "undefined")
    throw new WasmError(
      "WebAssembly",
      "an engine that has it (a browser of 2017 or later, Node, Deno, Bun, an edge runtime)",
      "none: the global WebAssembly is undefined",
    );
  return WebAssembly.validate(SIMD_PROBE) ? "simd" : "scalar";
}

/** Compiles and instantiates a build that is part of this package; synchronous, so the first call just works. */
export function instantiateBuild(build: Build): Instance {
  return instantiateBytes(decode(build === "simd" ? simd : scalar));
}

export function instantiateBytes(bytes: Uint8Array): Instance {
  try {
    // A fresh imports object: the loader writes into it. Raw exports: its wrappers cost more than a small kernel. Their
    // type is generated from the same compilation, which no compiler can check across the two languages.
    const { instance } = instantiateSync(bytes as BufferSource, {});
    const kernels = instance.exports as unknown as Kernels & { memory: Memory };
    return { kernels, memory: kernels.memory };
  } catch (cause) {
    throw Object.assign(new WasmError("WebAssembly", REMEDY, `${(cause as Error).name}: ${(cause as Error).message}`), {
      cause,
    });
  }
}

const REMEDY =
  "permission to compile it (in a page, allow 'wasm-unsafe-eval' in the script-src of the Content-Security-Policy; " +
  "edge runtimes that compile no bytes at run time are not supported yet)";

function decode(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
