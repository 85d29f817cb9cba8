/** tsx tools/load/report.ts: writes results.json as tables between the markers of README.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { type Results, readResults } from "./results.ts";

const README = new URL("../../README.md", import.meta.url);
const [START, END] = ["<!-- load:start -->", "<!-- load:end -->"];

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(head), row(head.map((_, i) => (i === 0 ? ":--" : "--:"))), ...rows.map(row)].join("\n");

const count = (value: number): string => value.toLocaleString("en");

export function renderTables({ rates, parts, memory, ...about }: Results): string {
  const machine = `${about.cpu}, ${about.cores} cores; workerd ${about.workerd}, load from Node ${about.node}; ${about.date}`;
  return [
    table(
      [`${count(about.vocabulary)} logits`, "connections", "requests/s", "p50, ms", "p99, ms", "answers"],
      rates.map(({ work, connections, answers, perSecond, p50, p99 }) => [
        work,
        connections,
        count(perSecond),
        p50.toFixed(1),
        p99.toFixed(1),
        count(answers),
      ]),
    ),
    `${machine}. The program that sends the load runs on the same cores, which were wanted by ${about.busy.toFixed(1)} other processes in the minute before.`,
    table(
      [`a step, ${count(about.vocabulary)} logits, in Node`, "ms"],
      parts.map(({ name, milliseconds }) => [name, milliseconds.toFixed(2)]),
    ),
    table(
      ["answers so far", "resident memory of workerd, MB: median", "least to most", "WebAssembly memory, bytes"],
      memory.map(({ answers, least, median, most, wasmBytes }) => [
        count(answers),
        median.toFixed(0),
        `${least.toFixed(0)} to ${most.toFixed(0)}`,
        count(wasmBytes),
      ]),
    ),
  ].join("\n\n");
}

export function writeTables(results: Results): void {
  const text = readFileSync(README, "utf8");
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`README.md: expected the lines ${START} and ${END}, in this order`);
  writeFileSync(README, `${text.slice(0, start + START.length)}\n${renderTables(results)}\n${text.slice(end)}`);
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) writeTables(readResults());
