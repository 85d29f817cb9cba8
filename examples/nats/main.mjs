/** node main.mjs [HOST:PORT] [WORKERS]: an expectation with its gradient, on the workers and in this thread: the same bits. */
import { key } from "reparam";
import { expectation } from "reparam/inference";
import { inline } from "reparam/parallel";
import { nats } from "./executor.mjs";
import { coins } from "./work.mjs";

const [servers = "127.0.0.1:4222", size = "2"] = process.argv.slice(2);
for (const executor of [await nats({ servers, size: Number(size) }), inline()]) {
  const { cost, distribution, estimator, parameters } = coins({ logits: [0.5, -1, 2] });
  const start = performance.now();
  const { value, standardError } = await expectation(cost, distribution, {
    key: key(1),
    samples: 2_000_000,
    estimator,
    executor,
  });
  const gradient = [...parameters.logits.grad()].join(", ");
  console.log(`${value} ± ${standardError}, gradient ${gradient}; ${(performance.now() - start).toFixed(0)} ms`);
  await executor.dispose();
}
