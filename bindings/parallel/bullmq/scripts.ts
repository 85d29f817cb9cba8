import { COMMON, EXPIRY } from "./messages.ts";
import { bufferOf, bytesOf, type Redis } from "./peers.ts";

/**
 * What Redis does at a stroke with the data of a map, a hash: what all shards have in common, and the partial results that are there.
 * The hash is gone with the map, and nothing that comes late brings it back.
 */
const SCRIPTS = {
  /** Keeps a field of a map that still runs: whether it does. */
  reparamStore: `
    if redis.call("EXISTS", KEYS[1]) == 0 then return 0 end
    redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
    return 1`,
  /** Bytes of a field, and the field unless it has more than may be; its size is looked at first. */
  reparamRead: `
    local size = redis.call("HSTRLEN", KEYS[1], ARGV[1])
    if size == 0 then return {0, ""} end
    if size > tonumber(ARGV[2]) then return {size, ""} end
    return {size, redis.call("HGET", KEYS[1], ARGV[1])}`,
  /** The same, after which it is gone. */
  reparamTake: `
    local size = redis.call("HSTRLEN", KEYS[1], ARGV[1])
    if size == 0 then return {0, ""} end
    local bytes = ""
    if size <= tonumber(ARGV[2]) then bytes = redis.call("HGET", KEYS[1], ARGV[1]) end
    redis.call("HDEL", KEYS[1], ARGV[1])
    return {size, bytes}`,
  /** Puts off the expiry, and says of each shard how it is; nothing of a map that is gone. */
  reparamLook: `
    if redis.call("PEXPIRE", KEYS[1], ARGV[1]) == 0 then return {} end
    local states = {}
    for i = 3, #ARGV do
      local job = ARGV[2] .. ARGV[i]
      if redis.call("EXISTS", job .. ":lock") == 1 then states[i - 2] = 1
      elseif redis.call("HEXISTS", KEYS[1], ARGV[i]) == 1 then states[i - 2] = 2
      elseif redis.call("EXISTS", job) == 1 then states[i - 2] = 3
      else states[i - 2] = 0 end
    end
    return states`,
};

/** How a shard is. */
export const GONE = 0;
export const ACTIVE = 1;
export const DONE = 2;
export const WAITING = 3;

interface Scripted {
  reparamStore(key: string, field: string, bytes: Uint8Array): Promise<number>;
  reparamReadBuffer(key: string, field: string, largest: number): Promise<[number, Uint8Array]>;
  reparamTakeBuffer(key: string, field: string, largest: number): Promise<[number, Uint8Array]>;
  reparamLook(key: string, expiry: number, jobs: string, ...shards: number[]): Promise<number[]>;
}

/** A size of 0 is that of what is not there; what is too large stays where it is. */
export interface Field {
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** The data of maps. */
export class Store {
  readonly redis: Redis;
  readonly #scripts: Scripted;

  constructor(redis: Redis) {
    for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(name, { numberOfKeys: 1, lua });
    this.redis = redis;
    // Which now has these commands, too.
    this.#scripts = redis as unknown as Scripted;
  }

  async open(key: string, common: Uint8Array): Promise<void> {
    const results = await this.redis.multi().hset(key, COMMON, bufferOf(common)).pexpire(key, EXPIRY).exec();
    for (const [error] of results ?? []) if (error) throw error;
  }

  /** Whether the map still runs. */
  async store(key: string, shard: number, partial: Uint8Array): Promise<boolean> {
    return (await this.#scripts.reparamStore(key, String(shard), bufferOf(partial))) === 1;
  }

  async common(key: string, largest: number): Promise<Field> {
    return field(await this.#scripts.reparamReadBuffer(key, COMMON, largest));
  }

  async take(key: string, shard: number, largest: number): Promise<Field> {
    return field(await this.#scripts.reparamTakeBuffer(key, String(shard), largest));
  }

  /** @returns how each shard is; undefined for a map that the server knows nothing of */
  async look(key: string, jobs: string, shards: readonly number[]): Promise<readonly number[] | undefined> {
    const states = await this.#scripts.reparamLook(key, EXPIRY, jobs, ...shards);
    return states.length === shards.length ? states : undefined;
  }
}

const field = ([size, bytes]: [number, Uint8Array]): Field => ({ size, bytes: bytesOf(bytes) });
