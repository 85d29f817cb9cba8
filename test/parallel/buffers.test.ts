// Messages in Buffers of Node, as its clients of queues and sockets hand them over: parts of larger memory, anywhere in it.

import { expect, test } from "vitest";
import { mul, parameter, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { meanOfRows, type RowsPiece } from "../../bindings/inference/index.ts";
import { type Executor, performer, shared } from "../../bindings/parallel/index.ts";

const work = shared("of buffers", () => {
  const w = parameter([1], [3]);
  return { w, loss: ({ from, to }: RowsPiece): Tensor => mul(tensor(new Float32Array(to - from).fill(2)), w) };
});

test.each([0, 1, 3, 4])("at a place of %d beyond a multiple of 8, in memory that is written again", async (offset) => {
  const memory = new ArrayBuffer(2 ** 16);
  const received = (bytes: Uint8Array, at: number): Uint8Array => {
    const buffer = Buffer.from(memory, at + offset, bytes.length);
    buffer.set(bytes);
    return buffer;
  };
  const worker = performer();
  const executor: Executor = {
    size: 1,
    async *map({ common, shards }) {
      for (const [shard, bytes] of shards.entries()) {
        const partial = await worker.perform(received(common, 0), received(bytes, 2 ** 15));
        yield { shard, partial: received(partial, 2 ** 14) };
      }
    },
    async dispose() {},
  };
  const { w, loss } = work();
  for (const x of [3, 5]) {
    w.set([x]);
    expect((await meanOfRows(loss, { rows: 4, gradients: false, executor })).value).toBe(2 * x);
  }
});
