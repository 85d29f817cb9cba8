import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listenForStop } from "../../examples/mnist-vae/stop.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Listens, and gives the listeners that came with it: emitting a real signal would also reach the test runner's own. */
function listen() {
  const count = () => process.listenerCount("SIGINT") + process.listenerCount("SIGTERM");
  const before = count();
  const stop = listenForStop();
  const send = (name: "SIGINT" | "SIGTERM") => process.listeners(name).at(-1)?.(name);
  return { stop, send, listening: () => count() - before };
}

test("the first signal stops, and its echo changes nothing", () => {
  const { stop, send, listening } = listen();
  expect(stop.signal.aborted).toBe(false);
  expect(stop.exitCode()).toBe(0);
  send("SIGTERM");
  expect(stop.signal.aborted).toBe(true);
  vi.advanceTimersByTime(100);
  expect(listening()).toBe(2);
  send("SIGINT");
  expect(stop.exitCode()).toBe(143);
  vi.advanceTimersByTime(1000);
});

test("a second signal a while after the first has its usual effect", () => {
  const { stop, send, listening } = listen();
  send("SIGINT");
  vi.advanceTimersByTime(1000);
  expect(stop.exitCode()).toBe(130);
  expect(listening()).toBe(0);
});
