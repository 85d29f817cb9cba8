import { key } from "reparam";
import { expectation } from "reparam/inference";
import { coins, faulty } from "./work.js";

/** An expectation and its gradient, on any executor: what the test compares. */
export async function run({ work, seed, samples, shard }, executor) {
  const { cost, distribution, estimator, parameters } = work === "faulty" ? faulty() : coins({ logits: [0.5, -1, 2] });
  const { value, standardError } = await expectation(cost, distribution, {
    key: key(seed),
    samples,
    executor,
    ...(estimator && { estimator }),
    ...(shard && { shard }),
  });
  return { value, standardError, gradient: [...parameters.logits.grad()] };
}
