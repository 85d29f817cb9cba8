import { WasmError } from "./errors.ts";
import type { Memory } from "./instantiate.ts";

const ALIGNMENT = 64; // a cache line; also lets kernels run over an array's end to a whole group of 16 floats
const PAGE = 65536;

interface Block {
  at: number;
  bytes: number;
}

/**
 * The one owner of wasm memory above the modules' data: first fit over a list of free blocks, sorted by address and
 * merged with their neighbours. Few, long-lived blocks: parameters, optimizer state and the chunks of the arena.
 *
 *   0              base                                       memory end
 *   | modules' data | block | free | block | block | free ......... |
 */
export class Heap {
  readonly #memory: Memory;
  readonly #free: Block[] = [];
  readonly #sizes = new Map<number, number>();

  constructor(memory: Memory, base: number) {
    this.#memory = memory;
    const at = align(base);
    this.#free.push({ at, bytes: memory.buffer.byteLength - at });
  }

  /** Address of a new block, aligned to 64 bytes. Its contents are whatever was there before. */
  allocate(bytes: number): number {
    const size = align(Math.max(bytes, 1));
    const block = this.#free.find((candidate) => candidate.bytes >= size) ?? this.#grow(size);
    const { at } = block;
    block.at += size;
    block.bytes -= size;
    if (block.bytes === 0) this.#free.splice(this.#free.indexOf(block), 1);
    this.#sizes.set(at, size);
    return at;
  }

  release(at: number): void {
    const bytes = this.#sizes.get(at);
    if (bytes === undefined) return;
    this.#sizes.delete(at);
    this.#insert({ at, bytes });
  }

  #insert(block: Block): Block {
    const next = this.#free.findIndex((other) => other.at > block.at);
    const index = next < 0 ? this.#free.length : next;
    this.#free.splice(index, 0, block);
    this.#mergeWithNext(index);
    return index > 0 && this.#mergeWithNext(index - 1) ? (this.#free[index - 1] as Block) : block;
  }

  #mergeWithNext(index: number): boolean {
    const [block, next] = [this.#free[index], this.#free[index + 1]];
    if (!block || !next || block.at + block.bytes !== next.at) return false;
    block.bytes += next.bytes;
    this.#free.splice(index + 1, 1);
    return true;
  }

  /** Memory grows by a quarter at least, so that many small requests do not each copy it. */
  #grow(bytes: number): Block {
    const before = this.#memory.buffer.byteLength;
    const pages = Math.ceil(Math.max(bytes, before / 4) / PAGE);
    for (const attempt of [pages, Math.ceil(bytes / PAGE)]) {
      try {
        this.#memory.grow(attempt);
        return this.#insert({ at: before, bytes: attempt * PAGE });
      } catch {
        // The smaller request may still fit.
      }
    }
    throw new WasmError("memory", `${bytes} more bytes of WebAssembly memory`, `a refusal to grow beyond ${before}`);
  }
}

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
