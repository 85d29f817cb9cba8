import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";

export interface Rate {
  readonly work: string;
  readonly connections: number;
  readonly answers: number;
  readonly perSecond: number;
  /** Milliseconds: the median, and what 99 of 100 stay below. */
  readonly p50: number;
  readonly p99: number;
}

/** Of one thousand answers of the long run. */
export interface Thousand {
  readonly answers: number;
  /** Megabytes (2^20 bytes) of resident memory of workerd. */
  readonly least: number;
  readonly median: number;
  readonly most: number;
  readonly wasmBytes: number;
}

export interface Part {
  readonly name: string;
  readonly milliseconds: number;
}

export interface Results {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  /** Processes that wanted a core in the minute before: other work on the machine. */
  readonly busy: number;
  readonly workerd: string;
  readonly node: string;
  readonly vocabulary: number;
  readonly rates: readonly Rate[];
  readonly parts: readonly Part[];
  readonly memory: readonly Thousand[];
}

export const FILE = new URL("../../results.json", import.meta.url);

export const readResults = (): Results => JSON.parse(readFileSync(FILE, "utf8")) as Results;

export const writeResults = (results: Results): void =>
  writeFileSync(FILE, `${JSON.stringify(results, undefined, 2)}\n`);

export const thisMachine = () => ({
  date: new Date().toISOString().slice(0, 10),
  cpu: os.cpus()[0]?.model.trim() ?? os.arch(),
  cores: os.cpus().length,
  busy: Number(os.loadavg()[0].toFixed(1)),
  workerd: (createRequire(import.meta.url)("workerd/package.json") as { version: string }).version,
  node: process.versions.node,
});
