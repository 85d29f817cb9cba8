import { jetstream } from "@nats-io/jetstream";
import { connect, nuid } from "@nats-io/transport-node";
import { DisposedError } from "reparam";
import { countPieces, headersOf, Puzzle, pieceOf } from "./pieces.mjs";
import { openStream, subjects } from "./stream.mjs";

/**
 * Has shards computed by the workers of a NATS server with JetStream: `node worker.mjs MODULE`, as many as you like, wherever.
 *
 * @param size how many workers there are, about: there are a few times as many shards
 * @param patience milliseconds without a word from any worker after which the shards that are missing are given up
 */
export async function nats({
  servers = "127.0.0.1:4222",
  name = "reparam",
  size = 2,
  patience = 300_000,
  reconnects = 10,
} = {}) {
  const connection = await connect({ servers, maxReconnectAttempts: reconnects });
  const manager = await openStream(connection, name);
  const stream = jetstream(connection);
  const subject = subjects(name);
  let isOpen = true;

  async function* map({ common, shards, largest }, signal) {
    signal.throwIfAborted();
    if (!isOpen) throw new DisposedError("executor", "one that is open", "a disposed one");
    const run = nuid.next();
    const missing = new Set(shards.keys());
    const puzzles = new Map();
    const sequence = new Map(); // Of messages in the stream: the number of the shard.
    const told = [];
    let failure;
    let wake = () => {};
    const tell = (outcome) => {
      told.push(outcome);
      wake();
    };
    const fail = (error) => {
      failure ??= error;
      wake();
    };

    function hear(_, message) {
      const [shard, piece, pieces] = ["shard", "piece", "pieces"].map((field) => Number(message.headers?.get(field)));
      if (!missing.has(shard)) return;
      try {
        const error = message.headers.get("error");
        if (error) throw new Error(error);
        if (!puzzles.has(shard)) puzzles.set(shard, new Puzzle(pieces, largest));
        const partial = puzzles.get(shard).add(piece, message.data);
        if (partial) tell({ shard, partial });
      } catch (error) {
        tell({ shard, error });
      }
    }
    const subscriptions = [
      connection.subscribe(subject.partials(run), { callback: hear }),
      connection.subscribe(subject.common(run), {
        callback: (_, message) =>
          message.respond(pieceOf(common, Number(message.string())), {
            headers: headersOf({ pieces: countPieces(common.length), bytes: common.length }),
          }),
      }),
      connection.subscribe(subject.lost, {
        callback: (_, message) => {
          const shard = sequence.get(message.json().stream_seq);
          if (missing.has(shard)) tell({ shard, error: new Error("its worker is gone, or too slow for --wait") });
        },
      }),
    ];
    const abort = () => fail(signal.reason);
    signal.addEventListener("abort", abort);
    connection
      .closed()
      .then((error) => fail(error ?? new DisposedError("executor", "one that is open", "a disposed one")));
    try {
      const headers = (shard) => ({ headers: headersOf({ run, shard }) });
      const publish = async (message, shard) =>
        sequence.set((await stream.publish(subject.shards(run), message, headers(shard))).seq, shard);
      await Promise.all(shards.map(publish));
      while (missing.size > 0) {
        const timer = setTimeout(() => fail(new Error(`no word from any worker in ${patience} ms`)), patience);
        if (told.length === 0 && !failure)
          await new Promise((resolve) => {
            wake = resolve;
          });
        clearTimeout(timer);
        if (failure) throw failure;
        for (const outcome of told.splice(0)) {
          if (!missing.delete(outcome.shard)) continue;
          puzzles.delete(outcome.shard);
          yield outcome;
          signal.throwIfAborted();
        }
      }
    } finally {
      signal.removeEventListener("abort", abort);
      for (const subscription of subscriptions) subscription.unsubscribe();
      if (!connection.isClosed()) {
        if (missing.size > 0) connection.publish(subject.cancel, run);
        // What nobody has taken, or was lost; the server may be gone by now.
        await manager.streams.purge(name, { filter: subject.shards(run) }).catch(() => {});
      }
    }
  }

  return {
    size,
    map,
    async dispose() {
      isOpen = false;
      await connection.close();
    },
  };
}
