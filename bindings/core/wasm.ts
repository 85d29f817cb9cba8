import { ArgumentError, describe, WasmError } from "./errors.ts";
import { adopt, type Build, bestBuild, compile, type WasmModule } from "./instantiate.ts";
import { decode } from "./text.ts";

/** What `initSync` takes: a module, of any realm, or its bytes. */
export type WasmSource = WasmModule | ArrayBuffer | ArrayBufferView;

/** What we use of a Response. */
export interface WasmResponse {
  /** Whether the status is one of success: a response that failed is refused. */
  readonly ok: boolean;
  /** For the message of the error. */
  readonly status: number;
  /** For the message of the error. */
  readonly statusText: string;
  /** The bytes of the module. */
  arrayBuffer(): Promise<ArrayBuffer>;
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

  /** The same from the text of the build that this engine takes. */
  provideText(texts: Readonly<Record<Build, string>>): void {
    this.provide(() => {
      const build = bestBuild();
      return { module: compile(decode(texts[build])), build };
    });
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

  /** Takes a module, or its bytes, from a caller for all cores that are made from now on. */
  initSync(source: WasmSource): void {
    const module = isModule(source) ? source : compile(bytesOf(source));
    const names = exportsOf(module);
    const own = names.find((name) => name.startsWith(this.#identity));
    if (own === undefined)
      throw new ArgumentError("source", `${this.#path} of this version, "${this.#identity}"`, foreign(names));
    this.use({ module, build: own.endsWith("scalar") ? "scalar" : "simd" });
  }

  /** The same from what has to be waited for: a response that holds the bytes, or a promise of any of these. */
  async init(source: WasmSource | WasmResponse | PromiseLike<WasmSource | WasmResponse>): Promise<void> {
    const given = await source;
    if (tagOf(given) !== "Response") return this.initSync(given as WasmSource);
    const response = given as WasmResponse;
    if (!response.ok)
      throw new ArgumentError("source", `a response with ${this.#path}`, `${response.status} ${response.statusText}`);
    this.initSync(await response.arrayBuffer());
  }
}

/** @throws ArgumentError for an object that only calls itself a module, or one of another realm that is frozen */
function exportsOf(module: WasmModule): string[] {
  try {
    return WebAssembly.Module.exports(adopt(module) as WebAssembly.Module).map(({ name }) => name);
  } catch (cause) {
    throw new ArgumentError("source", "a WebAssembly.Module", `one that cannot be used here (${cause})`);
  }
}

const foreign = (names: readonly string[]): string =>
  names.find((name) => name.startsWith("reparam/")) ?? "a module that is not of this package";

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

const isModule = (source: unknown): source is WasmModule => tagOf(source) === "WebAssembly.Module";

/** A copy where others may write: engines refuse to compile from shared memory. */
function bytesOf(source: unknown): Uint8Array {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
  if (tagOf(source) === "ArrayBuffer") return new Uint8Array(source as ArrayBuffer);
  throw new ArgumentError("source", "a WebAssembly.Module, or its bytes in an ArrayBuffer or a view", describe(source));
}
