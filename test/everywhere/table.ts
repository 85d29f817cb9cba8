/**
 * tsx test/everywhere/table.ts [FILE]: writes results.json as a table between the markers of FILE, README.md by default.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fill } from "../../bench/markers.ts";
import { type Columns, inColumns, inMarkdown } from "./columns.ts";
import type { Result } from "./outcome.ts";
import { PUBLISHED, type Results, readResults } from "./results.ts";

const COLUMNS: Columns = {
  head: ["runtime", "version", "build", "cases", "identical", "example's hash", "time", "first difference"],
  numbers: new Set([3, 4, 6]),
};

function cells({ title, status, version, build, cases, identical, hash, reason, seconds }: Result): string[] {
  return [
    title,
    version ?? "",
    build ?? "",
    cases?.toLocaleString("en") ?? "",
    status === "not run" || status === "failed" ? status : (identical?.toLocaleString("en") ?? ""),
    hash ?? "",
    seconds === undefined ? "" : `${seconds.toFixed(1)} s`,
    status === "identical" ? "none" : (reason ?? ""),
  ];
}

/** For a terminal, with the counts below. */
export const renderText = (results: readonly Result[]): string =>
  `${inColumns(COLUMNS, results.map(cells))}\n${count(results)}`;

/** 14 identical, 0 different, 0 failed, 2 not run: firefox, webkit. */
function count(results: readonly Result[]): string {
  const of = (status: Result["status"]): Result[] => results.filter((each) => each.status === status);
  const absent = of("not run").map(({ id }) => id);
  return [
    `${of("identical").length} identical`,
    `${of("different").length} different`,
    `${of("failed").length} failed`,
    `${absent.length} not run${absent.length > 0 ? `: ${absent.join(", ")}` : ""}`,
  ].join(", ");
}

/** For a document. */
export function renderMarkdown({ results, date, version, golden }: Results): string {
  return [
    inMarkdown(COLUMNS, results.map(cells)),
    `\`npm run test:everywhere\`, ${date}: reparam ${version}, golden values ${golden}; ${count(results)}. Times are with the start of the runtime.`,
  ].join("\n\n");
}

/** The text with the table between its markers. @throws Error when it has none */
export const withTable = (text: string, results: Results): string => fill(text, "everywhere", renderMarkdown(results));

function main(file = "README.md"): void {
  try {
    writeFileSync(file, withTable(readFileSync(file, "utf8"), readResults(PUBLISHED)));
  } catch (error) {
    console.error(`${file}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

if (import.meta.filename === process.argv[1]) main(...process.argv.slice(2));
