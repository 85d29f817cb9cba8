import { ArgumentError, describe } from "../../core/index.ts";
import { QueueError } from "./errors.ts";
import { PREFIX } from "./messages.ts";
import { loadPeers, type Redis } from "./peers.ts";

/** Milliseconds that a server may take to answer for the first time. */
const FIRST_ANSWER = 10_000;
/** Longest wait before the next attempt to reach a server that went away. */
const SLOWEST_RETRY = 1000;

/** The address, without the password, for messages. @throws ArgumentError */
export function addressOf(redis: unknown): string {
  const expected = "an address as redis://host:port or rediss://user:password@host:port/db";
  if (typeof redis !== "string") throw new ArgumentError("redis", expected, describe(redis));
  let url: URL;
  try {
    url = new URL(redis);
  } catch {
    // Not the text itself: it may hold a password.
    throw new ArgumentError("redis", expected, `a string of ${redis.length} characters that is none`);
  }
  if (!/^rediss?:$/.test(url.protocol) || url.hostname === "")
    throw new ArgumentError("redis", expected, `one that begins with ${url.protocol}//${url.hostname}`);
  return `${url.protocol}//${url.hostname}:${url.port || "6379"}`;
}

/**
 * A connection that comes back by itself, whose commands wait as long; the first attempt has to succeed.
 *
 * @param onError told of each loss
 * @throws ArgumentError for what is no address; QueueError for a server that does not answer, or refuses; PackageError
 */
export async function connect(redis: string, onError: (error: Error) => void): Promise<Redis> {
  const address = addressOf(redis);
  const { Redis } = await loadPeers();
  const state: State = { isOpen: false, made: [] };
  let last: Error | undefined;
  const client = new Redis(redis, {
    lazyConnect: true,
    connectTimeout: FIRST_ANSWER,
    // BullMQ wants it: a command waits for the connection, however long.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => (state.isOpen ? Math.min(times * 100, SLOWEST_RETRY) : null),
  });
  client.on("error", (error) => {
    last = error;
    if (state.isOpen) onError(error);
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${FIRST_ANSWER / 1000} s`)), FIRST_ANSWER);
    });
    await Promise.race([client.connect().then(() => client.exists(`${PREFIX}:`)), late]);
    state.isOpen = true;
    follow(client, state);
    return client;
  } catch (error) {
    client.disconnect();
    const cause = last ?? (error as Error);
    throw Object.assign(
      new QueueError("redis", `a server of Redis or Valkey that answers at ${address}`, reasonOf(cause)),
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Errors of connections to several addresses of a host have no message of their own. */
export const reasonOf = (error: Error): string =>
  error.message || String((error as { code?: unknown }).code ?? error.name);

interface State {
  /** Tried again when it is lost. */
  isOpen: boolean;
  /** Connections that were made of it, such as those that BullMQ waits on. */
  readonly made: Redis[];
}

const states = new WeakMap<Redis, State>();

function follow(client: Redis, state: State): void {
  states.set(client, state);
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...options) => {
    const another = duplicate(...options);
    state.made.push(another);
    return another;
  };
}

/**
 * Waits until no connection waits to be tried again, up to four seconds: BullMQ would wait for the end of such a one, of which ioredis
 * never tells. From half a second on none is tried again.
 */
export async function settle(client: Redis): Promise<void> {
  const state = states.get(client);
  for (let times = 0; times < 40; times++) {
    if ([client, ...(state?.made ?? [])].every(({ status }) => status === "ready" || status === "end")) return;
    if (times >= 5 && state) state.isOpen = false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Ends it, and those that were made of it: politely, if the server answers within a second. */
export async function disconnect(client: Redis): Promise<void> {
  const state = states.get(client);
  // BullMQ waits politely for a server that is gone, and tries to reach it on and on.
  if (state) state.isOpen = false;
  for (const each of [...(state?.made ?? []), client]) {
    if (each.status === "ready") await within(1000, each.quit());
    if (each.status !== "end") each.disconnect();
  }
}

/** Waits for what may never come; says nothing of what became of it. */
export async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise.then(noop, noop), late]);
  clearTimeout(timer);
}

const noop = (): void => {};
