import { DurableObject } from "cloudflare:workers";
import { performer } from "reparam/parallel";
import { QueueExecutor } from "./executor.js";
import { run } from "./run.js";

/** A run: sends its shards to the queue, and gathers the partial results. */
export class Run extends DurableObject {
  #executor = new QueueExecutor(this.env.SHARDS, this.ctx.id.toString(), { patience: Number(this.env.PATIENCE) });

  /** GET /?work=coins&seed=1&samples=100000: the result as JSON. */
  async fetch(request) {
    const query = new URL(request.url).searchParams;
    const [seed, samples, shard] = ["seed", "samples", "shard"].map((name) => Number(query.get(name)));
    try {
      return Response.json(await run({ work: query.get("work"), seed, samples, shard }, this.#executor));
    } catch (error) {
      return Response.json({ error: `${error.name}: ${error.message}` }, { status: 500 });
    }
  }

  common(run) {
    return this.#executor.common(run);
  }

  tell(run, outcome) {
    this.#executor.tell(run, outcome);
  }
}

/** Of this isolate: keeps works and parameters from one shard to the next. */
const worker = performer();
let current = { run: "", common: undefined };

async function compute({ object, run, shard, message }, runs) {
  const gatherer = runs.get(runs.idFromString(object));
  if (current.run !== run) {
    const common = await gatherer.common(run);
    // It has ended, or its Durable Object was started anew: nobody waits for this.
    if (common === undefined) return;
    current = { run, common };
  }
  const outcome = await worker.perform(current.common, message).then(
    (partial) => ({ shard, partial }),
    (error) => ({ shard, error: new Error(String(error?.message ?? error)) }),
  );
  await gatherer.tell(run, outcome);
}

export default {
  /** Each request is a run of its own. */
  fetch(request, { RUNS }) {
    return RUNS.get(RUNS.newUniqueId()).fetch(request);
  },

  /** What throws here, the queue delivers again. */
  async queue({ messages }, { RUNS }) {
    for (const message of messages) {
      await compute(message.body, RUNS);
      message.ack();
    }
  },
};
