import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Absent } from "./absent.ts";
import { installed, onPath, versionOf } from "./find.ts";
import { inProcess } from "./launch/process.ts";
import type { Project } from "./project.ts";
import { inTurns, run } from "./run.ts";
import type { Runtime } from "./runtimes.ts";

const folder = mkdtempSync(join(tmpdir(), "reparam-everywhere-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const runtime: Runtime = {
  id: "node",
  title: "Node",
  says: "Node",
  build: "simd",
  sources: [],
  find: () => inProcess(process.execPath),
};
const forever = "setInterval(() => {}, 1000);";

/** Has Node execute a script as if it were the program. */
function runScript(source: string, options: { patience?: number; signal?: AbortSignal; find?: Runtime["find"] } = {}) {
  const { find = runtime.find, signal = new AbortController().signal, ...rest } = options;
  const script = join(folder, "script.mjs");
  writeFileSync(script, source);
  return run({ ...runtime, find }, { project: { script } as Project, signal, ...rest });
}

const say = (message: object): string => `console.log(${JSON.stringify(JSON.stringify(message))});`;

describe("a runtime", () => {
  it("is heard among other output, and ended when it has answered", async () => {
    const outcome = { name: "Node", build: "simd", hash: "1", cases: 2, identical: 1, firstDifference: "softmax" };
    const result = await runScript(`console.log("hello"); ${say({ type: "outcome", outcome })} ${forever}`);
    expect(result).toMatchObject({ status: "different", cases: 2, identical: 1, reason: "softmax" });
  });

  it("that is not here has not run", async () => {
    const find = () => {
      throw new Absent("node is not on PATH");
    };
    expect(await runScript("", { find })).toEqual({
      id: "node",
      title: "Node",
      status: "not run",
      reason: "node is not on PATH",
    });
  });

  it.each([
    ["says so", say({ type: "failed", message: "no\n  memory" }), "no memory"],
    [
      "dies",
      "console.error('out of\\nluck'); process.exit(3);",
      "it ended with exit code 3: out of luck, without an answer",
    ],
    ["ends", "console.log('hello');", "it ended with exit code 0, without an answer"],
  ])("that %s has failed", async (_, source, reason) => {
    expect(await runScript(source)).toMatchObject({ status: "failed", reason });
  });

  it("that does not start has failed", async () => {
    const result = await runScript("", { find: () => inProcess(join(folder, "absent")) });
    expect(result).toMatchObject({ status: "failed", reason: expect.stringContaining("ENOENT") });
  });

  it("that is silent for too long is ended and has failed", async () => {
    expect(await runScript(forever, { patience: 50 })).toMatchObject({
      status: "failed",
      reason: "no answer in 0.05 s",
    });
  });

  it("is ended by the signal", async () => {
    const file = join(folder, "pid");
    const source = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(file)}, String(process.pid)); ${forever}`;
    const stop = new AbortController();
    const watch = setInterval(() => existsSync(file) && readFileSync(file, "utf8") && stop.abort(), 10);
    await expect(runScript(source, { signal: stop.signal })).rejects.toThrow("aborted");
    clearInterval(watch);
    expect(() => process.kill(Number(readFileSync(file, "utf8")), 0)).toThrow("ESRCH");
  });
});

describe("what is not here", () => {
  it("is said by name", () => {
    expect(() => onPath("no-such-browser", "nor-this")).toThrow(
      new Absent("no-such-browser or nor-this is not on PATH"),
    );
    expect(() => installed("node24-plan9-mips")).toThrow("node24-plan9-mips does not exist for");
    expect(() => versionOf(join(folder, "absent"))).toThrow("does not tell its version");
  });

  it("does not hide what is", () => {
    expect(versionOf(process.execPath)).toBe(process.versions.node);
  });
});

it("two at a time, results in the order of the items", async () => {
  let [now, most] = [0, 0];
  const results = await inTurns([30, 5, 5, 1], 2, async (milliseconds) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    now--;
    return milliseconds;
  });
  expect(results).toEqual([30, 5, 5, 1]);
  expect(most).toBe(2);
  const failing = inTurns([1, 20], 2, async (milliseconds) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    now = milliseconds;
    throw new Error(`after ${milliseconds}`);
  });
  await expect(failing).rejects.toThrow("after 1");
  expect(now).toBe(20);
});

it("what is at work is waited for when another breaks off: nothing is cleaned up behind it", async () => {
  let ended = false;
  const work = async (breaks: boolean): Promise<void> => {
    if (breaks) throw new Error("broken off");
    await new Promise((resolve) => setTimeout(resolve, 20));
    ended = true;
  };
  await expect(inTurns([true, false], 2, work)).rejects.toThrow("broken off");
  expect(ended).toBe(true);
});
