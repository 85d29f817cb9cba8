/** The Worker, with deliveries that go wrong: the first of each odd shard fails, and shard 0 is computed twice. */
import worker, { Run } from "../src/worker.js";

export { Run };

const failed = new Set();

export default {
  fetch: worker.fetch,
  async queue(batch, env) {
    const [{ id, body }] = batch.messages;
    if (body.shard % 2 === 1 && !failed.has(id)) {
      failed.add(id);
      throw new Error("this isolate is gone");
    }
    await worker.queue(batch, env);
    if (body.shard === 0) await worker.queue(batch, env);
  },
};
