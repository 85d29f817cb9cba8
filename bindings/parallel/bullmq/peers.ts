import { PackageError } from "../../core/index.ts";

/** What is used of `ioredis`: own types, so that those of this package ask for no other. */
export interface Redis {
  readonly status: string;
  connect(): Promise<void>;
  disconnect(): void;
  quit(): Promise<unknown>;
  duplicate(...options: readonly unknown[]): Redis;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "message", listener: (channel: string, message: string) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  publish(channel: string, message: string): Promise<number>;
  unlink(...keys: string[]): Promise<number>;
  exists(key: string): Promise<number>;
  xrevrange(key: string, from: "+", to: "-", count: "COUNT", most: number): Promise<[string, string[]][]>;
  multi(): Transaction;
  defineCommand(name: string, definition: { readonly numberOfKeys: number; readonly lua: string }): void;
}

export interface Transaction {
  hset(key: string, field: string, value: Uint8Array): Transaction;
  pexpire(key: string, milliseconds: number): Transaction;
  exec(): Promise<[Error | null, unknown][] | null>;
}

/** What is used of `bullmq`. */
export interface Bullmq {
  readonly Queue: new (name: string, options: object) => Queue;
  readonly QueueEvents: new (name: string, options: object) => QueueEvents;
  readonly FlowProducer: new (options: object) => Flows;
  readonly Worker: new (name: string, processor: (job: Job) => Promise<unknown>, options: object) => Worker;
}

interface Emitter {
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own, checked where they are used
  on(event: string, listener: (...values: any[]) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface Job {
  readonly id?: string | undefined;
  readonly name: string;
  /** Whatever someone wrote. */
  readonly data: unknown;
  remove(options?: { readonly removeChildren: boolean }): Promise<void>;
  removeUnprocessedChildren(): Promise<void>;
}

export interface Queue extends Emitter {
  getWorkersCount(): Promise<number>;
  getJobs(states: readonly string[], from: number, to: number): Promise<(Job | undefined)[]>;
  remove(id: string, options?: { readonly removeChildren: boolean }): Promise<number>;
}

export type QueueEvents = Emitter;

export interface Flows extends Emitter {
  add(flow: object): Promise<{ readonly job: Job }>;
}

export interface Worker extends Emitter {
  close(force?: boolean): Promise<unknown>;
}

/** Of all runtimes that these packages run in; a Uint8Array that `ioredis` takes as bytes. */
declare const Buffer: { from(bytes: ArrayBufferLike, offset: number, length: number): Uint8Array };

/** As `ioredis` sends it; it would make a text of another Uint8Array. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Out of a pool that other messages lie in: `decode` wants arrays on multiples of 8, and a Buffer's slice() copies nothing. */
export const bytesOf = (buffer: Uint8Array): Uint8Array => new Uint8Array(buffer);

/** @throws PackageError when one is not installed */
export async function loadPeers(): Promise<{
  readonly bullmq: Bullmq;
  readonly Redis: new (url: string, options: object) => Redis;
}> {
  const [bullmq, ioredis] = await Promise.all([
    // Packages of CommonJS: what engines find among their exports, or the whole.
    import("bullmq").catch(missing("bullmq")),
    import("ioredis").catch(missing("ioredis")),
  ]);
  const found = { bullmq, Redis: ioredis.Redis } as unknown;
  // The interfaces above are those parts of theirs that are used here.
  return found as Awaited<ReturnType<typeof loadPeers>>;
}

const missing =
  (name: string) =>
  (error: Error): never => {
    const isMissing = (error as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND" && error.message.includes(name);
    throw isMissing
      ? Object.assign(new PackageError(name, `an installed package: npm install ${name}`, "none"), { cause: error })
      : error;
  };
