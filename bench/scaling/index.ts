/** npm run bench:scaling: how a run gets faster, and what it costs, from 1 to 1000 workers. Simulated, with measured constants. */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { run } from "../command.ts";
import { write } from "../files.ts";
import { fill } from "../markers.ts";
import { drawScaling } from "./chart.ts";
import { CONSTANTS, type Constants, readConstants } from "./constants.ts";
import { choices, study } from "./study.ts";
import { choicesTable, constantsTable, curvesTable, machineTable, summaryTable } from "./table.ts";

const USAGE = `Usage: npm run bench:scaling -- [--measure]

  Writes the tables of docs/scaling.md and docs/images/scaling.svg from bench/scaling/constants.json.

  --measure  measures first what this machine can tell, into constants.json; in a quiet hour`;

const inDocs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
export const PAGE = inDocs("scaling.md");
export const PICTURE = inDocs("images/scaling.svg");

/** The page with its tables, and the picture. */
export function render(page: string, constants: Constants): { readonly page: string; readonly picture: string } {
  const curves = study(constants);
  const tables = {
    summary: summaryTable(curves, constants),
    machine: machineTable(curves, constants),
    choices: choicesTable(choices(constants)),
    curves: curvesTable(curves, constants),
    constants: constantsTable(constants),
  };
  const filled = Object.entries(tables).reduce((text, [name, table]) => fill(text, name, table), page);
  return { page: filled, picture: drawScaling(curves, constants) };
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { measure: { type: "boolean" }, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.measure) {
    const before = JSON.parse(readFileSync(CONSTANTS, "utf8")) as Constants;
    // What it needs is in dist/, and takes its time to import.
    const { measure } = await import("./measure.ts");
    const constants = await measure(before, (text) => console.log(text));
    writeFileSync(CONSTANTS, `${JSON.stringify(constants, null, 2)}\n`);
  }
  const { page, picture } = render(readFileSync(PAGE, "utf8"), readConstants());
  console.log(`Written: ${write(PAGE, page)}, ${write(PICTURE, picture)}`);
  return 0;
}

// Not when it is imported, by the test.
if (process.argv[1] === fileURLToPath(import.meta.url)) run("npm run bench:scaling", main);
