/**
 * tsx bench/performance.ts [FILE]: writes the results of all benchmarks as tables between the markers of FILE,
 * docs/performance.md by default.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { inResults, LATEST, readResults } from "./files.ts";
import { digits, percent, provenance } from "./format.ts";
import type { Growth } from "./growth/results.ts";
import { fill } from "./markers.ts";
import { readResults as readPeers } from "./peers/results.ts";
import { renderTargets } from "./peers/table.ts";
import { type EngineResults, type Result, referenceOf } from "./results.ts";
import type { Roofline, Row } from "./roofline/results.ts";
import type { Start } from "./start/results.ts";
import type { Bytes } from "./start/shipped.ts";

const read = <T>(name: string): T => JSON.parse(readFileSync(inResults(name), "utf8")) as T;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
  return [head, head.map((_, i) => (i === 0 ? ":--" : "--:")), ...rows].map(line).join("\n");
}

const under = ({ machine, date, engine }: Roofline | Growth): string =>
  `${provenance({ machine, date, quick: false }, [{ runtime: "node", version: engine.version, build: engine.build }])}.`;

/** What each stage of the noise adds. */
function stages({ rows }: Roofline): string {
  const time = (kernel: string): number => rows.find((row) => row.kernel === kernel)?.measured.median ?? Number.NaN;
  const stage = (name: string, kernel: string, before?: string): string[] => [
    name,
    digits(time(kernel) - (before ? time(before) : 0)),
    `${digits(time(kernel))} (\`${kernel}\`)`,
  ];
  return table(
    ["stage", "adds", "total"],
    [
      stage("Philox words", "noiseBits"),
      stage("signed tails, 64 bits for one word in 256", "noiseUniform", "noiseBits"),
      stage("−log(1 − v)", "noiseExponential", "noiseUniform"),
      stage("−log E", "noiseGumbel", "noiseExponential"),
    ],
  );
}

function roofline(results: Roofline): string {
  const cells = ({ kernel, size, instructions, bounds, measured, share, gflops }: Row): string[] => [
    `\`${kernel}\` ${size}`,
    digits(instructions.vector),
    digits(instructions.memory),
    digits(instructions.other),
    digits(bounds[0].time),
    `${digits(measured.median)} ${percent(measured.spread)}${gflops ? `, ${digits(gflops)} GFLOP/s` : ""}`,
    `${(100 * share).toFixed(0)} %`,
    bounds[0].by,
  ];
  const head = ["kernel", "vector", "loads, stores", "other", "bound, ns", "measured, ns", "share", "bound by"];
  return `Instructions and nanoseconds an element (of the matrix product: a product).\n\n${table(head, results.rows.map(cells))}\n\n${under(results)}`;
}

function startAndSize({ startup, shipped: { modules, bundles, scripts, tarball } }: Start): string {
  const starts = startup.map(({ runtime, version, import: load, firstCall, both }) => [
    `${runtime} ${version}`,
    ...[load, firstCall, both].map(({ median, spread }) => `${digits(median)} ms ${percent(spread)}`),
  ]);
  const kilobytes = (bytes: number): string => `${digits(bytes / 1000)} kB`;
  const both = (name: string, { bytes, gzip }: Bytes): string[] => [name, kilobytes(bytes), kilobytes(gzip)];
  const sizes = [
    ...Object.entries(modules).map(([name, size]) => both(name, size)),
    ...Object.entries(bundles).map(([name, size]) => both(`${name}, bundled and minified`, size)),
    both(`dist, ${scripts.files} scripts`, scripts),
    ["the package, packed", kilobytes(tarball.bytes), ""],
  ];
  return `${table(["fresh process", "import", "first call", "both"], starts)}\n\n${table(["shipped", "bytes", "gzip"], sizes)}`;
}

/** Cases that an earlier run has too, by their names. */
const COMPARED = [
  ["bits", "1M"],
  ["gumbel", "1M"],
  ["normal", "1M"],
  ["softmax", "1024×1024"],
  ["softmax", "16384×10"],
  ["gumbelSoftmax", "1024×1024"],
  ["gumbelSoftmax", "16384×10"],
  ["categorical", "1×151936"],
  ["topK 50", "1×151936"],
  ["exp", "128×512"],
  ["log", "128×512"],
  ["VAE training step, an image", "batch 100"],
] as const;

function beforeAndAfter(before: EngineResults, after: EngineResults): string {
  const find = ({ cases }: EngineResults, name: string, size: string): Result | undefined =>
    cases.find((each) => each.name === name && each.size === size);
  const cell = (result: Result | undefined): string =>
    result ? `${digits(result.ours.median)} ${percent(result.ours.spread)}` : "";
  return table(
    ["case", "before", "after"],
    COMPARED.map(([name, size]) => [`${name} ${size}`, cell(find(before, name, size)), cell(find(after, name, size))]),
  );
}

function main(file = "docs/performance.md"): void {
  const counts = read<Roofline>("roofline.json");
  const parts: Readonly<Record<string, string>> = {
    targets: renderTargets(readPeers(inResults("peers.json"))),
    stages: stages(counts),
    roofline: roofline(counts),
    start: startAndSize(read<Start>("start.json")),
    before: beforeAndAfter(
      referenceOf(readResults(inResults("node24-before.json")).engines),
      referenceOf(readResults(LATEST).engines),
    ),
  };
  const filled = Object.entries(parts).reduce(
    (text, [name, content]) => fill(text, name, `\n${content}\n`),
    readFileSync(file, "utf8"),
  );
  writeFileSync(file, filled);
}

try {
  main(...process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
