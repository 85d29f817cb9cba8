import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ReparamError } from "reparam";
import { prepareFolder, writeOutput } from "../mnist-vae/output.ts";
import { listenForStop } from "../mnist-vae/stop.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import { renderPage } from "./page.ts";
import { problems } from "./problems/index.ts";
import { createDisplay } from "./progress.ts";
import { publish } from "./publish.ts";
import { type ProblemResults, type Results, toJson } from "./results.ts";
import { piecesOf, runProblem } from "./run.ts";

/** The program, given its arguments. Returns the exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      console.log(usage);
      return 0;
    }
    prepareFolder(options.out);
    const stop = listenForStop();
    const results = await run(options, stop.signal);
    if (results === undefined) {
      console.error("stopped; nothing was written");
      return stop.exitCode();
    }
    write(results, options);
    return 0;
  } catch (error) {
    if (!(error instanceof ReparamError)) throw error;
    console.error(error.message);
    return 2;
  }
}

/** Undefined when stopped. */
async function run({ only, quick, seed }: Options, signal: AbortSignal): Promise<Results | undefined> {
  const chosen = problems.filter(({ group }) => only.includes(group));
  const display = createDisplay(
    process.stdout,
    chosen.reduce((sum, problem) => sum + piecesOf(problem), 0),
  );
  const all: ProblemResults[] = [];
  try {
    for (const problem of chosen)
      all.push(await runProblem(problem, { seed, quick }, { signal, doing: display.doing }));
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    display.close();
  }
  return { version: version(), seed, quick, problems: all };
}

function write(results: Results, { out, publish: published, only }: Options): void {
  writeOutput(out, "results.json", toJson(results));
  console.log(writeOutput(out, "index.html", renderPage(results, only)));
  if (published) for (const file of publish(results, only)) console.log(file);
}

function version(): string {
  const path = fileURLToPath(new URL("../../package.json", import.meta.url));
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}
