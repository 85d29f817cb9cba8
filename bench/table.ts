/** tsx bench/table.ts [FILE]: writes bench/results/latest.json as a table between the markers of FILE, docs/benchmarks.md by default. */
import { readFileSync, writeFileSync } from "node:fs";
import { LATEST, readResults } from "./files.ts";
import { renderTable } from "./markdown.ts";
import { fill } from "./markers.ts";

function main(file = "docs/benchmarks.md"): void {
  writeFileSync(file, fill(readFileSync(file, "utf8"), "bench", renderTable(readResults(LATEST))));
}

try {
  main(...process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
