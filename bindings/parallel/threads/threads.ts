import { ArgumentError, checkInteger, checkOptions, describe } from "../../core/index.ts";
import type { Executor } from "../../inference/extend.ts";
import { LONGEST, Pool, START, TIMEOUT } from "../pool/pool.ts";
import { ImportError, Thread } from "./thread.ts";
import { importTinypool } from "./tinypool.ts";

/** Of a module: a text, or a URL. */
export type ModuleUrl =
  | string
  | {
      /** As a URL has it. */
      readonly href: string;
    };

/** Of `threads`. */
export interface ThreadsOptions {
  /** The module in which the works are shared, or several: the URL of a file, such as `new URL("./work.js", import.meta.url)`. Each thread imports it. */
  readonly module: ModuleUrl | readonly ModuleUrl[];
  /** How many threads: by default as many as the machine can run at the same time. */
  readonly workers?: number;
  /** Milliseconds that a shard may take before its thread is ended and the shard tried again: 600 000 by default, ten minutes. */
  readonly timeout?: number;
  /** Milliseconds that the modules may take: 60 000 by default. */
  readonly startTimeout?: number;
}

/**
 * Threads of Node, Deno and Bun that compute shards, by way of the package `tinypool`, which has to be installed.
 *
 *     const executor = await threads({ module: new URL("./work.js", import.meta.url) });
 *     try {
 *       await expectation(cost, distribution, { key: key(1), samples: 1e8, executor });
 *     } finally {
 *       await executor.dispose();
 *     }
 *
 * A thread that dies or takes too long is ended, and another one takes its place. Threads that compute nothing keep no program from ending.
 * Under `node --import tsx` modules may be TypeScript.
 *
 * @throws (the promise rejects) PackageError without tinypool; ArgumentError for a module that cannot be imported, and for options that are wrong
 */
export async function threads(options: ThreadsOptions): Promise<Executor> {
  const {
    module,
    workers,
    timeout = TIMEOUT,
    startTimeout = START,
  } = checkOptions(options, ["module", "workers", "timeout", "startTimeout"]);
  const modules = checkModules(module);
  if (workers !== undefined) checkInteger("workers", workers, 1, 1024);
  checkInteger("timeout", timeout, 1, LONGEST);
  checkInteger("startTimeout", startTimeout, 1, LONGEST);
  const Tinypool = await importTinypool();
  const { availableParallelism } = await import("node:os");
  const pool = new Pool({
    workers: workers ?? availableParallelism(),
    timeout,
    hire: () => new Thread({ Tinypool, modules, start: startTimeout }),
    explain: (error) =>
      error instanceof ImportError
        ? new ArgumentError("module", "one that can be imported in each thread", `${error.module}: ${error.message}`)
        : error,
  });
  try {
    await pool.start();
  } catch (error) {
    await pool.dispose();
    throw error;
  }
  return pool;
}

function checkModules(module: ThreadsOptions["module"]): string[] {
  const all = Array.isArray(module) ? module : [module];
  if (all.length === 0) throw new ArgumentError("module", "at least one", "none");
  return all.map((each) => {
    const href = typeof each === "object" && each !== null ? each.href : each;
    if (typeof href !== "string" || !/^[a-z][a-z0-9+.-]*:/i.test(href))
      throw new ArgumentError("module", 'a URL, such as new URL("./work.js", import.meta.url)', describe(each));
    return href;
  });
}
