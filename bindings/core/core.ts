import { Arena } from "./arena.ts";
import { type CoreKernels, HEAP_BASE, IDENTITY } from "./generated/kernels.ts";
import { Heap } from "./heap.ts";
import { type Build, instantiate, type Memory } from "./instantiate.ts";
import { Wasm } from "./wasm.ts";

/** The module that every core begins with. */
export const coreWasm = new Wasm<CoreKernels>("core.wasm", IDENTITY);

const SLACK = 16;

/** Up to here a loop is faster than the call of a method of typed arrays, and than the view that it needs. */
const FEW = 32;

/**
 * One instance of the wasm core with its memory: kernels work on addresses, which live in the arena or the heap. `Kernels`
 * are those of the modules loaded into it.
 */
export class Core<Kernels = CoreKernels> {
  kernels: Kernels;
  readonly build: Build;
  readonly heap: Heap;
  readonly arena: Arena;
  readonly #memory: Memory;
  #floats: Float32Array;
  #doubles: Float64Array;

  readonly #loaded = new Set<unknown>();

  constructor() {
    const { module, build } = coreWasm.compiled;
    const { kernels, memory } = instantiate<CoreKernels & Kernels>(module);
    this.kernels = kernels;
    this.build = build;
    this.#memory = memory;
    this.heap = new Heap(memory, HEAP_BASE);
    this.arena = new Arena(this.heap);
    this.#floats = new Float32Array(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
  }

  /** This core with the kernels of a further module, over the same memory. */
  with<More>(wasm: Wasm<More>): Core<Kernels & More> {
    if (!this.#loaded.has(wasm)) {
      // A new object: one that properties are added to keeps them in a dictionary, and each use takes longer.
      const { kernels } = instantiate<object>(wasm.compiled.module, this.#memory);
      this.kernels = { ...(this.kernels as object), ...kernels } as Kernels;
      this.#loaded.add(wasm);
    }
    // The kernels are in the table now; no compiler follows a table that grows.
    return this as unknown as Core<Kernels & More>;
  }

  /** Bytes of wasm memory taken from the host. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** All of memory as floats. Growth detaches the buffer, so a view is never kept across an allocation. */
  get floats(): Float32Array {
    if (this.#floats.buffer !== this.#memory.buffer) this.#renew();
    return this.#floats;
  }

  get #liveDoubles(): Float64Array {
    if (this.#doubles.buffer !== this.#memory.buffer) this.#renew();
    return this.#doubles;
  }

  #renew(): void {
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#doubles = new Float64Array(this.#memory.buffer);
  }

  /** A live view of `length` floats; valid until the next allocation. */
  view(at: number, length: number): Float32Array {
    return this.floats.subarray(at >>> 2, (at >>> 2) + length);
  }

  copy(at: number, length: number): Float32Array {
    return this.copyTo(undefined, at, length);
  }

  /** A copy, in the caller's array when there is one, from its element `start` on. */
  copyTo(out: Float32Array | undefined, at: number, length: number, start = 0): Float32Array {
    const result = out ?? new Float32Array(length);
    const { floats } = this;
    const from = at >>> 2;
    if (length > FEW) result.set(floats.subarray(from, from + length), start);
    else for (let i = 0; i < length; i++) result[start + i] = floats[from + i] as number;
    return result;
  }

  /** A live view as unsigned 32-bit words. */
  words(at: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, length);
  }

  copyWords(at: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, length).slice();
  }

  /** Copies `length` floats within wasm memory. */
  move(to: number, from: number, length: number): void {
    this.floats.copyWithin(to >>> 2, from >>> 2, (from >>> 2) + length);
  }

  /** Temporary room for `length` floats, and for the vector that a kernel may read or write past the last. */
  allocate(length: number): number {
    return this.arena.allocate(length * 4 + SLACK);
  }

  /** The same, from the heap and set to 0: arrays that stay until they are released. All of them or, on an error, none. */
  allocatePersistent(lengths: readonly number[]): number[] {
    const addresses: number[] = [];
    try {
      for (const length of lengths) addresses.push(this.heap.allocate(length * 4 + SLACK));
    } catch (error) {
      this.releasePersistent(addresses);
      throw error;
    }
    for (const [i, at] of addresses.entries()) this.view(at, lengths[i] as number).fill(0);
    return addresses;
  }

  releasePersistent(addresses: readonly number[]): void {
    for (const at of addresses) this.heap.release(at);
  }

  /** Temporary copy of `values`. */
  place(values: ArrayLike<number>): number {
    const at = this.allocate(values.length);
    this.write(values, at);
    return at;
  }

  /** Copies `values` to an address. */
  write(values: ArrayLike<number>, at: number): void {
    const { floats } = this;
    const start = at >>> 2;
    if (values.length > FEW) floats.set(values, start);
    else for (let i = 0; i < values.length; i++) floats[start + i] = values[i] as number;
  }

  /** Temporary f64 values, for temperatures. */
  placeDoubles(values: readonly number[] | Float64Array): number {
    const at = this.arena.allocate(values.length * 8);
    this.#liveDoubles.set(values, at / 8);
    return at;
  }

  placeDouble(value: number): number {
    const at = this.arena.allocate(8);
    this.#liveDoubles[at / 8] = value;
    return at;
  }

  /** Runs `body` and gives back the temporary memory it took, also when it throws. */
  scoped<T>(body: () => T): T {
    const mark = this.arena.mark();
    try {
      return body();
    } finally {
      this.arena.release(mark);
    }
  }
}
