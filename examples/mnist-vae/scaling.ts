// What worker threads are worth to a training step: node --import tsx examples/mnist-vae/scaling.ts [--batch n] [--piece n] [--rounds n]
// [--workers n,n] and, with --check n, whether the parameters have the same bits after n steps with none and with 1, 2, 3 and 7 threads.

import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { createExecutor } from "./executor.ts";
import { integer } from "./numbers.ts";
import { defaults, type Settings } from "./options.ts";
import { createState, disposeState, type State } from "./state.ts";
import { train } from "./train.ts";

const { values } = parseArgs({
  options: {
    batch: { type: "string", default: "400" },
    piece: { type: "string", default: "100" },
    rounds: { type: "string", default: "40" },
    workers: { type: "string", default: "1,2" },
    check: { type: "string" },
  },
});
const settings: Settings = {
  ...defaults,
  batch: integer("--batch", values.batch, 1, 10_000),
  piece: integer("--piece", values.piece, 1, 10_000),
};

/** A run that goes on by a step when it is told to. */
interface Contestant {
  name: string;
  state: State;
  step(): Promise<unknown>;
  end(): Promise<void>;
}

async function contestant(workers: number): Promise<Contestant> {
  const threads = workers === 0 ? undefined : workers;
  const executor = await createExecutor({ workers: threads, redis: undefined, queue: undefined });
  const state = createState({ ...settings, epochs: 10_000 });
  const events = train(state, state.work.images(), { executor });
  return {
    name: workers === 0 ? "no workers" : `${workers} thread${workers === 1 ? "" : "s"}`,
    state,
    step: () => events.next(),
    async end() {
      await events.return(undefined);
      await executor?.dispose();
      disposeState(state);
    },
  };
}

/** One step of each in turn, so that what else the machine does slows all of them alike. */
async function race(rounds: number): Promise<void> {
  const counts = values.workers.split(",").map((each) => integer("--workers", each, 1, 256));
  const all = await Promise.all([0, ...counts].map(contestant));
  const times = all.map((): number[] => []);
  for (let round = -5; round < rounds; round++)
    for (const [i, { step }] of all.entries()) {
      const begun = performance.now();
      await step();
      if (round >= 0) times[i].push(performance.now() - begun);
    }
  const [alone] = times;
  console.log(`a training step of ${settings.batch} images in pieces of ${settings.piece}, median of ${rounds}, ms:`);
  for (const [i, { name }] of all.entries()) {
    const ratio = median(times[i].map((time, round) => alone[round] / time));
    console.log(`  ${name.padEnd(12)}${median(times[i]).toFixed(1).padStart(7)}${ratio.toFixed(2).padStart(7)}×`);
  }
  for (const { end } of all) await end();
}

async function check(steps: number): Promise<boolean> {
  const sums: string[] = [];
  for (const workers of [0, 1, 2, 3, 7]) {
    const { name, state, step, end } = await contestant(workers);
    for (let i = 0; i < steps; i++) await step();
    const hash = createHash("sha256");
    for (const parameter of Object.values(state.parameters)) hash.update(parameter.toArray());
    sums.push(hash.digest("hex"));
    console.log(`${sums.at(-1)}  parameters after ${steps} steps of ${settings.batch} images, ${name}`);
    await end();
  }
  return new Set(sums).size === 1;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

if (values.check === undefined) await race(integer("--rounds", values.rounds, 1, 10_000));
else if (!(await check(integer("--check", values.check, 1, 10_000)))) {
  console.error("not the same bits");
  process.exitCode = 1;
}
