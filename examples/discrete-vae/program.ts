import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ReparamError } from "reparam";
import { fill } from "../../bench/markers.ts";
import { packagedData } from "../mnist-vae/mnist.ts";
import { prepareFolder, writeOutput } from "../mnist-vae/output.ts";
import { listenForStop } from "../mnist-vae/stop.ts";
import { type Compared, comparable, compare, type Snapshot, snapshot } from "./compare.ts";
import { drawBounds, drawVariances } from "./curves.ts";
import { type Data, loadData } from "./data.ts";
import { estimators, REFERENCE } from "./estimators.ts";
import type { Model } from "./model.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import { createDisplay, titleOf } from "./progress.ts";
import { renderTables } from "./report.ts";
import { merged, type Results } from "./results.ts";
import { type Job, keysOf, type Run, type Settings, train } from "./train.ts";

/** Of the page in docs/. */
const PICTURES = "images/discrete-vae/";

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The program, given its arguments and optionally another folder of IDX files. Returns the exit code. */
export async function runProgram(args: readonly string[], dataFolder?: string): Promise<number> {
  const stop = listenForStop();
  try {
    const options = parseOptions(args);
    if (options.help) {
      console.log(usage);
      return 0;
    }
    prepareFolder(options.out);
    const data = loadData(dataFolder ?? packagedData(), keysOf(options.settings.seed).data);
    const results = await runJobs(options, data, process.stdout, stop.signal);
    for (const path of publish(results, options)) console.log(path);
    return 0;
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) {
      console.error("stopped: nothing was written");
      return stop.exitCode();
    }
    if (!(error instanceof ReparamError)) throw error;
    console.error(error.message);
    return 2;
  }
}

/** Trains with each of the estimators, one after the other; then, if asked to, compares them along the run of one. */
export async function runJobs(
  { settings, jobs, compare: comparing }: Pick<Options, "settings" | "jobs" | "compare">,
  data: Data,
  output: NodeJS.WriteStream,
  signal?: AbortSignal,
): Promise<Results> {
  const runs: Run[] = [];
  const compared: Compared[] = [];
  for (const latent of new Set(jobs.map((job) => job.latent))) {
    const mine = jobs.filter((job) => job.latent === latent);
    const reference = { latent, estimator: REFERENCE, samples: estimators[REFERENCE].samples };
    const isReference = ({ estimator, samples }: Job): boolean =>
      estimator === reference.estimator && samples === reference.samples;
    const snapshots: Snapshot[] = [];
    for (const job of comparing && !mine.some(isReference) ? [...mine, reference] : mine)
      runs.push(
        await runJob(settings, job, data, output, signal, (model, step) => {
          if (isReference(job)) snapshots.push(snapshot(model, step));
        }),
      );
    if (!comparing) continue;
    for await (const each of compare(data, settings, latent, mine, comparable(snapshots), signal)) {
      compared.push(each);
      const numbers = `variance ${each.variance.toPrecision(3)}, bias ${each.bias.toFixed(3)}`;
      output.write(`${titleOf(each)} | at step ${each.step} of ${REFERENCE} | ${numbers}\n`);
    }
  }
  return { settings, images: { train: data.train.count, test: data.test.count }, runs, compared };
}

async function runJob(
  settings: Settings,
  job: Job,
  data: Data,
  output: NodeJS.WriteStream,
  signal: AbortSignal | undefined,
  atCheckpoint: (model: Model, step: number) => void,
): Promise<Run> {
  const display = createDisplay(output, titleOf(job), settings.steps);
  try {
    const events = train(data, settings, job, signal);
    for (let next = await events.next(); ; next = await events.next()) {
      if (next.done) return next.value;
      display.show(next.value);
      if (next.value.type === "checkpoint") atCheckpoint(next.value.model, next.value.checkpoint.step);
    }
  } finally {
    display.close();
  }
}

/** @returns the files that were written */
function publish(results: Results, { docs, out }: Options): string[] {
  const written = [
    writeOutput(out, "results.json", jsonOf(results)),
    writeOutput(out, "tables.md", `${renderTables(results, "")}\n`),
    ...picturesOf(results).map(([name, svg]) => writeOutput(out, name, svg)),
  ];
  if (!docs) return written;
  const [page, file] = [inRepository("docs/discrete-vae.md"), inRepository("examples/discrete-vae/results.json")];
  const all = existsSync(file) ? merged(JSON.parse(readFileSync(file, "utf8")), results) : results;
  writeFileSync(file, jsonOf(all));
  writeFileSync(page, fill(readFileSync(page, "utf8"), "vae", renderTables(all, PICTURES)));
  for (const [name, svg] of picturesOf(all)) writeFileSync(join(inRepository("docs"), PICTURES, name), svg);
  return [...written, file, page];
}

const jsonOf = (results: Results): string => `${JSON.stringify(results, null, 1)}\n`;

const picturesOf = ({ runs }: Results): (readonly [name: string, svg: string])[] =>
  [...new Set(runs.map(({ latent }) => latent))].flatMap((latent) => {
    const mine = runs.filter((run) => run.latent === latent);
    return [
      [`${latent}-bounds.svg`, drawBounds(mine)],
      [`${latent}-variances.svg`, drawVariances(mine)],
    ];
  });
