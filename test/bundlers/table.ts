/**
 * tsx test/bundlers/table.ts [FILE]: writes results.json as a table between the markers of FILE, docs/bundlers.md by default.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fill } from "../../bench/markers.ts";
import { type Columns, inColumns, inMarkdown } from "../everywhere/columns.ts";
import type { Result, Size } from "./outcome.ts";
import { PUBLISHED, type Results, readResults } from "./results.ts";
import { inFolder } from "./tools.ts";

const COLUMNS: Columns = {
  head: ["bundler", "version", "result", "ran in, same bits", "one function, gzip", "slim, gzip", "time"],
  numbers: new Set([4, 5, 6]),
};
/** Of a reason on a terminal, which has said all of it before. */
const WIDEST = 80;

function cells({ title, version, status, places = "", one, slim, note, reason, seconds }: Result): string[] {
  return [
    title,
    version ?? "",
    status,
    status === "passed" ? [places, note].filter(Boolean).join("; ") : (reason ?? ""),
    kilobytes(one),
    kilobytes(slim),
    seconds === undefined ? "" : `${seconds.toFixed(1)} s`,
  ];
}

const kilobytes = (size: Size | undefined): string => (size ? `${(size.gzip / 1000).toFixed(1)} kB` : "");

/** For a terminal, with the counts below. */
export function renderText(results: readonly Result[]): string {
  const short = (cell: string): string => (cell.length > WIDEST ? `${cell.slice(0, WIDEST)}…` : cell);
  return `${inColumns(
    COLUMNS,
    results.map((each) => cells(each).map(short)),
  )}\n${count(results)}`;
}

/** 10 passed, 0 failed, 2 not run: next, next-webpack */
function count(results: readonly Result[]): string {
  const of = (status: Result["status"]): Result[] => results.filter((each) => each.status === status);
  const absent = of("not run").map(({ id }) => id);
  const names = absent.length > 0 ? `: ${absent.join(", ")}` : "";
  return `${of("passed").length} passed, ${of("failed").length} failed, ${absent.length} not run${names}`;
}

/** For a document. */
export function renderMarkdown({ results, date, version, node }: Results): string {
  const table = inMarkdown(COLUMNS, results.map(cells));
  return `${table}\n\n\`npm run test:bundlers\`, ${date}: reparam ${version}, Node ${node}; ${count(results)}.`;
}

/** The text with the table between its markers. @throws Error when it has none */
export const withTable = (text: string, results: Results): string =>
  fill(text, "bundlers", `\n${renderMarkdown(results)}\n`);

function main(file = inFolder("../../docs/bundlers.md")): void {
  try {
    writeFileSync(file, withTable(readFileSync(file, "utf8"), readResults(PUBLISHED)));
  } catch (error) {
    console.error(`${file}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

if (import.meta.filename === process.argv[1]) main(...process.argv.slice(2));
