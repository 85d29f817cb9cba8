import type { Parameters } from "../../graph/index.ts";
import type { Signal } from "../async-step.ts";
import type { Data } from "./wire.ts";

/**
 * A computation in shards, as a worker sees it: made of the parts of a work, once for a run. What parts, options, states and shards are, each
 * kind says: they are those that its own side of the main program sends.
 */
export type Kind = (parts: never, options: never, parameters: Parameters) => Prepared;

/** A run that shards can be asked of. */
export interface Prepared {
  /** Goes to the parameters of a message. */
  readonly set: (state: never) => void;
  /** The partial result of a shard. */
  readonly run: (shard: never, signal?: Signal) => Promise<Data>;
  /** The partial result is in a message: its arrays may be used again. */
  readonly told?: () => void;
}
