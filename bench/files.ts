import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { drawChart } from "./chart.ts";
import { drawEngines } from "./engines-chart.ts";
import { type Results, referenceOf } from "./results.ts";

export const inResults = (name: string): string => fileURLToPath(new URL(`results/${name}`, import.meta.url));

export const LATEST = inResults("latest.json");

/** Of a run that is quick or leaves out cases or engines: it must not replace the published one. */
export const PARTIAL = inResults("partial.json");

/** @throws Error when the folder cannot be made or written to; to be found out before measuring, not after */
export function prepareFolder(file: string): void {
  const folder = dirname(resolve(file));
  makeFolder(folder);
  accessSync(folder, constants.W_OK);
}

/** One level at a time: mkdirSync's own `recursive` never returns for a folder in /proc (Node 20). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Writes the results, and pictures of them beside: the reference engine's, and that of all engines. @returns the names */
export function writeResults(file: string, results: Results): string[] {
  const engines = drawEngines(results);
  return [
    write(file, `${JSON.stringify(results, null, 2)}\n`),
    write(file.replace(/\.json$/, ".svg"), drawChart(results, referenceOf(results.engines))),
    ...(engines ? [write(file.replace(/\.json$/, "-engines.svg"), engines)] : []),
  ];
}

/** @returns the name relative to the working directory */
export function write(file: string, content: string): string {
  writeFileSync(file, content);
  return relative(process.cwd(), resolve(file));
}

/** @throws Error that says how to make the file when there is none */
export function readResults(file: string): Results {
  let results: Partial<Results>;
  try {
    results = JSON.parse(readFileSync(file, "utf8")) as Partial<Results>;
  } catch (cause) {
    throw new Error(
      `${file} cannot be read as results (${(cause as Error).message}); npm run bench -- --out writes them`,
      { cause },
    );
  }
  if (!Array.isArray(results?.engines) || results.engines.length === 0 || !results.machine)
    throw new Error(`${file} does not hold results of npm run bench`);
  return results as Results;
}
