/** npm run test:bundlers: the packed package in projects of every bundler, without configuration. See options.ts. */
import { writeFileSync } from "node:fs";
import { run as command } from "../../bench/command.ts";
import { prepareFolder } from "../../bench/files.ts";
import { today } from "../../bench/format.ts";
import { listenForStop } from "../../examples/mnist-vae/stop.ts";
import { createDisplay, type Display } from "../everywhere/display.ts";
import { inTurns } from "../everywhere/run.ts";
import { attempt } from "./attempt.ts";
import type { Bundler } from "./bundlers/bundler.ts";
import { bundlers } from "./bundlers/index.ts";
import { install } from "./install.ts";
import { readOptions, USAGE } from "./options.ts";
import { type Expected, exitCode, type Result } from "./outcome.ts";
import { node } from "./process.ts";
import { createWorkshop, type Workshop } from "./project.ts";
import type { Results } from "./results.ts";
import { readMarks } from "./shaken.ts";
import { renderText } from "./table.ts";
import { inFolder, readJson } from "./tools.ts";

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
  const chosen = bundlers.filter(({ id }) => only.includes(id));
  const stop = listenForStop();
  const display = createDisplay(process.stdout, chosen.length);
  try {
    if (options.install) await install(chosen, display.note, stop.signal);
    const results = await attemptAll(chosen, display, stop.signal);
    console.log(`\n${renderText(results)}`);
    const { version } = readJson<{ version: string }>(inFolder("../../package.json"));
    if (json !== undefined) write(json, { date: today(), version, node: process.versions.node, results });
    return exitCode(results, options.require);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    display.note("Interrupted.");
    return stop.exitCode();
  } finally {
    display.close();
  }
}

async function attemptAll(chosen: readonly Bundler[], display: Display, signal: AbortSignal): Promise<Result[]> {
  display.note("packing reparam and installing the tarball");
  const workshop = await createWorkshop(signal);
  try {
    const expected = await inNode(workshop, signal);
    const context = { create: workshop.create, marks: readMarks(workshop.installed), signal };
    return await inTurns(chosen, AT_A_TIME, async (bundler) => {
      display.begin(bundler.title);
      const result = await attempt(bundler, context, expected);
      display.end(result);
      return result;
    });
  } finally {
    await workshop.remove();
  }
}

/** What the programs print without a bundler. */
async function inNode({ create }: Workshop, signal: AbortSignal): Promise<Expected> {
  const printed = async (program: keyof Expected): Promise<string> =>
    node(["src/index.js"], { cwd: await create(program), signal });
  return { all: await printed("all"), one: await printed("one") };
}

const write = (file: string, results: Results): void => writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);

command("npm run test:bundlers", main);
