import { describe, MessageError } from "../../core/index.ts";
import type { Parameters } from "../../graph/index.ts";
import { checkKey } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import type { BoundOf } from "../bounds/model.ts";
import type { Guide } from "../guides/guide.ts";
import type { Model } from "../model/model.ts";
import type { Data as Columns } from "../model/table.ts";
import type { Executor } from "../shards/executor.ts";
import { gather, jobOf, SHARDS_EACH } from "../shards/gather.ts";
import { setValues, valuesOf } from "../shards/gradients.ts";
import { workOf } from "../shards/shared.ts";
import { longestOf, type Range, ranges } from "../shards/tree.ts";
import type { Data } from "../shards/wire.ts";
import type { EvidenceOptions } from "./evidence.ts";
import { Bounds, type Sampling } from "./evidence-bounds.ts";

/** Of the rest of a message, or of an error. */
const BYTES = 2 ** 14;
const OF: readonly BoundOf[] = ["discrete", "relaxed", "continuous"];

/** What is shared: parts of one work. */
interface Parts {
  readonly model: Model<never>;
  readonly guide: Guide<never>;
  readonly data?: Columns<never>;
}

/** Has so many units computed by an executor's workers. @returns their bounds, in order */
export async function gatherBounds(
  parts: Readonly<Record<keyof Parts, unknown>>,
  units: number,
  sampling: Sampling,
  { executor, shard, signal }: EvidenceOptions & { readonly executor: Executor },
  onShard: (range: Range) => unknown,
): Promise<{ bounds: Float64Array; of: BoundOf }> {
  const work = workOf(parts);
  const shards = ranges(units, shard ?? Math.ceil(units / (SHARDS_EACH * executor.size)));
  const bounds = new Float64Array(units);
  let of: BoundOf = "discrete";
  const largest = BYTES + 8 * longestOf(shards);
  await gather(
    executor,
    {
      job: jobOf("evidence", work, { ...sampling, key: { ...sampling.key } }),
      state: { values: valuesOf(work.made.parameters) },
      shards,
      largest,
    },
    (number, value) => {
      // Numbers are those of shards.
      const range = shards[number] as Range;
      const found = boundsFromData(value, range.to - range.from);
      bounds.set(found.bounds, range.from);
      of = found.of;
    },
    { signal, onShard: (number) => onShard(shards[number] as Range) },
  );
  return { bounds, of };
}

/** Bounds may be no finite numbers: a model may say so. @throws MessageError for what no worker of ours sends */
function boundsFromData(data: Data, length: number): { readonly bounds: Float64Array; readonly of: BoundOf } {
  const { bounds, of } = (data ?? {}) as Record<string, Data>;
  if (!(bounds instanceof Float64Array) || bounds.length !== length)
    throw new MessageError("partial.bounds", `${length} numbers`, describe(bounds));
  if (!OF.includes(of as BoundOf)) throw new MessageError("partial.of", `one of ${OF.join(", ")}`, describe(of));
  return { bounds, of: of as BoundOf };
}

/** The worker's side. The main program has checked the parts, where the same call made the same. */
export const evidenceKind = ({ model, guide, data }: Parts, { key, ...rest }: Sampling, parameters: Parameters) => {
  let bounds: Bounds | undefined;
  return {
    set({ values }: { readonly values: Data }) {
      setValues(parameters, values);
      // What it checks may depend on the values: not before they are those of the main program.
      bounds ??= new Bounds(model, guide, data, { ...rest, key: checkKey(key) }, new Set(Object.values(parameters)));
    },
    async run({ from, to }: Range, signal?: Signal): Promise<Data> {
      const all = new Float64Array(to - from);
      let found: BoundOf = "discrete";
      // Set before any shard.
      await (bounds as Bounds).forEach({ from, to }, signal, (unit, bound, of) => {
        all[unit - from] = bound;
        found = of;
      });
      return { bounds: all, of: found };
    },
  };
};
