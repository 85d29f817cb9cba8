/**
 * tsx test/bundlers/table.ts [FILE]: writes results.json as a table between the markers of FILE, docs/bundlers.md by default.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Result, Size } from "./outcome.ts";
import { PUBLISHED, type Results, readResults } from "./results.ts";
import { inFolder } from "./tools.ts";

export const START = "<!-- bundlers:start -->";
export const END = "<!-- bundlers:end -->";

const HEAD = ["bundler", "version", "result", "ran in, same bits", "one function, gzip", "slim, gzip", "time"];
/** Of columns whose cells are numbers. */
const NUMBERS = new Set([4, 5, 6]);
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
  const rows = [HEAD, ...results.map((each) => cells(each).map(short))];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (NUMBERS.has(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return `${rows.map(line).join("\n")}\n${count(results)}`;
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
  const row = (texts: readonly string[]): string =>
    `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = row(HEAD.map((_, i) => (NUMBERS.has(i) ? "--:" : ":--")));
  const table = [row(HEAD), rule, ...results.map((each) => row(cells(each)))].join("\n");
  return `${table}\n\n\`npm run test:bundlers\`, ${date}: reparam ${version}, Node ${node}; ${count(results)}.`;
}

/** The text with the table between its markers. @throws Error when it has none */
export function withTable(text: string, results: Results): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`expected the lines ${START} and ${END}, in this order`);
  return `${text.slice(0, start + START.length)}\n\n${renderMarkdown(results)}\n\n${text.slice(end)}`;
}

function main(file = inFolder("../../docs/bundlers.md")): void {
  try {
    writeFileSync(file, withTable(readFileSync(file, "utf8"), readResults(PUBLISHED)));
  } catch (error) {
    console.error(`${file}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

if (import.meta.filename === process.argv[1]) main(...process.argv.slice(2));
