/** node worker.mjs [--nats HOST:PORT] [--name NAME] [--wait SECONDS] MODULE...: computes shards of works that the modules share. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { performer } from "reparam/parallel";
import { countPieces, headersOf, Puzzle, pieceOf } from "./pieces.mjs";
import { openStream, openWorkers, subjects, WORKERS } from "./stream.mjs";

const { values, positionals } = parseArgs({
  options: {
    nats: { type: "string", default: "127.0.0.1:4222" },
    name: { type: "string", default: "reparam" },
    // Longer than any shard computes without a pause.
    wait: { type: "string", default: "30" },
  },
  allowPositionals: true,
});
const { name } = values;
const wait = Number(values.wait) * 1000;
/** Of parameters. */
const LARGEST = 256 * 1024 * 1024;

// Whoever starts a worker says what it runs; no message does.
for (const module of positionals) await import(pathToFileURL(resolve(module)).href);

const connection = await connect({ servers: values.nats });
await openWorkers(await openStream(connection, name), name, wait);
const consumer = await jetstream(connection).consumers.get(name, WORKERS);
const subject = subjects(name);
const worker = performer();
let current = { run: "", common: undefined, controller: new AbortController() };

connection.subscribe(subject.cancel, {
  callback: (_, message) => {
    if (message.string() === current.run) current.controller.abort();
  },
});

/** Once for a run, from the main program itself. @throws Error when it is gone */
async function commonOf(run) {
  if (run === current.run) return current.common;
  const ask = (piece) => connection.request(subject.common(run), String(piece), { timeout: wait });
  const first = await ask(0);
  const pieces = Number(first.headers.get("pieces"));
  const puzzle = new Puzzle(pieces, Math.min(LARGEST, Number(first.headers.get("bytes"))));
  let common = puzzle.add(0, first.data);
  for (let i = 1; i < pieces; i++) common = puzzle.add(i, (await ask(i)).data);
  current = { run, common, controller: new AbortController() };
  return common;
}

async function compute(message) {
  const [run, shard] = ["run", "shard"].map((field) => message.headers.get(field));
  const send = (fields, data) =>
    connection.publish(subject.partials(run), data, { headers: headersOf({ shard, ...fields }) });
  const alive = setInterval(() => message.working(), wait / 3);
  try {
    const common = await commonOf(run);
    const partial = await worker.perform(common, new Uint8Array(message.data), current.controller.signal);
    const pieces = countPieces(partial.length);
    for (let piece = 0; piece < pieces; piece++) send({ piece, pieces }, pieceOf(partial, piece));
  } catch (error) {
    // Headers are one line; of errors in a shard's own code the partial tells.
    send(
      {
        error: String(error?.message ?? error)
          .replace(/\s+/g, " ")
          .slice(0, 1000),
      },
      "",
    );
  } finally {
    clearInterval(alive);
    message.ack();
  }
}

let isStopping = false;
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => {
    isStopping = true;
    void connection.close();
  });
console.log("ready");
try {
  while (!isStopping) {
    const message = await consumer.next({ expires: 30_000 });
    if (message) await compute(message);
  }
} catch (error) {
  if (!isStopping) throw error;
}
