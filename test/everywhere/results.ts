import { readFileSync } from "node:fs";
import { inFolder } from "./find.ts";
import type { Result } from "./outcome.ts";

/** The file format of results.json. */
export interface Results {
  readonly date: string;
  /** Of the package, and of the golden values. */
  readonly version: string;
  readonly golden: number;
  readonly results: readonly Result[];
}

export const PUBLISHED = inFolder("results.json");

/** @throws Error that says how to make the file when there is none */
export function readResults(file: string): Results {
  let results: Partial<Results>;
  try {
    results = JSON.parse(readFileSync(file, "utf8")) as Partial<Results>;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(`${file} cannot be read (${why}); npm run test:everywhere -- --json ${file} writes it`, { cause });
  }
  if (!Array.isArray(results?.results)) throw new Error(`${file} does not hold results of npm run test:everywhere`);
  return results as Results;
}
