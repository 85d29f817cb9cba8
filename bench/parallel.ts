/** npm run bench:parallel: what executors add to a shard, and the bytes of messages. */

import { parseArgs } from "node:util";
import { type Executor, inline } from "reparam/parallel";
import { bullmq } from "reparam/parallel/bullmq";
import { threads } from "reparam/parallel/threads";
import { endAll, RedisServer, startWorker } from "../test/parallel/queue/processes.ts";
import { checkOut, run } from "./command.ts";
import { inResults, prepareFolder, write } from "./files.ts";
import { digits, today } from "./format.ts";
import { thisMachine } from "./machine.ts";
import { type Count, measure, tasksOf } from "./parallel/measure.ts";
import { MOST, type Name, type Parallel, type Row, tooMuch } from "./parallel/results.ts";
import { showProgress } from "./terminal.ts";

const USAGE = `Usage: npm run bench:parallel -- [--only NAMES] [--quick] [--out FILE.json]

  --only NAMES     executors to measure beside inline, such as threads,bullmq: all by default. bullmq starts a redis-server of its own
  --quick          a short run: shows that everything works, says little about speed
  --out FILE.json  where the results go; by default bench/results/parallel.json, or parallel-quick.json for a quick run

One worker each, and shards of one sample: what is left is what the executor adds. Fails when that is more than ${MOST.threads} ms for
threads, or ${MOST.bullmq} ms for bullmq.`;

/** Numbers of parameters: none to speak of, and 3 MB. */
const VALUES = [1, 750_000];
const COUNTS: Readonly<Record<"full" | "quick", Record<Name, Count>>> = {
  full: {
    inline: { shards: 1000, maps: 21 },
    threads: { shards: 1000, maps: 21 },
    bullmq: { shards: 200, maps: 7 },
  },
  quick: { inline: { shards: 50, maps: 3 }, threads: { shards: 50, maps: 3 }, bullmq: { shards: 10, maps: 1 } },
};

const module = new URL("./parallel/work.mjs", import.meta.url);

/** With one worker. */
const EXECUTORS: Readonly<Record<Name, () => Promise<Executor>>> = {
  inline: async () => inline(),
  threads: () => threads({ module, workers: 1 }),
  bullmq: async () => {
    const server = await RedisServer.start();
    await startWorker(server, { args: ["--module", "bench/parallel/work.mjs", "--quiet"] });
    return bullmq({ redis: server.url });
  },
};
const isName = (text: string): text is Name => Object.hasOwn(EXECUTORS, text);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      quick: { type: "boolean" },
      out: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { quick = false } = values;
  const names: Name[] = ["inline"];
  for (const name of values.only?.split(",") ?? ["threads", "bullmq"]) {
    if (!isName(name)) throw new Error(`--only ${name}: expected some of ${Object.keys(EXECUTORS).join(", ")}`);
    if (name !== "inline") names.push(name);
  }
  const out = checkOut(values.out ?? inResults(quick ? "parallel-quick.json" : "parallel.json"));
  prepareFolder(out);
  const rows: Row[] = [];
  console.log(line(["", "in common", "a shard", "an answer", "ms a shard", "added", "ms a map of one"]));
  for (const size of VALUES)
    for (const name of names) {
      const done = showProgress(name);
      const row = await measureOne(name, size, COUNTS[quick ? "quick" : "full"][name], rows);
      done();
      rows.push(row);
      const bytes = [row.common, row.shard, row.partial].map((each) => `${each.toLocaleString("en")} B`);
      console.log(line([name, ...bytes, digits(row.perShard), row.overhead.toFixed(4), digits(row.perMap)]));
    }
  const results: Parallel = {
    date: today(),
    quick,
    machine: thisMachine(),
    runtime: `Node ${process.versions.node}`,
    rows,
  };
  console.log(`Written: ${write(out, `${JSON.stringify(results, null, 2)}\n`)}`);
  const much = tooMuch(results);
  for (const each of much) console.error(`Too much: ${each}`);
  return much.length > 0 ? 1 : 0;
}

async function measureOne(name: Name, size: number, count: Count, rows: readonly Row[]): Promise<Row> {
  const tasks = await tasksOf(size, count.shards);
  const executor = await EXECUTORS[name]();
  try {
    const measured = await measure(executor, tasks, count);
    const alone = rows.find((row) => row.executor === "inline" && row.values === size);
    return { executor: name, values: size, overhead: measured.perShard - (alone ?? measured).perShard, ...measured };
  } finally {
    await executor.dispose();
    await endAll();
  }
}

const WIDTHS = [-8, 12, 8, 10, 11, 8, 16];
const line = (texts: readonly string[]): string =>
  texts.map((text, i) => ((WIDTHS[i] as number) < 0 ? text.padEnd(8) : text.padStart(WIDTHS[i] as number))).join("");

run("npm run bench:parallel", main);
