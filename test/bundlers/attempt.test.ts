import { describe, expect, it } from "vitest";
import { Absent } from "../everywhere/absent.ts";
import { attempt } from "./attempt.ts";
import type { Bundler, Context } from "./bundlers/bundler.ts";

const bundler: Bundler = {
  id: "vite",
  title: "vite build",
  sources: [],
  version: () => "8.3.8",
  attempt: async () => ({ answers: [{ program: "one", place: "Node", text: "1" }] }),
};
const attempted = (changes: Partial<Bundler>, signal = new AbortController().signal) =>
  attempt({ ...bundler, ...changes }, { signal } as Context, { all: "2", one: "1" });
const fail = (error: Error) => async () => {
  throw error;
};

describe("a bundler", () => {
  it("that works has passed, in its version and time", async () => {
    expect(await attempted({})).toMatchObject({ status: "passed", version: "8.3.8", seconds: expect.any(Number) });
  });

  it("that is not here has not run", async () => {
    const version = () => {
      throw new Absent("vite 8.3.8 is not installed");
    };
    expect(await attempted({ version })).toEqual({
      id: "vite",
      title: "vite build",
      status: "not run",
      reason: "vite 8.3.8 is not installed",
    });
  });

  it("that breaks off has failed, with the reason on one line", async () => {
    expect(await attempted({ attempt: fail(new Error("404\n  /core.wasm")) })).toMatchObject({
      status: "failed",
      version: "8.3.8",
      reason: "404 /core.wasm",
    });
  });

  it("that the signal stops is no result", async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(attempted({ attempt: fail(new Error("killed")) }, stop.signal)).rejects.toThrow("aborted");
  });
});
