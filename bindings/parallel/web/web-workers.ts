import { ArgumentError, checkInteger, checkOptions, describe } from "../../core/index.ts";
import type { Executor } from "../../inference/extend.ts";
import { LONGEST, Pool, START, TIMEOUT } from "../pool/pool.ts";
import { WebHand } from "./web-hand.ts";
import type { WebWorker } from "./worker.ts";

/** Of `webWorkers`. */
export interface WebWorkersOptions {
  /** Starts a worker whose file calls `serve()`: written in full in the program, so that bundlers see it. */
  readonly create: () => WebWorker;
  /** How many: by default as many as the machine can run at the same time, as far as the browser tells. */
  readonly workers?: number;
  /** Milliseconds that a shard may take before its worker is ended and the shard tried again: 600 000 by default, ten minutes. */
  readonly timeout?: number;
  /** Milliseconds that a worker may take to be ready: 60 000 by default. */
  readonly startTimeout?: number;
}

/**
 * Web Workers that compute shards: in pages, Deno and Bun. They start with the first computation, and run until `dispose()`.
 *
 *     const executor = webWorkers({
 *       create: () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
 *     });
 *     await expectation(cost, distribution, { key: key(1), samples: 1e8, executor });
 *     await executor.dispose();
 *
 * What all shards of a computation have in common is sent to each worker once, and not at all where memory can be shared: in pages that are
 * cross-origin isolated. A worker that fails or takes too long is ended, and another one takes its place.
 *
 * @throws ArgumentError for options that are wrong; (the computation) ArgumentError for a worker that cannot be loaded, or calls no `serve()`
 */
export function webWorkers(options: WebWorkersOptions): Executor {
  const {
    create,
    workers = parallelism(),
    timeout = TIMEOUT,
    startTimeout = START,
  } = checkOptions(options, ["create", "workers", "timeout", "startTimeout"]);
  if (typeof create !== "function")
    throw new ArgumentError("create", "a function that makes a Worker", describe(create));
  checkInteger("workers", workers, 1, 1024);
  checkInteger("timeout", timeout, 1, LONGEST);
  checkInteger("startTimeout", startTimeout, 1, LONGEST);
  return new Pool({
    workers,
    timeout,
    hire: () => new WebHand(create(), startTimeout),
    explain: (reason) =>
      new ArgumentError("create", "a function that makes a worker that can be started", (reason as Error).message),
  });
}

function parallelism(): number {
  const { navigator } = globalThis as { navigator?: { readonly hardwareConcurrency?: number } };
  return navigator?.hardwareConcurrency ?? 2;
}
