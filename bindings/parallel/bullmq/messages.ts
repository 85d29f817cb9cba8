import { ArgumentError, describe, MessageError } from "../../core/index.ts";

/** Of jobs: another one is refused. */
const VERSION = 1;

/** With which all keys begin, those of BullMQ too. */
export const PREFIX = "reparam";

/** Of the job that a shard is. */
export const NAME = "shard";

/** Milliseconds after which the data of a main program that died are gone; while it lives, it puts this off. */
export const EXPIRY = 120_000;

/** The field that all shards have in common; the others are partial results, by the numbers of their shards. */
export const COMMON = "common";

const MAP = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Parents, each the barrier of a map, are in a queue of their own: there is nothing for workers to do in them. */
export const parentsOf = (queue: string): string => `${queue}.maps`;
export const dataKey = (queue: string, map: string): string => `${PREFIX}:${queue}:data:${map}`;
/** As BullMQ names them. */
export const jobKey = (queue: string, id: string): string => `${PREFIX}:${queue}:${id}`;
export const lockKey = (queue: string, id: string): string => `${jobKey(queue, id)}:lock`;
/** On which workers are told what not to go on with: a map, or a shard of it. */
export const cancelChannel = (queue: string): string => `${PREFIX}:${queue}:cancel`;

export const idOf = (map: string, shard: number): string => `${map}.${shard}`;

/** Of a job that is a shard of ours; undefined for any other text. */
export function placeOf(id: unknown): { readonly map: string; readonly shard: number } | undefined {
  if (typeof id !== "string" || id.length > 50) return undefined;
  const dot = id.indexOf(".");
  const map = id.slice(0, dot);
  const shard = Number(id.slice(dot + 1));
  return MAP.test(map) && Number.isSafeInteger(shard) && shard >= 0 && idOf(map, shard) === id
    ? { map, shard }
    : undefined;
}

/** What is in a job: data, as a text, since BullMQ keeps JSON. */
export const shardData = (bytes: Uint8Array): object => ({ version: VERSION, bytes: textOf(bytes) });

/**
 * The shard that a job asks for, whoever wrote it.
 * @throws MessageError for what is none
 */
export function readShard(
  { id, name, data }: { readonly id?: string | undefined; readonly name: string; readonly data: unknown },
  largest: number,
): { readonly map: string; readonly shard: number; readonly message: Uint8Array } {
  const refuse = (expected: string, received: string): never => {
    throw new MessageError("job", expected, received);
  };
  const place = placeOf(id);
  if (!place || name !== NAME) return refuse("a shard of a map", describe(name === NAME ? id : name));
  if (typeof data !== "object" || data === null || Array.isArray(data)) return refuse("an object", describe(data));
  const { version, bytes } = data as Readonly<Record<string, unknown>>;
  if (version !== VERSION) return refuse(`version ${VERSION} of jobs`, describe(version));
  if (typeof bytes !== "string") return refuse("bytes as a text", describe(bytes));
  if (bytes.length > largest) return refuse(`at most ${largest} characters`, `${bytes.length}`);
  if (bytes.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(bytes)) return refuse("bytes in base64", "other text");
  return { ...place, message: Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0)) };
}

/** In pieces: a function takes some ten thousand arguments. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += 8192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return btoa(text);
}

/** A queue's name is part of keys and channels. @throws ArgumentError */
export function checkQueue(queue: unknown): string {
  if (typeof queue === "string" && /^[A-Za-z0-9_.-]{1,64}$/.test(queue)) return queue;
  throw new ArgumentError("queue", "a name of up to 64 letters, digits and _ . -", describe(queue));
}

/** What others wrote, for a line in a log: no control characters, and not much. */
export const printable = (text: string): string => text.slice(0, 500).replace(/\p{C}/gu, " ");
