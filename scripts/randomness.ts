/** npm run test:randomness: the library's words, and those of derived keys, through batteries of tests. docs/randomness.md */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readPattern, run } from "../bench/command.ts";
import { today } from "../bench/format.ts";
import { listenForStop } from "../examples/mnist-vae/stop.ts";
import { createDisplay, type Display } from "../test/everywhere/display.ts";
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
  const display = createDisplay(process.stdout, pairs.length);
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
  for (const [battery, stream] of pairs) {
    const title = `${battery.id} ${stream.id}`;
    display.begin(title);
    try {
      const tested = await testOne(battery, stream, await battery.prepare(), signal);
      addResult(out, tested);
      display.end({ title, status: summary(tested), seconds: tested.seconds });
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      missing.add(error.message);
      display.end({ title, status: "not run", reason: "its program is missing" });
    }
  }
  for (const message of missing) display.note(message);
  return missing.size === 0;
}

async function testOne(battery: Battery, stream: Stream, program: Program, signal: AbortSignal): Promise<Tested> {
  const tests: TestResult[] = [];
  let [bytes, seconds] = [0, 0];
  for (const start of battery.starts) {
    const fed = await feed([program.file, ...start], stream.words(), signal);
    const found = program.parse(fed.output);
    if (found.length === 0) throw new Error(`${battery.id} ${start.join(" ")}: expected p-values, got ${fed.output}`);
    tests.push(...found);
    bytes += fed.bytes;
    seconds += fed.seconds;
  }
  const version = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
    .version;
  return { battery: battery.id, stream: stream.id, bytes, seconds, date: today(), version, tests };
}

const summary = ({ tests, bytes }: Tested): string =>
  `${tests.length} p-values, ${tests.filter(({ p }) => isWeak(p)).length} weak, ${(bytes / 1e9).toFixed(2)} GB`;

run("npm run test:randomness", main);
