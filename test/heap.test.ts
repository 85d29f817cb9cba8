import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Arena } from "../bindings/core/arena.ts";
import { Heap } from "../bindings/core/heap.ts";
import { WasmError } from "../bindings/index.ts";

interface Block {
  readonly at: number;
  readonly bytes: number;
}

const overlap = (a: Block, b: Block) => a.at < b.at + b.bytes && b.at < a.at + a.bytes;
const sizes = fc.integer({ min: 1, max: 200_000 });

describe("the heap", () => {
  test("hands out blocks that are aligned, inside memory and apart, whatever is freed in between", () => {
    const actions = fc.array(fc.record({ free: fc.boolean(), pick: fc.nat(), bytes: sizes }), { maxLength: 60 });
    fc.assert(
      fc.property(actions, fc.integer({ min: 0, max: 5000 }), (sequence, base) => {
        const memory = new WebAssembly.Memory({ initial: 1 });
        const heap = new Heap(memory, base);
        const live: Block[] = [];
        for (const { free, pick, bytes } of sequence) {
          if (free && live.length > 0) {
            const [block] = live.splice(pick % live.length, 1);
            heap.release(block?.at ?? -1);
          } else {
            const block = { at: heap.allocate(bytes), bytes };
            expect(block.at % 64).toBe(0);
            expect(block.at).toBeGreaterThanOrEqual(base);
            expect(block.at + bytes).toBeLessThanOrEqual(memory.buffer.byteLength);
            expect(live.some((other) => overlap(other, block))).toBe(false);
            live.push(block);
          }
        }
        // All given back, in some order, memory is one piece again.
        for (const { at } of live.sort((a, b) => (a.bytes % 7) - (b.bytes % 7))) heap.release(at);
        const [size, start] = [memory.buffer.byteLength, Math.ceil(base / 64) * 64];
        expect(heap.allocate(size - start)).toBe(start);
        expect(memory.buffer.byteLength).toBe(size);
      }),
      { numRuns: 150, seed: 20260719 },
    );
  });

  test("ignores an address it never gave out, and one that was given back", () => {
    const heap = new Heap(new WebAssembly.Memory({ initial: 1 }), 0);
    const [a, b] = [heap.allocate(64), heap.allocate(64)];
    heap.release(a);
    heap.release(a);
    heap.release(12345);
    expect(heap.allocate(64)).toBe(a);
    expect(heap.allocate(64)).toBeGreaterThan(b);
  });
});

describe("memory that may not grow", () => {
  const PAGE = 65536;

  test("is used to its last page before the heap gives up, with an error that says so, and is unharmed by it", () => {
    const memory = new WebAssembly.Memory({ initial: 40, maximum: 41 });
    const heap = new Heap(memory, 0);
    const first = heap.allocate(40 * PAGE);
    // A quarter of the memory, which growth asks for first, is 10 pages; one is left.
    expect(heap.allocate(PAGE)).toBe(40 * PAGE);
    for (const bytes of [1, 2 ** 31, 2 ** 40, 2 ** 52]) {
      expect(() => heap.allocate(bytes)).toThrow(WasmError);
      expect(() => heap.allocate(bytes)).toThrow(`memory: expected ${Math.ceil(bytes / 64) * 64} more bytes`);
    }
    expect(memory.buffer.byteLength).toBe(41 * PAGE);
    heap.release(first);
    expect(heap.allocate(40 * PAGE)).toBe(first);
  });

  test("leaves the arena as it was when a request fails", () => {
    const arena = new Arena(new Heap(new WebAssembly.Memory({ initial: 1, maximum: 20 }), 0));
    const first = arena.allocate(1000);
    const mark = arena.mark();
    expect(() => arena.allocate(100 * PAGE)).toThrow(WasmError);
    arena.release(mark);
    expect(arena.allocate(1000)).toBe(first + 1024);
    arena.release(0);
    expect(arena.allocate(1000)).toBe(first);
  });
});

describe("the arena", () => {
  test("hands out blocks that stay apart until the mark before them is released, and settles after two turns", () => {
    const turns = fc.array(fc.array(sizes, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(turns, (levels) => {
        const memory = new WebAssembly.Memory({ initial: 1 });
        const arena = new Arena(new Heap(memory, 100));
        const turn = () => {
          const live: Block[] = [];
          const marks: { mark: number; count: number }[] = [];
          const allocate = (bytes: number) => {
            const block = { at: arena.allocate(bytes), bytes };
            expect(block.at % 64).toBe(0);
            expect(block.at + bytes).toBeLessThanOrEqual(memory.buffer.byteLength);
            expect(live.some((other) => overlap(other, block))).toBe(false);
            live.push(block);
          };
          for (const level of levels) {
            marks.push({ mark: arena.mark(), count: live.length });
            level.forEach(allocate);
          }
          for (const { mark, count } of marks.reverse()) {
            arena.release(mark);
            expect(arena.mark()).toBe(mark);
            live.length = count;
            if (mark > 0) allocate(1000);
          }
          arena.release(0);
        };
        turn();
        turn();
        const settled = memory.buffer.byteLength;
        for (let i = 0; i < 5; i++) turn();
        expect(memory.buffer.byteLength).toBe(settled);
      }),
      { numRuns: 100, seed: 20260719 },
    );
  });

  test("makes one piece of the several that a turn needed: the next turn may take it whole", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const arena = new Arena(new Heap(memory, 0));
    const first = arena.allocate(200_000);
    for (let i = 0; i < 9; i++) arena.allocate(200_000);
    arena.release(0);
    const grown = memory.buffer.byteLength;
    expect(arena.allocate(2_000_000)).toBe(first);
    expect(memory.buffer.byteLength).toBe(grown);
  });
});
