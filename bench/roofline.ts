/** npm run bench:roofline: how many instructions each kernel executes, and what share of the machine's rate it reaches. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { listenForStop } from "../examples/mnist-vae/stop.ts";
import { checkOut, readPattern, run } from "./command.ts";
import { inResults, prepareFolder, write } from "./files.ts";
import { describeMachine, today } from "./format.ts";
import { thisMachine } from "./machine.ts";
import { drawRoofline } from "./roofline/chart.ts";
import { type Counting, counting } from "./roofline/count.ts";
import { type Kernel, kernelsOf } from "./roofline/kernels.ts";
import { addAgreements, canList, compareWithListing } from "./roofline/listing.ts";
import { ARCHITECTURE } from "./roofline/lowering.ts";
import { type OfModules, place } from "./roofline/memory.ts";
import { measureRates, type Patience } from "./roofline/rates.ts";
import type { Roofline, Row } from "./roofline/results.ts";
import { type Cores, measureKernel } from "./roofline/run.ts";
import { describeAgreement, describeRates, describeRow, header } from "./roofline/table.ts";
import { showProgress } from "./terminal.ts";

const USAGE = `Usage: npm run bench:roofline -- [--filter REGEX] [--quick] [--out FILE.json]

Counts what each kernel of the core executes, times the machine's own rates and the kernels, and compares.
Instructions are those of ${ARCHITECTURE}; the counts do not depend on the machine.

  --filter REGEX   only the kernels whose name and size match, such as 'softmax.*1024' or '^noise'
  --quick          a short run: shows that everything works, says little about speed
  --out FILE.json  where the results go, with a chart in FILE.svg; by default bench/results/roofline.json, or
                   roofline-partial.json for a run that is quick or leaves out kernels
  --help           this text

Columns: instructions an element on the vector units (scalar floats are computed there too), loads and stores, and others;
the least time for them at the machine's rates; the measured time; their ratio; and what makes the bound.`;

/** Warm is what the optimizing compiler has compiled, and that takes the same calls in any run. */
const PATIENCE: Record<"full" | "quick", Patience> = {
  full: { warmup: 120, time: 60 },
  quick: { warmup: 120, time: 5 },
};

const file = (module: string): string => fileURLToPath(new URL(`../build/${module}.simd.wasm`, import.meta.url));
const FILES = { core: file("core"), graph: file("graph") };

interface Options {
  readonly filter: RegExp | undefined;
  readonly quick: boolean;
  readonly out: string;
}

function readOptions(args: string[]): Options | "help" {
  const { values } = parseArgs({
    args,
    options: {
      filter: { type: "string" },
      quick: { type: "boolean" },
      out: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const { filter, quick = false } = values;
  const out = checkOut(
    values.out ?? inResults(quick || filter !== undefined ? "roofline-partial.json" : "roofline.json"),
  );
  return { filter: filter === undefined ? undefined : readPattern(filter), quick, out };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  const { filter, quick, out } = options;
  prepareFolder(out);
  const cores = readCores();
  const kernels = kernelsOf(place(cores.plain, []).kernels).filter(
    ({ name, size }) => !filter || filter.test(`${name} ${size}`),
  );
  if (kernels.length === 0) throw new Error(`--filter ${filter?.source}: no kernel matches`);

  const machine = thisMachine();
  const elsewhere = process.arch === ARCHITECTURE ? "" : `; this is ${process.arch}, where they are an estimate`;
  console.log(
    `${describeMachine(machine)}, Node ${process.versions.node}\nInstructions of ${ARCHITECTURE}${elsewhere}.`,
  );
  const agreement = await compareCode(cores.counting);
  const stop = listenForStop();
  const done = showProgress("the machine's rates");
  const rates = measureRates(quick ? PATIENCE.quick : PATIENCE.full);
  done();
  console.log(`${describeRates(rates)}\n\n${header()}`);

  const work = (kernel: Kernel) => measureKernel(kernel, cores, rates, quick, stop.signal);
  const rows = await measureAll(kernels, work, stop.signal);
  if (stop.signal.aborted) {
    console.log("Interrupted; nothing is written.");
    return stop.exitCode();
  }
  const results: Roofline = {
    date: today(),
    quick,
    machine,
    engine: { runtime: "node", version: process.versions.node, build: "simd" },
    architecture: ARCHITECTURE,
    agreement,
    rates,
    rows,
  };
  const json = write(out, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\nWritten: ${json}, ${write(out.replace(/\.json$/, ".svg"), drawRoofline(results))}`);
  return stop.exitCode();
}

function readCores(): Cores {
  const [core, graph] = [readModule(FILES.core), readModule(FILES.graph)];
  return {
    plain: { core: core.plain, graph: graph.plain },
    counts: { core: core.counts, graph: graph.counts },
    counting: { core: core.counting, graph: graph.counting },
  };
}

/** @throws Error that says how to build the module when there is none */
function readModule(path: string) {
  let wasm: Uint8Array<ArrayBuffer>;
  try {
    wasm = readFileSync(path);
  } catch (cause) {
    throw new Error(`${path} cannot be read; npm run build makes it`, { cause });
  }
  const copy = counting(wasm);
  return { plain: new WebAssembly.Module(wasm), counts: new WebAssembly.Module(copy.wasm), counting: copy };
}

async function compareCode({ core, graph }: OfModules<Counting>): Promise<Roofline["agreement"]> {
  if (!canList()) {
    console.log("The table of instructions is not compared with the emitted code: this engine cannot list it.");
    return null;
  }
  const agreement = addAgreements([
    await compareWithListing(FILES.core, core),
    await compareWithListing(FILES.graph, graph),
  ]);
  console.log(describeAgreement(agreement));
  return agreement;
}

/** Prints kernel by kernel. @returns what was measured before a stop */
async function measureAll(kernels: readonly Kernel[], work: (kernel: Kernel) => Promise<Row>, stop: AbortSignal) {
  const rows: Row[] = [];
  for (const [i, kernel] of kernels.entries()) {
    const done = showProgress(`${kernel.name} ${kernel.size} (${i + 1} of ${kernels.length})`);
    try {
      rows.push(await work(kernel));
    } catch (error) {
      if (!stop.aborted) throw error;
      break;
    } finally {
      done();
    }
    console.log(describeRow(rows[i]));
  }
  return rows;
}

run("npm run bench:roofline", main);
