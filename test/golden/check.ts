import { CALLS } from "./calls.ts";
import type { Api, GoldenCase, GoldenFile, Results } from "./format.ts";
import { difference } from "./words.ts";

export type { Api, GoldenFile } from "./format.ts";

export interface Report {
  /** Of the golden values. */
  version: number;
  cases: number;
  identical: number;
  /** Case, result and element, with the bits expected and got. */
  firstDifference?: string;
  milliseconds: number;
}

/**
 * Computes every case with the given library and compares bits. No engine's own modules are used: this runs in a
 * page, a worker or a server alike. A case that throws is one that differs.
 */
export async function checkGolden(api: Api, files: readonly GoldenFile[]): Promise<Report> {
  const start = now();
  const [version, ...others] = new Set(files.map((file) => file.version));
  if (version === undefined || others.length > 0)
    throw new Error(`files: expected golden files of one version, got ${files.length} of ${[version, ...others]}`);
  const cases = files.flatMap((file) => file.cases);
  const differences: string[] = [];
  for (const each of cases) {
    const found = await differenceOf(api, each);
    if (found !== undefined) differences.push(found);
  }
  return {
    version,
    cases: cases.length,
    identical: cases.length - differences.length,
    ...(differences[0] === undefined ? {} : { firstDifference: differences[0] }),
    milliseconds: now() - start,
  };
}

/** The results of a case as this library has them. */
export async function compute(api: Api, { name, call, arguments: given }: GoldenCase): Promise<Results> {
  const run = CALLS[call];
  if (!run) throw new Error(`${name}: expected one of ${Object.keys(CALLS).join(", ")}, got ${call}`);
  return run(api, given);
}

/** What differs first; undefined when nothing does. */
export async function differenceOf(api: Api, golden: GoldenCase): Promise<string | undefined> {
  try {
    const results = await compute(api, golden);
    const expected = golden.expected ?? {};
    for (const name of new Set([...Object.keys(results), ...Object.keys(expected)])) {
      const [want, got] = [expected[name], results[name]];
      const what =
        want && got ? difference(want, got) : `: ${want ? "expected, but not computed" : "computed, but not expected"}`;
      if (what !== undefined) return `${golden.name}: ${name}${what}`;
    }
    return undefined;
  } catch (error) {
    return `${golden.name}: threw ${String(error)}`;
  }
}

const now = (): number => (typeof performance === "undefined" ? Date.now() : performance.now());
