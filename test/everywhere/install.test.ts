import { expect, it } from "vitest";
import { Absent } from "./absent.ts";
import { install, isAbsent, withCause } from "./install.ts";
import { inProcess } from "./launch/process.ts";
import type { Result } from "./outcome.ts";
import type { Runtime, Source } from "./runtimes.ts";

const here: Runtime = {
  id: "node",
  title: "Node",
  says: "Node",
  build: "simd",
  sources: ["npm", "apt:no-such-package"],
  find: () => inProcess(process.execPath),
};

function absent(reason: Error): Runtime {
  return {
    ...here,
    find: () => {
      throw reason;
    },
  };
}

it("nothing is installed for a runtime that is here", async () => {
  const notes: string[] = [];
  const failures = await install([here], (text) => notes.push(text), new AbortController().signal);
  expect([notes, failures.size]).toEqual([[], 0]);
});

it("a runtime that is absent is told from one whose search fails", () => {
  expect(isAbsent(here)).toBe(false);
  expect(isAbsent(absent(new Absent("not on PATH")))).toBe(true);
  expect(() => isAbsent(absent(new Error("unreadable")))).toThrow("unreadable");
});

it("what was not run says why it could not be installed, and only that", () => {
  const failures = new Map<Source, string>([["apt:no-such-package", "apt-get install: unable to locate it"]]);
  const result: Result = { id: "node", title: "Node", status: "not run", reason: "not on PATH" };
  expect(withCause(result, here, failures).reason).toBe("not on PATH (apt-get install: unable to locate it)");
  expect(withCause(result, { ...here, sources: [] }, failures)).toBe(result);
  const failed: Result = { ...result, status: "failed" };
  expect(withCause(failed, here, failures)).toBe(failed);
});
