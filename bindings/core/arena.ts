import type { Heap } from "./heap.ts";

const FIRST_CHUNK = 1 << 18;

interface Chunk {
  at: number;
  bytes: number;
}

/**
 * Stack of temporary memory: `mark`, allocate at will, `release` back to the mark. What a call or a training step takes
 * is gone when it ends. Chunks are kept for the next one; when a run needed several they become one, so that the memory
 * of a loop settles after its first turns.
 */
export class Arena {
  readonly #heap: Heap;
  #chunks: Chunk[] = [];
  #index = 0;
  #top = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Address of `bytes` bytes, aligned to 64, valid until the enclosing mark is released. */
  allocate(bytes: number): number {
    const size = Math.ceil(bytes / 64) * 64;
    for (;;) {
      const chunk = this.#chunks[this.#index];
      if (!chunk) this.#addChunk(size);
      else if (this.#top + size <= chunk.bytes) {
        const at = chunk.at + this.#top;
        this.#top += size;
        return at;
      } else {
        this.#index++;
        this.#top = 0;
      }
    }
  }

  mark(): number {
    return this.#index * 2 ** 32 + this.#top;
  }

  release(mark: number): void {
    this.#index = Math.floor(mark / 2 ** 32);
    this.#top = mark % 2 ** 32;
    if (mark === 0 && this.#chunks.length > 1) this.#merge();
  }

  #addChunk(bytes: number): void {
    const last = this.#chunks.at(-1)?.bytes ?? FIRST_CHUNK / 2;
    const size = Math.max(bytes, last * 2);
    this.#chunks.push({ at: this.#heap.allocate(size), bytes: size });
  }

  #merge(): void {
    const total = this.#chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
    for (const chunk of this.#chunks) this.#heap.release(chunk.at);
    this.#chunks = [];
    this.#chunks.push({ at: this.#heap.allocate(total), bytes: total });
  }
}
