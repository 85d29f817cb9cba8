/** tsx bench/table.ts [FILE]: writes bench/results/latest.json as a table between the markers of FILE, README.md by default. */
import { readFileSync, writeFileSync } from "node:fs";
import { digits, duration, percent, provenance, times } from "./format.ts";
import { LATEST, type Result, type Results, readResults } from "./results.ts";

const START = "<!-- bench:start -->";
const END = "<!-- bench:end -->";

const HEAD = ["", "size", "ns/element", "plain JavaScript", "faster", "naive", "faster", "a call"];

function cells({ name, size, via, elements, ours, baseline, naive, speedup, gflops }: Result): string[] {
  return [
    `${name}${via === "reparam" ? "" : ` (${via})`}`,
    size,
    `${digits(ours.median)} ${percent(ours.spread)}`,
    `${digits(baseline.median)} ${percent(baseline.spread)}: ${literal(baseline.method)}`,
    `**${times(speedup.baseline)}**`,
    naive ? digits(naive.median) : "",
    speedup.naive ? times(speedup.naive) : "",
    duration(ours.median * elements) + (gflops ? `, ${digits(gflops)} GFLOP/s` : ""),
  ];
}

const literal = (text: string): string => text.replace(/[|*_<]/g, "\\$&");

const row = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;

function renderTable(results: Results): string {
  const lines = [row(HEAD), row(HEAD.map((_, i) => (i < 2 || i === 3 ? ":--" : "--:")))];
  let group = "";
  for (const result of results.cases) {
    if (result.group !== group) lines.push(row([`**${result.group}**`, ...HEAD.slice(1).map(() => "")]));
    group = result.group;
    lines.push(row(cells(result)));
  }
  return `${lines.join("\n")}\n\n${provenance(results)}. ${LEGEND}`;
}

const LEGEND =
  "Medians, ± the interquartile range in percent of the median. Calls include the copies into and out of wasm memory; " +
  "*(graph)* is an operation in a step, *(kernel)* a kernel alone, on data that is there already.";

function main(file = "README.md"): void {
  const text = readFileSync(file, "utf8");
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${file}: expected the lines ${START} and ${END}, in this order`);
  const results = readResults(LATEST);
  writeFileSync(file, `${text.slice(0, start + START.length)}\n${renderTable(results)}\n${text.slice(end)}`);
}

try {
  main(...process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
