import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TestResult } from "./battery.ts";

/** One battery on one stream. */
export interface Tested {
  readonly battery: string;
  readonly stream: string;
  /** Of what the battery took through its pipe. */
  readonly bytes: number;
  readonly seconds: number;
  readonly date: string;
  /** Of the package whose words they are. */
  readonly version: string;
  readonly tests: readonly TestResult[];
}

export const PUBLISHED = fileURLToPath(new URL("../../docs/randomness.json", import.meta.url));

export const readResults = (file: string): readonly Tested[] =>
  existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Tested[]) : [];

/** Adds a result to those of a file, in place of an earlier one of the same battery and stream. */
export function addResult(file: string, result: Tested): void {
  const others = readResults(file).filter(
    ({ battery, stream }) => battery !== result.battery || stream !== result.stream,
  );
  const lines = [...others, result].map((each) => JSON.stringify(each));
  writeFileSync(file, `[\n${lines.join(",\n")}\n]\n`);
}
