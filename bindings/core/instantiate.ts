import { instantiateSync } from "@assemblyscript/loader";
import { WasmError } from "./errors.ts";

/** Both give the same bits. */
export type Build = "simd" | "scalar";

/** A WebAssembly.Module, where the types of the host know it. */
type HostModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } } ? M : object;

/** The types of the DOM say nothing of what is in a module, so that all fits: no text, promise, response or instance here. */
export type WasmModule = HostModule &
  object & {
    /** None: a promise has one. */
    readonly then?: never;
    /** None: a response has one. */
    readonly arrayBuffer?: never;
    /** None: an instance has them. */
    readonly exports?: never;
  };

/** What we use of a WebAssembly.Memory; its own type is only known where the DOM's types are. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/**
 * (module (func (result v128) (i8x16.popcnt (i8x16.splat (i32.const 0)))))
 * Valid only where 128-bit SIMD is.
 */
const SIMD_PROBE =
  "\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7b\x03\x02\x01\0\x0a\x0a\x01\x08\0\x41\0\xfd\x0f\xfd\x62\x0b";

/** The fastest build this engine takes. */
export function bestBuild(): Build {
  needWebAssembly();
  return WebAssembly.validate(bytesOfCharacters(SIMD_PROBE) as BufferSource) ? "simd" : "scalar";
}

/** Each character a byte: for modules of some bytes. */
export const bytesOfCharacters = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

function needWebAssembly(): void {
  if (typeof WebAssembly === "undefined")
    throw new WasmError(
      "WebAssembly",
      "an engine that has it (a browser of 2017 or later, Node, Deno, Bun, an edge runtime)",
      "none: the global WebAssembly is undefined",
    );
}

/** Synchronous, so the first call just works: engines allow it for modules of this size in every thread. */
export function compile(bytes: Uint8Array): WasmModule {
  needWebAssembly();
  return named(
    () => new WebAssembly.Module(bytes as BufferSource),
    () => (isValid(bytes) ? PERMISSION : VALID),
  );
}

/** Without permission to compile, engines still tell what is valid. */
function isValid(bytes: Uint8Array): boolean {
  try {
    return WebAssembly.validate(bytes as BufferSource);
  } catch {
    return true; // an engine that tells nothing without permission
  }
}

/**
 * The loader knows a module by instanceof, which fails for one that another realm has compiled (EdgeVM, the edge routes of
 * Next.js, node:vm); the engine itself asks for no prototype.
 */
export function adopt(module: WasmModule): WasmModule {
  needWebAssembly();
  if (!(module instanceof WebAssembly.Module)) Object.setPrototypeOf(module, WebAssembly.Module.prototype);
  return module;
}

/** The exports of a new instance, and its memory: its own, or the one it is to share. */
export function instantiate<Kernels>(module: WasmModule, shared?: Memory): { kernels: Kernels; memory: Memory } {
  // A fresh imports object: the loader writes into it. Raw exports: its wrappers cost more than a small kernel. Their type is
  // generated from the same compilation, which no compiler can check across the two languages.
  const imports = shared ? { env: { memory: shared } } : {};
  const { instance } = named(
    () => instantiateSync(adopt(module) as WebAssembly.Module, imports as Record<string, Record<string, unknown>>),
    // WebKit asks for permission here, not when it compiles.
    (cause) => (cause instanceof RangeError ? ROOM : PERMISSION),
  );
  const exports = Object.entries(instance.exports);
  return {
    kernels: Object.fromEntries(exports.filter(([, value]) => typeof value === "function")) as Kernels,
    // Ours, as the Memory above: the DOM's type would be in our declarations.
    memory: instance.exports.memory as unknown as Memory,
  };
}

/** An engine's own error, with what would be needed instead. */
function named<T>(attempt: () => T, expected: (cause: unknown) => string): T {
  try {
    return attempt();
  } catch (cause) {
    const { name, message } = cause as Error;
    throw Object.assign(new WasmError("WebAssembly", expected(cause), `${name}: ${message}`), { cause });
  }
}

const VALID = "a module that this engine takes: the whole file, and the .scalar.wasm of it where there is no SIMD";

const ROOM = "to make an instance of it, with room for its memory";

const PERMISSION =
  "permission to compile it (in a page, allow 'wasm-unsafe-eval' in the script-src of the Content-Security-Policy; on an " +
  "edge runtime, resolve reparam with the condition workerd or edge-light, or give the compiled module to reparam/slim)";
