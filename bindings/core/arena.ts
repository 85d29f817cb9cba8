import type { Heap } from "./heap.ts";

const FIRST_CHUNK = 1 << 18;

interface Chunk {
  at: number;
  bytes: number;
}

/**
 * Stack of temporary memory: `mark`, allocate at will, `release` back to the mark. What a call or a training step takes
 * is gone when it ends. Chunks are kept for the next one; a run that needed several gives them back, and the next starts
 * with one of the size that was used, so that the memory of a loop settles after its first turns.
 */
export class Arena {
  readonly #heap: Heap;
  #chunks: Chunk[] = [];
  #index = 0;
  #top = 0;
  /** Bytes that the largest run so far has used. */
  #peak = FIRST_CHUNK;

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
        this.#peak = Math.max(this.#peak, this.#before() + this.#top);
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
    if (mark === 0 && this.#chunks.length > 1) this.#giveBack();
    this.#index = Math.floor(mark / 2 ** 32);
    this.#top = mark % 2 ** 32;
  }

  /** Room for `bytes`, and for as much again as there is, if that can be had. */
  #addChunk(bytes: number): void {
    const room = this.#index === 0 ? this.#peak : this.#before();
    const size = Math.max(bytes, room);
    this.#chunks.push(this.#chunk(size) ?? { at: this.#heap.allocate(bytes), bytes });
  }

  #chunk(bytes: number): Chunk | undefined {
    try {
      return { at: this.#heap.allocate(bytes), bytes };
    } catch {
      return undefined;
    }
  }

  #giveBack(): void {
    for (const chunk of this.#chunks) this.#heap.release(chunk.at);
    this.#chunks = [];
  }

  /** Bytes of the chunks that are full. */
  #before(): number {
    let bytes = 0;
    for (let i = 0; i < this.#index; i++) bytes += (this.#chunks[i] as Chunk).bytes;
    return bytes;
  }
}
