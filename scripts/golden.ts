/**
 * Fills in what test/golden/*.json expects. A case is added there by hand, without `expected`; this computes it. Values
 * that are recorded and have changed are listed and left alone, unless told otherwise: they are a promise
 * (docs/reproducibility.md).
 *
 *   npm run golden [-- --update]     --update: record changed values too, and raise the version of all golden files
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as distributions from "../bindings/entry/default/distributions.ts";
import * as graph from "../bindings/entry/default/graph.ts";
import * as main from "../bindings/entry/default/index.ts";
import * as inference from "../bindings/entry/default/inference.ts";
import { compute, differenceOf } from "../test/golden/check.ts";
import type { Expected, GoldenCase, GoldenFile, Results } from "../test/golden/format.ts";
import { record } from "../test/golden/words.ts";

const api = { main, graph, distributions, inference };
const folder = new URL("../test/golden/", import.meta.url);

interface Computed {
  readonly golden: GoldenCase;
  readonly expected: Readonly<Record<string, Expected>>;
  /** What is no longer as recorded. */
  readonly change?: string;
}

async function computed(golden: GoldenCase): Promise<Computed> {
  const results = await compute(api, golden);
  refuseNaN(golden.name, results);
  const expected = Object.fromEntries(Object.entries(results).map(([name, result]) => [name, record(result)]));
  const change = golden.expected && (await differenceOf(api, golden));
  return { golden, expected, ...(change === undefined ? {} : { change }) };
}

/** Engines may choose the bits of a NaN. */
function refuseNaN(name: string, results: Results): void {
  for (const [result, { data }] of Object.entries(results))
    if (data.some(Number.isNaN)) throw new Error(`${name}: ${result}: expected numbers, got NaN`);
}

/** One line for each part of a case, so that a change reads well in a diff. */
function layOut(version: number, { description }: GoldenFile, cases: readonly Computed[]): string {
  const text = JSON.stringify;
  const result = ([name, expected]: [string, Expected]): string => `        ${text(name)}: ${text(expected)}`;
  const lines = cases.map(({ golden: { name, call, arguments: given }, expected }) =>
    [
      `    {\n      "name": ${text(name)},\n      "call": ${text(call)},\n      "arguments": ${text(given)},`,
      `      "expected": {\n${Object.entries(expected).map(result).join(",\n")}\n      }\n    }`,
    ].join("\n"),
  );
  const head = `{\n  "version": ${version},\n  "description": ${text(description)},\n  "cases": [\n`;
  return `${head}${lines.join(",\n")}\n  ]\n}\n`;
}

const { values } = parseArgs({ options: { update: { type: "boolean", default: false } } });
const files: { name: string; text: string; file: GoldenFile; cases: Computed[] }[] = [];
for (const name of readdirSync(folder).sort()) {
  if (!name.endsWith(".json")) continue;
  const text = readFileSync(new URL(name, folder), "utf8");
  const file = JSON.parse(text) as GoldenFile;
  const cases: Computed[] = [];
  // One after the other: the steps of a fit are steps of the one core that there is.
  for (const golden of file.cases) cases.push(await computed(golden));
  files.push({ name, text, file, cases });
}

const changes = files.flatMap(({ cases }) => cases.flatMap(({ change }) => change ?? []));
for (const change of changes) console.log(`changed: ${change}`);
if (changes.length > 0)
  console.log(`${changes.length} cases have changed. A change is a breaking change: say so in CHANGELOG.md.`);

if (changes.length > 0 && !values.update) {
  console.log("Nothing was written. --update records the new values.");
  process.exitCode = 1;
} else {
  const version = Math.max(...files.map(({ file }) => file.version)) + (changes.length > 0 ? 1 : 0);
  for (const { name, text, file, cases } of files) {
    const added = cases.filter(({ golden }) => !golden.expected).length;
    const written = layOut(version, file, cases);
    if (written !== text) writeFileSync(new URL(name, folder), written);
    console.log(
      `${name}: version ${version}, ${cases.length} cases, ${added} new${written === text ? "" : ", written"}`,
    );
  }
}
