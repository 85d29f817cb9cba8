/** npm run test:randomness: the library's words, and those of derived keys, through batteries of tests. docs/randomness.md */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readPattern, run } from "../bench/command.ts";
import { today } from "../bench/format.ts";
import { listenForStop } from "../examples/mnist-vae/stop.ts";
import { createDisplay } from "../test/statistics/display.ts";
import { BATTERIES } from "./randomness/batteries.ts";
import { type Battery, Missing, type Program, type TestResult } from "./randomness/battery.ts";
import { CONTROLS } from "./randomness/controls.ts";
import { feed } from "./randomness/feed.ts";
import { addResult, PUBLISHED, readResults, type Tested } from "./randomness/results.ts";
import { STREAMS, type Stream } from "./randomness/streams.ts";
import { isWeak } from "./randomness/weak.ts";

const USAGE = `Usage: npm run test:randomness -- [--filter PATTERN] [--again] [--out FILE.json]

Pipes streams of words into batteries of randomness tests and writes every p-value to docs/randomness.json as each battery ends;
what is there already is not run again, so that a run that was stopped goes on. About 40 minutes for everything.
Then npx tsx scripts/randomness/table.ts writes the tables of docs/randomness.md.

  --filter PATTERN   only those of which "battery stream" matches, such as smallcrush, "dieharder single"
  --again            those too that have results
  --out FILE.json    where the results are and go
  --help             this text`;

type Pair = readonly [Battery, Stream];
type Display = ReturnType<typeof createDisplay>;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      filter: { type: "string", default: "" },
      again: { type: "boolean", default: false },
      out: { type: "string", default: PUBLISHED },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const pattern = readPattern(values.filter);
  const done = new Set(readResults(values.out).map(({ battery, stream }) => `${battery} ${stream}`));
  const pairs = BATTERIES.flatMap((battery) => streamsOf(battery).map((stream): Pair => [battery, stream]))
    .filter(([battery, stream]) => pattern.test(`${battery.id} ${stream.id}`))
    .filter(([battery, stream]) => values.again || !done.has(`${battery.id} ${stream.id}`));
  const stop = listenForStop();
  const display = createDisplay(
    process.stdout,
    pairs.reduce((sum, [{ starts }]) => sum + starts.length, 0),
  );
  try {
    const complete = await testAll(pairs, values.out, display, stop.signal);
    return complete ? 0 : 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    display.note("Interrupted; the same command goes on with what is left.");
    return stop.exitCode();
  } finally {
    display.close();
  }
}

const streamsOf = ({ streams }: Battery): Stream[] =>
  [...STREAMS, ...CONTROLS].filter(({ id }) => streams.includes(id));

/** @returns whether no program was missing */
async function testAll(pairs: readonly Pair[], out: string, display: Display, signal: AbortSignal): Promise<boolean> {
  const missing = new Set<string>();
  for (const [i, [battery, stream]] of pairs.entries()) {
    const title = `${i + 1}/${pairs.length} ${battery.id} ${stream.id}`;
    try {
      const tested = await testOne(battery, stream, await battery.prepare(), display, signal);
      addResult(out, tested);
      display.note(`${title}: ${summary(tested)}`);
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      missing.add(error.message);
      display.note(`${title}: not run, its program is missing`);
    }
  }
  for (const message of missing) display.note(message);
  return missing.size === 0;
}

async function testOne(
  battery: Battery,
  stream: Stream,
  program: Program,
  display: Display,
  signal: AbortSignal,
): Promise<Tested> {
  const title = `${battery.id} ${stream.id}`;
  const tests: TestResult[] = [];
  let [bytes, seconds] = [0, 0];
  for (const start of battery.starts) {
    display.begin(title);
    const fed = await feed([program.file, ...start], stream.words(), signal);
    const found = program.parse(fed.output);
    if (found.length === 0) throw new Error(`${battery.id} ${start.join(" ")}: expected p-values, got ${fed.output}`);
    tests.push(...found);
    display.end(title);
    bytes += fed.bytes;
    seconds += fed.seconds;
  }
  const version = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
    .version;
  return { battery: battery.id, stream: stream.id, bytes, seconds, date: today(), version, tests };
}

const summary = ({ tests, bytes, seconds }: Tested): string => {
  const weak = tests.filter(({ p }) => isWeak(p)).length;
  return `${tests.length} p-values, ${weak} weak, ${(bytes / 1e9).toFixed(2)} GB, ${seconds.toFixed(1)} s`;
};

run("npm run test:randomness", main);
