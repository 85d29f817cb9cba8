import type { Result } from "./outcome.ts";
import { inFolder, readJson } from "./tools.ts";

/** The file format of results.json. */
export interface Results {
  readonly date: string;
  /** Of the package, and of the Node that ran the bundlers. */
  readonly version: string;
  readonly node: string;
  readonly results: readonly Result[];
}

export const PUBLISHED = inFolder("results.json");

/** @throws Error that says how to make the file when there is none */
export function readResults(file: string): Results {
  let results: Partial<Results>;
  try {
    results = readJson(file);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(`${file} cannot be read (${why}); npm run test:bundlers -- --json ${file} writes it`, { cause });
  }
  if (!Array.isArray(results?.results)) throw new Error(`${file} does not hold results of npm run test:bundlers`);
  return results as Results;
}
