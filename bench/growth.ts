/** npm run bench:growth: how cost grows with rows, columns and draws. */

import { parseArgs } from "node:util";
import { listenForStop } from "../examples/mnist-vae/stop.ts";
import { checkOut, run } from "./command.ts";
import { bundle } from "./engines/bundle.ts";
import { type Engine, fullName } from "./engines/engine.ts";
import { chooseEngines, findEngines } from "./engines/find.ts";
import { work } from "./engines/work.ts";
import { inResults, prepareFolder, write } from "./files.ts";
import { digits, today } from "./format.ts";
import { growthCases } from "./growth/cases.ts";
import { drawGrowth } from "./growth/chart.ts";
import { curvesOf, type Growth } from "./growth/results.ts";
import { thisMachine } from "./machine.ts";
import { type Result, referenceOf } from "./results.ts";
import { showProgress } from "./terminal.ts";

const USAGE = `Usage: npm run bench:growth -- [--engine ID] [--quick] [--out FILE.json]

  --engine ID      the engine of the curves: Node 24 where it is found, or the one that runs this. npm run bench -- --list
  --quick          a short run: shows that everything works, says little about speed
  --out FILE.json  where the results go, with a chart in FILE.svg; by default bench/results/growth.json, or
                   growth-quick.json for a quick run`;

interface Options {
  readonly engine: string | undefined;
  readonly quick: boolean;
  readonly out: string;
}

function readOptions(args: string[]): Options | "help" {
  const { values } = parseArgs({
    args,
    options: {
      engine: { type: "string" },
      quick: { type: "boolean" },
      out: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const { engine, quick = false } = values;
  const out = checkOut(values.out ?? inResults(quick ? "growth-quick.json" : "growth.json"));
  return { engine, quick, out };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  const { quick, out } = options;
  prepareFolder(out);
  const found = chooseEngines(findEngines(), undefined);
  const engine = options.engine ? chooseEngines(findEngines(), [options.engine])[0] : referenceOf(found);
  const stop = listenForStop();
  try {
    const { build, results } = await measureCurves(engine, quick, stop.signal);
    const { path, ...named } = engine;
    const growth: Growth = {
      date: today(),
      quick,
      machine: thisMachine(),
      engine: { ...named, build },
      curves: curvesOf(growthCases, results),
    };
    const json = write(out, `${JSON.stringify(growth, null, 2)}\n`);
    console.log(`Written: ${json}, ${write(out.replace(/\.json$/, ".svg"), drawGrowth(growth))}`);
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.log("Interrupted; nothing is written.");
    return stop.exitCode();
  }
}

async function measureCurves(engine: Engine, quick: boolean, signal: AbortSignal) {
  console.log(`${fullName(engine)}: ns an element, ours and plain JavaScript`);
  const script = await bundle();
  const results: Result[] = [];
  let build = "";
  let done = showProgress("starting");
  try {
    await work(engine, {
      script: script.path,
      job: { suite: "growth", quick },
      signal,
      hear: (message) => {
        done();
        if (message.type === "ready") build = message.build;
        else if (message.type === "due") {
          const { name, size } = growthCases[message.place];
          done = showProgress(`${name} ${size} (${message.place + 1} of ${growthCases.length})`);
        } else {
          const { group, name, size, ours, baseline } = message.result;
          if (group !== results.at(-1)?.group) console.log(group);
          results.push(message.result);
          const times = [ours, baseline].map(({ median }) => digits(median).padStart(8));
          console.log(`  ${name.padEnd(14)}${size.padEnd(12)}${times.join("")}`);
        }
      },
    });
  } finally {
    done();
    await script.remove();
  }
  return { build, results };
}

run("npm run bench:growth", main);
