import { diagnoseKind } from "../diagnose/shards.ts";
import { expectationKind } from "../expectation/shards.ts";
import { evidenceKind } from "../fit/evidence-shards.ts";
import { fitKind } from "../fit/gradient.ts";
import { meanOfRowsKind } from "../rows/mean-of-rows.ts";
import { KindPerformer, type Performer } from "./performer.ts";

/**
 * What a worker answers messages with, whatever brings them: a thread, a queue, a service. It computes works that modules it has imported
 * share (`shared`), and evaluates nothing that is in a message.
 *
 *     const worker = performer();
 *     const partial = await worker.perform(common, shard);
 */
export const performer = (): Performer =>
  new KindPerformer({
    expectation: expectationKind,
    diagnose: diagnoseKind,
    evidence: evidenceKind,
    fit: fitKind,
    meanOfRows: meanOfRowsKind,
  });
