// The Worker in workerd, with the queue and the Durable Objects of miniflare; each test ends within 60 s (package.json).

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";
import { inline } from "reparam/parallel";
import { run } from "../src/run.js";

const BUILD = fileURLToPath(new URL("../build", import.meta.url));
let miniflare;
afterEach(() => miniflare.dispose());

/** What wrangler.toml says. */
function start(script, { consumes = true, patience = 20_000 } = {}) {
  const path = (name) => `${BUILD}/${name}`;
  miniflare = new Miniflare({
    modules: [
      { type: "ESModule", path: path(script) },
      ...["core", "graph", "distributions"].map((name) => ({ type: "CompiledWasm", path: path(`${name}.wasm`) })),
    ],
    modulesRoot: BUILD,
    compatibilityDate: "2026-04-01",
    bindings: { PATIENCE: String(patience) },
    durableObjects: { RUNS: { className: "Run", useSQLite: true } },
    queueProducers: { SHARDS: "shards" },
    ...(consumes && { queueConsumers: { shards: { maxBatchSize: 1, maxBatchTimeout: 0, maxRetries: 3 } } }),
  });
}

async function ask(query) {
  const response = await miniflare.dispatchFetch(`http://localhost/?${new URLSearchParams(query)}`);
  return response.json();
}

test("consumers of a queue give the bits that one thread of Node gives", async () => {
  start("worker.js");
  for (const shard of [1024, 7000]) {
    const query = { work: "coins", seed: 3, samples: 50_000, shard };
    assert.deepEqual(await ask(query), await run(query, inline()));
  }
});

test("deliveries that fail are repeated, and those that come twice are once in the sum", async () => {
  start("failing.js");
  const query = { work: "coins", seed: 4, samples: 10_000, shard: 2048 };
  assert.deepEqual(await ask(query), await run(query, inline()));
});

test("a shard that always throws is named, with the reason", async () => {
  start("worker.js");
  const { error } = await ask({ work: "faulty", seed: 1, samples: 4096, shard: 2048 });
  assert.match(error, /^ShardError: shard \d+ of .*no cost today/);
});

test("without any consumer, patience ends", async () => {
  start("worker.js", { consumes: false, patience: 300 });
  const { error } = await ask({ work: "coins", seed: 1, samples: 4096, shard: 2048 });
  assert.match(error, /no word from any consumer in 300 ms/);
});
