import { ReparamError } from "../../core/index.ts";

/** A server that does not answer, or a queue from which nobody takes shards. */
export class QueueError extends ReparamError {
  override name = "QueueError";
}
