import { instantiateSync } from "@assemblyscript/loader";
import { ArgumentError, describe, WasmError } from "./errors.ts";

/** Both give the same bits. */
export type Build = "simd" | "scalar";

/** A WebAssembly.Module, where the types of the host know it. */
type HostModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } } ? M : object;

/** The types of the DOM say nothing of what is in a module, so that all fits: no text, promise, response or instance here. */
export type WasmModule = HostModule &
  object & { readonly then?: never; readonly arrayBuffer?: never; readonly exports?: never };

/** What `initSync` takes: a module, of any realm, or its bytes. */
export type WasmSource = WasmModule | ArrayBuffer | ArrayBufferView;

/** What we use of a Response. */
export interface WasmResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What we use of a WebAssembly.Memory; its own type is only known where the DOM's types are. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Compiled {
  readonly module: WasmModule;
  readonly build: Build;
}

/**
 * One of the package's WebAssembly modules. Its code comes from the entry that was imported (bytes as text, or a module that
 * the edge runtime has compiled) or, with reparam/slim, from the caller.
 */
export class Wasm<Kernels> {
  readonly #path: string;
  readonly #identity: string;
  #provider: (() => Compiled) | undefined;
  #compiled: Compiled | undefined;
  /** Only a type: what an instance exports. */
  declare readonly kernels: Kernels;

  /**
   * @param path where the package has the file, "core.wasm"
   * @param identity name of an export that only a module of this very version has
   */
  constructor(path: string, identity: string) {
    this.#path = path;
    this.#identity = identity;
  }

  /** Where the code comes from when nobody has called `init`. Nothing is compiled before the first call. */
  provide(provider: () => Compiled): void {
    this.#provider = provider;
  }

  /** Takes a module for all cores that are made from now on. */
  use(compiled: Compiled): void {
    this.#compiled = compiled;
  }

  /** Compiled once; instances share it. */
  get compiled(): Compiled {
    this.#compiled ??= this.#provider?.();
    if (this.#compiled) return this.#compiled;
    throw new WasmError("WebAssembly", `init or initSync to be called first, with reparam/${this.#path}`, "no module");
  }

  /** The same for a module or bytes that a caller gives. */
  initSync(source: WasmSource): void {
    const module = isModule(source) ? adopt(source) : compile(bytesOf(source));
    const names = WebAssembly.Module.exports(module as WebAssembly.Module).map(({ name }) => name);
    const own = names.find((name) => name.startsWith(this.#identity));
    if (own === undefined)
      throw new ArgumentError("source", `${this.#path} of this version, "${this.#identity}"`, foreign(names));
    this.use({ module, build: own.endsWith("scalar") ? "scalar" : "simd" });
  }

  /** The same for what has to be waited for: a response that holds the bytes, or a promise of any of these. */
  async init(source: WasmSource | WasmResponse | PromiseLike<WasmSource | WasmResponse>): Promise<void> {
    const given = await source;
    if (tagOf(given) !== "Response") return this.initSync(given as WasmSource);
    const response = given as WasmResponse;
    if (!response.ok)
      throw new ArgumentError("source", `a response with ${this.#path}`, `${response.status} ${response.statusText}`);
    this.initSync(await response.arrayBuffer());
  }
}

const foreign = (names: readonly string[]): string =>
  names.find((name) => name.startsWith("reparam/")) ?? "a module that is not of this package";

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

const isModule = (source: unknown): source is WasmModule => tagOf(source) === "WebAssembly.Module";

/**
 * The loader knows a module by instanceof, which fails for one that another realm has compiled (EdgeVM, the edge routes of
 * Next.js, node:vm); the engine itself asks for no prototype.
 */
function adopt(module: WasmModule): WasmModule {
  needWebAssembly();
  if (!(module instanceof WebAssembly.Module)) Object.setPrototypeOf(module, WebAssembly.Module.prototype);
  return module;
}

function bytesOf(source: unknown): Uint8Array {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (tagOf(source) === "ArrayBuffer") return new Uint8Array(source as ArrayBuffer);
  throw new ArgumentError("source", "a WebAssembly.Module, or its bytes in an ArrayBuffer or a view", describe(source));
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
  return WebAssembly.validate(Uint8Array.from(SIMD_PROBE, (byte) => byte.charCodeAt(0))) ? "simd" : "scalar";
}

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
  return allowed(() => new WebAssembly.Module(bytes as BufferSource));
}

/** The exports of a new instance, and its memory: its own, or the one it is to share. */
export function instantiate<Kernels>(
  { compiled: { module } }: Wasm<Kernels>,
  shared?: Memory,
): { kernels: Kernels; memory: Memory } {
  // A fresh imports object: the loader writes into it. Raw exports: its wrappers cost more than a small kernel. Their type is
  // generated from the same compilation, which no compiler can check across the two languages.
  const imports = shared ? { env: { memory: shared } } : {};
  const { instance } = allowed(() =>
    instantiateSync(adopt(module) as WebAssembly.Module, imports as Record<string, Record<string, unknown>>),
  );
  const exports = Object.entries(instance.exports);
  return {
    kernels: Object.fromEntries(exports.filter(([, value]) => typeof value === "function")) as Kernels,
    memory: instance.exports.memory as unknown as Memory,
  };
}

function allowed<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (cause) {
    const { name, message } = cause as Error;
    throw Object.assign(new WasmError("WebAssembly", REMEDY, `${name}: ${message}`), { cause });
  }
}

const REMEDY =
  "permission to compile it (in a page, allow 'wasm-unsafe-eval' in the script-src of the Content-Security-Policy; on an " +
  "edge runtime, resolve reparam with the condition workerd or edge-light, or give the compiled module to reparam/slim)";
