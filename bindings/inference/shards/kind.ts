import type { Parameters } from "../../graph/index.ts";
import type { Signal } from "../async-step.ts";
import type { Data } from "./wire.ts";

/** A computation in shards, as a worker sees it: made of the parts of a work, once for a run. */
export type Kind = (parts: Readonly<Record<string, unknown>>, options: Data, parameters: Parameters) => Prepared;

/** A run that shards can be asked of. */
export interface Prepared {
  /** Goes to the parameters of a message. */
  set(state: Data): void;
  /** The partial result of a shard. */
  run(shard: Data, signal?: Signal): Promise<Data>;
}
