/** npm run test:everywhere: the golden values in every runtime, on the packed package. See options.ts. */
import { readFileSync, writeFileSync } from "node:fs";
import { run as command } from "../../bench/command.ts";
import { prepareFolder } from "../../bench/files.ts";
import { today } from "../../bench/format.ts";
import { listenForStop } from "../../examples/mnist-vae/stop.ts";
import { createDisplay, type Display } from "./display.ts";
import { inFolder } from "./find.ts";
import { install, withCause } from "./install.ts";
import { readOptions, USAGE } from "./options.ts";
import { compareHashes, exitCode, type Result } from "./outcome.ts";
import { createProject, readGolden } from "./project.ts";
import type { Results } from "./results.ts";
import { inTurns, run } from "./run.ts";
import { type Runtime, runtimes } from "./runtimes.ts";
import { renderText } from "./table.ts";

/** Each has a core of its own on the smallest machine this is for. */
const AT_A_TIME = 2;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  const { only, json } = options;
  if (json !== undefined) prepareFolder(json);
  const chosen = runtimes.filter(({ id }) => only.includes(id));
  const golden = (await readGolden())[0].version;
  const stop = listenForStop();
  const display = createDisplay(process.stdout, chosen.length);
  try {
    const failures = options.install ? await install(chosen, display.note, stop.signal) : new Map();
    const ran = await runAll(chosen, display, stop.signal);
    const results = compareHashes(ran.map((result, i) => withCause(result, chosen[i], failures)));
    console.log(`\n${renderText(results)}`);
    if (json !== undefined) write(json, { date: today(), version: packageVersion(), golden, results });
    return exitCode(results, options.require);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    display.note("Interrupted.");
    return stop.exitCode();
  } finally {
    display.close();
  }
}

async function runAll(chosen: readonly Runtime[], display: Display, signal: AbortSignal): Promise<Result[]> {
  display.note("packing reparam and installing it in a project of its own");
  const project = await createProject(signal);
  try {
    return await inTurns(chosen, AT_A_TIME, async (runtime) => {
      display.begin(runtime.title);
      const result = await run(runtime, { project, signal });
      display.end(result);
      return result;
    });
  } finally {
    await project.remove();
  }
}

const packageVersion = (): string =>
  (JSON.parse(readFileSync(inFolder("../../package.json"), "utf8")) as { version: string }).version;

const write = (file: string, results: Results): void => writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);

command("npm run test:everywhere", main);
