import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { alone } from "./mean.ts";
import { endAll, RedisServer } from "./processes.ts";

/** Of the test that runs. */
export let server: RedisServer;
/** What one thread gives. */
export let expected: Awaited<ReturnType<typeof alone>>;

/** A server for each test of a file, and no process left after any. */
export function useRedis(): void {
  beforeAll(async () => {
    expected = await alone();
  });
  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(endAll);
  afterAll(async () => expect(await endAll()).toBe(0));
}
