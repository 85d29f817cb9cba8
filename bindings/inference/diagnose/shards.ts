import { ArgumentError, describe } from "../../core/index.ts";
import type { Parameters } from "../../graph/index.ts";
import { checkKey } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import type { Estimator } from "../estimator.ts";
import type { State } from "../memory.ts";
import type { Executor } from "../shards/executor.ts";
import { gather, jobOf, SHARDS_EACH } from "../shards/gather.ts";
import { setValues, valuesOf } from "../shards/gradients.ts";
import { workOf } from "../shards/shared.ts";
import { type Range, ranges } from "../shards/tree.ts";
import type { Data } from "../shards/wire.ts";
import { blockOf, blocksOf, partTree } from "./blocks.ts";
import { type Measure, Measurer, type Run, type Sampling, type Seen, seenOf } from "./measure.ts";
import { type DiagnoseOptions, entriesOf, type Measured } from "./options.ts";
import { bytesOf, partialFromData, partialToData } from "./partial.ts";
import { type DiagnoseProblem, Repeatable } from "./problem.ts";
import { truthEntry } from "./truth.ts";

/** What a worker is told: all that says what a gradient is. */
interface Options extends Sampling {
  /** Of the truth: its samples, and its number if it is one of the estimators. */
  readonly truth: { readonly samples?: number; readonly same?: number };
}

/** What changes from run to run. */
interface Standing {
  readonly values: Data;
  readonly numbers?: Float32Array;
  readonly memories: readonly (State | null)[];
  readonly truth?: Float64Array;
}

type Shard = Range & { readonly run: Run };

/** What is shared: parts of one work. */
interface Parts {
  readonly problem: DiagnoseProblem<never>;
  readonly estimators: Readonly<Record<string, Measured>>;
  readonly truth?: Estimator;
}

/** On an executor's workers, all runs at the same time. */
export function measuringElsewhere(
  measurer: Measurer,
  given: Readonly<Record<"problem" | "estimators", unknown>>,
  options: DiagnoseOptions & { readonly executor: Executor },
): Measure {
  const { executor, shard, signal, onProgress, key, chunk, asynchronous, truth } = options;
  const { problem, entries } = measurer;
  const same = entries.slice(0, -1).findIndex(({ estimator }) => estimator === truth?.estimator);
  const work = workOf({ ...given, truth: same < 0 ? truth?.estimator : undefined });
  const told = { samples: truth?.samples, same: same < 0 ? undefined : same };
  const job = jobOf("diagnose", work, { key: { ...key }, chunk, asynchronous, truth: told });
  return async (runs, gradient) => {
    const shards = shardsOf(measurer, runs, executor.size, shard);
    const sums = runs.map(({ of }) => ({ tree: partTree(of), evaluations: 0, milliseconds: 0, done: 0 }));
    const state = {
      values: valuesOf(work.made.parameters),
      numbers: problem.numbers,
      memories: entries.map(({ estimator }) => estimator.memory?.state ?? null),
      truth: gradient,
    };
    const bytes = ({ run, from, to }: Shard): number => bytesOf({ of: run.of, from, to }, problem.size);
    const largest = shards.reduce((most, each) => Math.max(most, bytes(each)), 0);
    await gather(
      executor,
      { job, state, shards, largest },
      (number, value) => {
        // Numbers are those of shards.
        const { run, from, to } = shards[number] as Shard;
        const { of } = run;
        // Everything is checked before anything is added.
        const found = partialFromData(value, { of, from, to }, problem.size, gradient !== undefined);
        const sum = sums[runs.indexOf(run)] as (typeof sums)[number];
        for (const node of found.nodes) sum.tree.add(node);
        sum.evaluations += found.evaluations;
        sum.milliseconds += found.milliseconds;
        sum.done += Math.min(to * blockOf(of), of) - from * blockOf(of);
      },
      {
        signal,
        onShard(number) {
          const { run } = shards[number] as Shard;
          const { done } = sums[runs.indexOf(run)] as (typeof sums)[number];
          return onProgress?.({ estimator: measurer.nameOf(run), done, of: run.of });
        },
      },
    );
    return sums.map((sum, i): Seen => seenOf(sum, (runs[i] as Run).of));
  };
}

/** Blocks in a row of each run; of an estimator that learns all of them, which take longest and come first. */
function shardsOf({ entries }: Measurer, runs: readonly Run[], size: number, shard: number | undefined): Shard[] {
  const learns = ({ entry }: Run): boolean => entries[entry]?.estimator.memory !== undefined;
  const all = runs.reduce((sum, { of }) => sum + blocksOf(of), 0);
  const most = ({ of }: Run): number =>
    shard ? Math.max(1, Math.floor(shard / blockOf(of))) : Math.ceil(all / (SHARDS_EACH * size));
  const whole = runs.filter(learns).map((run) => ({ run, from: 0, to: blocksOf(run.of) }));
  const parts = runs.filter((run) => !learns(run));
  return [...whole, ...parts.flatMap((run) => ranges(blocksOf(run.of), most(run)).map((range) => ({ run, ...range })))];
}

/** The worker's side. The main program has checked the parts, where the same call made the same. */
export const diagnoseKind = (
  { problem, estimators, truth: apart }: Parts,
  { key, truth, ...sampling }: Options,
  parameters: Parameters,
) => {
  const repeatable = new Repeatable(problem, new Set(Object.values(parameters)));
  const entries = entriesOf(estimators);
  const own = truth.same === undefined ? apart : entries[truth.same]?.estimator;
  entries.push(truthEntry(own, truth.samples));
  const measurer = new Measurer(repeatable, entries, { ...sampling, key: checkKey(key) });
  let standing: Standing | undefined;
  return {
    set(given: Standing) {
      setValues(parameters, given.values);
      repeatable.setNumbers(given.numbers);
      const { truth: gradient } = given;
      if (gradient !== undefined && !(gradient instanceof Float64Array && gradient.length === repeatable.size))
        throw new ArgumentError(
          "truth",
          `${repeatable.size} numbers, as this worker's problem has`,
          describe(gradient),
        );
      standing = given;
    },
    async run({ run, from, to }: Shard, signal?: Signal): Promise<Data> {
      // Set before any shard.
      const { memories, truth: gradient } = standing as Standing;
      const state = memories[run.entry];
      if (state) measurer.entries[run.entry]?.estimator.memory?.restore(state);
      const taken = await measurer.take(run, { from, to }, { truth: gradient, signal });
      return partialToData(taken, gradient !== undefined);
    },
  };
};
