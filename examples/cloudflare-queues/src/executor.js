import { DisposedError } from "reparam";

/** Messages that Queues take at once: of some hundred bytes each, so that all have less than its 256 kB. */
const BATCH = 100;

/** Sends shards to a queue, and is told what came of them. Lives in the Durable Object that consumers of the queue call. */
export class QueueExecutor {
  size;
  #queue;
  #object;
  #patience;
  #runs = new Map();
  #isOpen = true;

  /**
   * @param object where consumers find this: the identifier of its Durable Object
   * @param size how many consumers there are at a time, about: there are a few times as many shards
   * @param patience milliseconds without a word from any consumer after which the shards that are missing are given up
   */
  constructor(queue, object, { size = 4, patience = 120_000 } = {}) {
    this.#queue = queue;
    this.#object = object;
    this.size = size;
    this.#patience = patience;
  }

  async *map({ common, shards, largest }, signal) {
    signal.throwIfAborted();
    if (!this.#isOpen) throw new DisposedError("executor", "one that is open", "a disposed one");
    const id = crypto.randomUUID();
    const missing = new Set(shards.keys());
    const told = [];
    let wake = () => {};
    const run = {
      common,
      tell(outcome) {
        // Not kept, if it is too large to be read at all.
        const isTooLarge = outcome.partial?.byteLength > largest;
        told.push(isTooLarge ? { shard: outcome.shard, error: new Error(`above ${largest} bytes`) } : outcome);
        wake();
      },
    };
    this.#runs.set(id, run);
    const abort = () => wake();
    signal.addEventListener("abort", abort);
    try {
      const address = { object: this.#object, run: id };
      // "v8" is structured clone; JSON, the default, knows no bytes.
      const messages = shards.map((message, shard) => ({ body: { ...address, shard, message }, contentType: "v8" }));
      for (let i = 0; i < messages.length; i += BATCH) await this.#queue.sendBatch(messages.slice(i, i + BATCH));
      while (missing.size > 0) {
        if (told.length === 0 && !signal.aborted)
          await this.#next((resolve) => {
            wake = resolve;
          });
        signal.throwIfAborted();
        if (!this.#isOpen) throw new DisposedError("executor", "one that is open", "a disposed one");
        if (told.length === 0) throw new Error(`no word from any consumer in ${this.#patience} ms`);
        for (const outcome of told.splice(0)) if (missing.delete(outcome.shard)) yield outcome;
      }
    } finally {
      // Messages that are still in the queue find nobody who asked for them.
      this.#runs.delete(id);
      signal.removeEventListener("abort", abort);
    }
  }

  async #next(listen) {
    let timer;
    await new Promise((resolve) => {
      listen(resolve);
      timer = setTimeout(resolve, this.#patience);
    });
    clearTimeout(timer);
  }

  /** What shards of a run have in common; undefined when it has ended. */
  common(run) {
    return this.#runs.get(run)?.common;
  }

  /** By a consumer: `{ shard, partial }` or `{ shard, error }`. */
  tell(run, outcome) {
    this.#runs.get(run)?.tell(outcome);
  }

  async dispose() {
    this.#isOpen = false;
    for (const run of this.#runs.values()) run.tell({ shard: -1, error: undefined });
  }
}
