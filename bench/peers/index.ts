/** npm run bench:peers: reparam beside other libraries, in turns and on the same data. See options.ts. */

import { listenForStop } from "../../examples/mnist-vae/stop.ts";
import { run } from "../command.ts";
import { prepareFolder } from "../files.ts";
import { describeEngine, describeMachine, today } from "../format.ts";
import { thisMachine } from "../machine.ts";
import { Child } from "./child.ts";
import { type Entry, findContestants, IDS, OURS } from "./contestants.ts";
import { writeData } from "./data.ts";
import { engineOf } from "./engine.ts";
import { readOptions, USAGE } from "./options.ts";
import { FULL, QUICK, type Race, race } from "./race.ts";
import {
  type CaseResult,
  LATEST,
  PARTIAL,
  type Participant,
  type PeersResults,
  resultOf,
  writeResults,
} from "./results.ts";
import { judge } from "./targets.ts";
import { gigaflops, listVerdicts, Progress, Table } from "./terminal.ts";
import { COUNTED, type Work, works } from "./work.ts";

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  const { filter, quick, node } = options;
  const chosen = works.filter(({ group, name, size }) => filter?.test(`${group} ${name} ${size}`) ?? true);
  if (chosen.length === 0) throw new Error(`--filter ${filter?.source}: no work matches`);

  // All before measuring: a wrong name should not cost a run.
  const runtime = engineOf(node);
  prepareFolder(options.out ?? LATEST);

  const stop = listenForStop();
  const { folder, remove } = writeData();
  const children: Child[] = [];
  try {
    const { entries, notes } = findContestants(node);
    notes.push(...(await startAll(entries, folder, children, stop.signal)));
    if (stop.signal.aborted) return stop.exitCode();
    const machine = thisMachine();
    const engine = { ...runtime, build: children[0].hello.build ?? "" };
    const participants = children.map(participant);
    console.log(`${describeMachine(machine)}, ${describeEngine(engine)}\n${participants.map(introduce).join("; ")}`);
    for (const note of notes) console.log(note);
    console.log("Median and, of reparam, interquartile range; of the others, how many times as fast reparam is.\n");

    const table = new Table(chosen, participants);
    const cases = await runAll(chosen, children, table, { folder, effort: quick ? QUICK : FULL }, stop.signal);
    if (stop.signal.aborted) console.log(`Interrupted after ${cases.length} of ${chosen.length} works.`);
    if (cases.length > 0) {
      const whole = cases.length === works.length && children.length === IDS.length;
      const usual = whole && !quick ? LATEST : PARTIAL;
      const targets = judge(cases);
      const results: PeersResults = {
        date: today(),
        quick,
        machine,
        engine,
        contestants: participants,
        counted: COUNTED,
        cases,
        targets,
      };
      console.log(`\n${COUNTED}\n\n${listVerdicts(targets)}`);
      console.log(`\nWritten: ${writeResults(options.out ?? usual, results).join(", ")}`);
    }
  } finally {
    for (const child of children) child.stop();
    remove();
  }
  return stop.exitCode();
}

/**
 * Starts all at once, and adds those that work to the children.
 *
 * @returns what there is to say of the others
 * @throws Error when reparam itself does not start
 */
async function startAll(
  entries: readonly Entry[],
  folder: string,
  children: Child[],
  signal: AbortSignal,
): Promise<string[]> {
  const attempts = await Promise.allSettled(entries.map((entry) => Child.start(entry, folder, signal)));
  children.push(...attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : [])));
  if (signal.aborted) return [];
  return attempts.flatMap((attempt, i) => {
    const { id, title } = entries[i];
    if (attempt.status === "fulfilled")
      return attempt.value.hello.note ? [`${title}: ${attempt.value.hello.note}`] : [];
    if (id === OURS) throw attempt.reason;
    return [`${title} is left out: ${reasonOf(attempt.reason)}`];
  });
}

/** One line of what a process said before it ended. */
function reasonOf({ message }: Error): string {
  if (message.includes("ERR_MODULE_NOT_FOUND")) return "not installed; npm ci --prefix bench/peers does it";
  const lines = message.split("\n");
  return (lines.find((line) => /error/i.test(line)) ?? lines[0]).trim();
}

const participant = ({ entry: { id, title }, hello: { versions, note } }: Child): Participant => ({
  id,
  title,
  versions,
  ...(note && { note }),
});

function introduce({ title, versions }: Participant): string {
  const [first, ...others] = Object.entries(versions);
  if (!first) return title;
  const more = others.map((each) => each.join(" ")).join(", ");
  return `${title} ${first[1]}${more && ` (${more})`}`;
}

/** Measures and prints work by work. @returns those that finished before the signal */
async function runAll(
  chosen: readonly Work[],
  children: readonly Child[],
  table: Table,
  { folder, effort }: Pick<Race, "folder" | "effort">,
  signal: AbortSignal,
): Promise<CaseResult[]> {
  const progress = new Progress(process.stdout);
  const cases: CaseResult[] = [];
  console.log(table.header);
  for (const work of chosen) {
    const turns = (effort.rounds + 1) * children.length;
    const beforeTurn = ({ entry }: Child, left: number) => {
      signal.throwIfAborted();
      const done = cases.length + 1 - Math.min(1, left / turns);
      progress.show(done / chosen.length, `${cases.length + 1} of ${chosen.length}: ${work.id} · ${entry.title}`);
    };
    try {
      const outcomes = await race(children, work, { folder, effort, beforeTurn });
      signal.throwIfAborted();
      const result = resultOf(work, outcomes);
      cases.push(result);
      progress.clear();
      console.log(lines(table, result).join("\n"));
    } catch (error) {
      progress.clear();
      if (!signal.aborted) throw error;
      break;
    }
  }
  return cases;
}

function lines(table: Table, result: CaseResult): string[] {
  const refusals = Object.entries(result.contestants).flatMap(([id, outcome]) =>
    outcome && "refused" in outcome ? [`  ${id} is not timed: ${outcome.refused}`] : [],
  );
  return [table.row(result), ...[gigaflops(result) ?? []].flat(), ...refusals];
}

run("npm run bench:peers", main);
