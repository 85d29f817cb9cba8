import { readFileSync } from "node:fs";
import { inResults, write } from "../files.ts";
import type { Measurement } from "../measure.ts";
import type { EngineResults, Machine } from "../results.ts";
import { drawChart } from "./chart.ts";
import { type ContestantId, OURS } from "./contestants.ts";
import type { Outcomes } from "./race.ts";
import type { Verdict } from "./targets.ts";
import type { Work } from "./work.ts";

/** The file format of bench/results/peers.json. Times are nanoseconds an element, or a call where there is one element. */
export interface PeersResults {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  /** In which those in JavaScript ran. */
  readonly engine: Pick<EngineResults, "runtime" | "version" | "build">;
  readonly contestants: readonly Participant[];
  /** What is counted. */
  readonly counted: string;
  readonly cases: readonly CaseResult[];
  readonly targets: readonly Verdict[];
}

export interface Participant {
  readonly id: ContestantId;
  readonly title: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly note?: string;
}

export interface CaseResult {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly size: string;
  readonly elements: number;
  readonly contestants: { readonly [id in ContestantId]?: Timed | { readonly refused: string } };
}

export interface Timed extends Measurement {
  /** What was called, the fastest of what there is. */
  readonly method: string;
  /** How many times as fast reparam is. */
  readonly ratio: number;
  readonly gflops?: number;
}

export function resultOf({ id, group, name, size, elements, flops }: Work, outcomes: Outcomes): CaseResult {
  const ours = outcomes.get(OURS);
  if (!ours || "refused" in ours) throw new Error(`${id}: no time of our own${ours ? ` (${ours.refused})` : ""}`);
  const contestants = [...outcomes].map(([id, outcome]) => {
    if ("refused" in outcome) return [id, outcome] as const;
    const { median, spread, samples, method } = outcome;
    const timed: Timed = {
      method,
      median: round(median / elements),
      spread: round(spread),
      samples,
      ratio: round(median / ours.median),
      ...(flops && { gflops: round(flops / median) }),
    };
    return [id, timed] as const;
  });
  return { id, group, name, size, elements, contestants: Object.fromEntries(contestants) };
}

/** Four digits: more is noise. */
const round = (value: number): number => Number(value.toPrecision(4));

/** The time of a contestant, if it has one. */
export function timeOf({ contestants }: CaseResult, id: ContestantId): Timed | undefined {
  const outcome = contestants[id];
  return outcome && !("refused" in outcome) ? outcome : undefined;
}

export const LATEST = inResults("peers.json");

/** Of a run that is quick or leaves out works or contestants: it must not replace the published one. */
export const PARTIAL = inResults("partial.peers.json");

/** Writes the results, and a picture of them beside. @returns both names, relative to the working directory */
export const writeResults = (file: string, results: PeersResults): string[] => [
  write(file, `${JSON.stringify(results, null, 2)}\n`),
  write(file.replace(/\.json$/, ".svg"), drawChart(results)),
];

/** @throws Error that says how to make the file when there is none */
export function readResults(file: string): PeersResults {
  let results: Partial<PeersResults>;
  try {
    results = JSON.parse(readFileSync(file, "utf8")) as Partial<PeersResults>;
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`${file} cannot be read as results (${reason}); npm run bench:peers writes them`, { cause });
  }
  if (!Array.isArray(results?.cases) || !results.contestants)
    throw new Error(`${file} does not hold results of npm run bench:peers`);
  return results as PeersResults;
}
