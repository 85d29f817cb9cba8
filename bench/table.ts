/** tsx bench/table.ts [FILE]: writes bench/results/latest.json as a table between the markers of FILE, docs/benchmarks.md by default. */
import { readFileSync, writeFileSync } from "node:fs";
import { LATEST, readResults } from "./files.ts";
import { renderTable } from "./markdown.ts";

const START = "<!-- bench:start -->";
const END = "<!-- bench:end -->";

function main(file = "docs/benchmarks.md"): void {
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
