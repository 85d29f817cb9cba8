import type { Machine } from "../results.ts";
import type { Shipped } from "./shipped.ts";
import type { Startup } from "./startup.ts";

/** The file format of bench/results/start.json. */
export interface Start {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly startup: readonly Startup[];
  readonly shipped: Shipped;
}

/** What a program may wait for its first sample: import and first call, the median in a fresh process of Node. */
export const MOST_MILLISECONDS = 10;

/** The engines that are slower, in words. */
export const tooSlow = ({ startup }: Pick<Start, "startup">): string[] =>
  startup
    .filter(({ runtime, both }) => runtime === "node" && both.median > MOST_MILLISECONDS)
    .map(({ id, version, both }) => `${id} ${version}: ${both.median.toFixed(1)} ms, more than ${MOST_MILLISECONDS}`);
