import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Machine } from "../../bench/results.ts";
import type { Reported } from "./outcome.ts";

export interface Results {
  readonly date: string;
  readonly version: string;
  readonly node: string;
  readonly machine: Machine;
  readonly seconds: number;
  /** The most at which all tests together would raise a false alarm. */
  readonly falseAlarm: number;
  readonly outcomes: readonly Reported[];
}

export const PUBLISHED = fileURLToPath(new URL("results.json", import.meta.url));

export const readResults = (file: string): Results => JSON.parse(readFileSync(file, "utf8")) as Results;
