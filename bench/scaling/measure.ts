import { once } from "node:events";
import { connect, createServer } from "node:net";
import os from "node:os";
import { key } from "reparam";
import { Bernoulli, type Distribution } from "reparam/distributions";
import { adam, backward, mean, mul, type Parameter, step, sum, type Tensor, tensor } from "reparam/graph";
import { diagnose, estimate, expectation, rloo } from "reparam/inference";
import { type Executor, inline } from "reparam/parallel";
import { threads } from "reparam/parallel/threads";
import { decode, encode } from "../../bindings/inference/shards/wire.ts";
import { createParameters } from "../../examples/mnist-vae/model.ts";
import { negativeElbo } from "../../examples/mnist-vae/objective.ts";
import { pixels } from "../data.ts";
import { today } from "../format.ts";
import { thisMachine } from "../machine.ts";
import type { Constant, Constants, Name } from "./constants.ts";

export const COMMAND = "npm run bench:scaling -- --measure";

/** Quantiles of the jitter that are kept. */
const QUANTILES = 65;
const PIXELS = 784;

const seconds = async (body: () => unknown): Promise<number> => {
  const start = performance.now();
  await body();
  return (performance.now() - start) / 1000;
};

async function median(times: number, body: () => unknown): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) all.push(await seconds(body));
  return all.sort((a, b) => a - b)[times >> 1];
}

interface Work {
  readonly cost: (z: Tensor) => Tensor;
  readonly distribution: () => Distribution;
}

/** Measures what this machine can tell, and keeps the rest. */
export async function measure(before: Constants, note: (text: string) => void): Promise<Constants> {
  // Its types are those of plain JavaScript.
  const { coins } = (await import(new URL("work.mjs", import.meta.url).href)) as { coins: () => Work };
  const found: Partial<Record<Name, number>> = {};
  const run = async (executor: Executor, samples: number, shard: number) => {
    const { cost, distribution } = coins();
    await expectation(cost, distribution, { key: key(1), samples, shard, executor });
  };

  note("draws, and how equal shards differ");
  const times: number[] = [];
  const [here, draws] = [inline(), 2 ** 18];
  const timed: Executor = {
    ...here,
    async *map(task, signal) {
      let start = performance.now();
      for await (const outcome of here.map(task, signal)) {
        times.push((performance.now() - start) / 1000);
        yield outcome;
        start = performance.now();
      }
    },
  };
  await run(timed, 16 * draws, draws);
  times.length = 0;
  await run(timed, 512 * draws, draws);
  times.sort((a, b) => a - b);
  const middle = times[times.length >> 1];
  found.draw = middle / draws;
  const quantiles = Array.from({ length: QUANTILES }, (_, i) =>
    Number((times[Math.round((i * (times.length - 1)) / (QUANTILES - 1))] / middle).toFixed(4)),
  );

  note("shards in threads");
  const shards = 2000;
  const pool = await threads({ module: new URL("work.mjs", import.meta.url), workers: 2 });
  for (let i = 0; i < 3; i++) await run(pool, 10 * shards, 10);
  found.rateThreads = shards / (await median(3, () => run(pool, 10 * shards, 10)));
  await pool.dispose();

  note("steps of the autoencoder");
  const parameters = createParameters(key(2));
  const optimizer = adam(parameters, { rate: 1e-3 });
  const piece = async (rows: number, repeats: number) => {
    const images = pixels(rows * PIXELS);
    let draw = 0;
    const body = () => {
      const options = { tau: 0.7, hard: false };
      step(() => backward(mean(negativeElbo(parameters, tensor(images, [rows, PIXELS]), key(draw++), options))));
    };
    body();
    return median(repeats, body);
  };
  const [few, many] = [4, 400];
  const [short, long] = [await piece(few, 61), await piece(many, 15)];
  found.pieceRow = (long - short) / (many - few);
  found.pieceFixed = short - few * found.pieceRow;
  found.serialStep = await median(31, () => optimizer.step());
  const values = (Object.values(parameters) as Parameter[]).map((each) => each.toArray());
  found.parameters = values.reduce((bytes, { byteLength }) => bytes + byteLength, 0);
  optimizer.dispose();

  note("partial results");
  const gradients = encode({ nodes: values });
  const total = values.map((each) => each.slice());
  const add = (message: Uint8Array) => {
    const { nodes } = decode(message) as unknown as { nodes: Float32Array[] };
    nodes.forEach((each, n) => {
      const into = total[n];
      for (let i = 0; i < each.length; i++) into[i] += each[i];
    });
  };
  const [whole, least] = [gradients, encode({ nodes: [] })];
  for (let i = 0; i < 20; i++) add(whole);
  found.reduceByte = (await median(31, () => add(whole))) / whole.length;
  found.reduceFixed = (await median(31, () => Array.from({ length: 100 }, () => add(least)))) / 100;

  note("bytes of partial results");
  let bytes = 0;
  const seen: Executor = {
    ...here,
    async *map(task, signal) {
      for await (const outcome of here.map(task, signal)) {
        if ("partial" in outcome) bytes = Math.max(bytes, outcome.partial.byteLength);
        yield outcome;
      }
    },
  };
  await run(seen, 2 ** 20, 2 ** 18);
  found.partialExpectation = bytes;

  note("gradients of a diagnosis");
  const bits = 64;
  const cost = (z: Tensor) => {
    const heads = sum(z, { axis: -1 });
    return mul(heads, heads);
  };
  const problem = {
    parameters: { theta: Array.from({ length: bits }, (_, i) => (i % 5) / 5) },
    loss: ({ theta }: { theta: Tensor }, given: never) => estimate(new Bernoulli({ logits: theta }), cost, given),
  };
  const [some, more] = [16, 80];
  const diagnosed = (blocks: number) => () =>
    diagnose(problem as never, { rloo: { estimator: rloo(), samples: 4 } }, { key: key(4), samples: 256 * blocks });
  found.gradientBlock = ((await median(3, diagnosed(more))) - (await median(3, diagnosed(some)))) / (more - some);
  // Counts, and sums of values and of squares, of each coordinate: in float64.
  found.partialDiagnosis = 1024 + 3 * 8 * bits;

  note("bytes from thread to thread, and through this machine's own network");
  // Used before, as messages' memory is.
  const shared = new Uint8Array(new SharedArrayBuffer(gradients.length));
  found.bandwidthThreads = gradients.length / (await median(31, () => shared.set(gradients)));
  found.bandwidthLoopback = await loopback();

  for (const [name, value] of Object.entries(found))
    if (!(value > 0)) throw new Error(`${name}: measured ${value}; try again in a quiet hour`);
  const numbers = Object.fromEntries(
    Object.entries(before.numbers).map(([name, constant]) => {
      const value = found[name as Name];
      return [name, value === undefined ? constant : { ...constant, value: Number(value.toPrecision(4)) }];
    }),
  ) as Record<Name, Constant>;
  const { cpu, cores } = thisMachine();
  const load = os.loadavg()[0].toFixed(1);
  return {
    date: today(),
    machine: `${cpu}, ${cores} cores; Node ${process.versions.node}; load of the minute before: ${load}`,
    numbers,
    jitter: { quantiles, count: times.length, source: COMMAND },
  };
}

/** Both ends are of this thread: others may be twice as fast. */
async function loopback(): Promise<number> {
  const size = 2 ** 28;
  const chunk = new Uint8Array(2 ** 20);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  const sender = connect((server.address() as { port: number }).port, "127.0.0.1");
  const [receiver] = await accepted;
  let received = 0;
  const time = await seconds(async () => {
    const done = new Promise<void>((resolve) =>
      receiver.on("data", (data: Uint8Array) => {
        received += data.length;
        if (received >= size) resolve();
      }),
    );
    for (let sent = 0; sent < size; sent += chunk.length) if (!sender.write(chunk)) await once(sender, "drain");
    await done;
  });
  sender.destroy();
  receiver.destroy();
  server.close();
  return size / time;
}
