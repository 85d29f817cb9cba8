import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bundle } from "../../bench/engines/bundle.ts";
import type { Engine } from "../../bench/engines/engine.ts";
import { type Progress, work } from "../../bench/engines/work.ts";

const folder = mkdtempSync(join(tmpdir(), "reparam-work-"));
afterAll(() => rmSync(folder, { recursive: true }));

const node: Engine = { id: "node", runtime: "node", version: process.versions.node, path: process.execPath };
const job = { suite: "kernels", quick: true } as const;

/** Has Node execute a script as if it were the bundle. */
async function workOn(source: string, options: { patience?: number; signal?: AbortSignal; engine?: Engine } = {}) {
  const { engine = node, signal = new AbortController().signal, ...rest } = options;
  const script = join(folder, "script.mjs");
  writeFileSync(script, source);
  const heard: Progress[] = [];
  await work(engine, { script, job, signal, hear: (message) => heard.push(message), ...rest });
  return heard;
}

const tell = (message: object) => `console.log(${JSON.stringify(JSON.stringify(message))});`;
const forever = "setInterval(() => {}, 1000);";

describe("an engine at work", () => {
  it("gets the job, and is heard until it is done", async () => {
    const echo =
      "const { suite } = JSON.parse(process.argv[2]); console.log(JSON.stringify({ type: 'ready', build: suite }));";
    expect(await workOn(`${echo} ${tell({ type: "done" })} ${forever}`)).toEqual([{ type: "ready", build: "kernels" }]);
  });

  // The kernels alone are not of the package's public functions: they need its modules all the same.
  it("executes the bundle, whose cases of kernels find their modules", async () => {
    const { path, remove } = await bundle();
    try {
      const heard: Progress[] = [];
      const chosen = { ...job, filter: "clip gradients" };
      const signal = new AbortController().signal;
      await work(node, { script: path, job: chosen, signal, hear: (message) => heard.push(message) });
      expect(heard.map(({ type }) => type)).toEqual(["ready", "due", "result"]);
    } finally {
      await remove();
    }
  });

  it.each([
    ["that it failed", tell({ type: "failed", message: "no memory" }), "no memory"],
    ["nonsense", "console.log('hello');", "expected a message, got hello"],
    ["nothing and dies", "process.exit(3);", "it ended with exit code 3 before its work was done"],
  ])("that says %s is an error that names the engine", async (_, source, message) => {
    await expect(workOn(source)).rejects.toThrow(`Node ${node.version} (${node.path}): ${message}`);
  });

  it("that is silent for too long is ended", async () => {
    await expect(workOn(forever, { patience: 50 })).rejects.toThrow("nothing heard for 0.05 s");
  });

  it("that does not start is an error", async () => {
    await expect(workOn("", { engine: { ...node, path: join(folder, "absent") } })).rejects.toThrow("ENOENT");
  });

  it("is ended by the signal, with the processes it started", async () => {
    const file = join(folder, "pid");
    const start = `
      import { spawn } from "node:child_process";
      import { writeFileSync } from "node:fs";
      const { pid } = spawn(process.execPath, ["-e", ${JSON.stringify(forever)}]);
      writeFileSync(${JSON.stringify(file)}, String(pid));
      ${tell({ type: "ready", build: "simd" })} ${forever}`;
    const stop = new AbortController();
    const watch = setInterval(() => existsSync(file) && stop.abort(), 10);
    await expect(workOn(start, { signal: stop.signal })).rejects.toThrow("aborted");
    clearInterval(watch);
    await expect.poll(() => isRunning(Number(readFileSync(file, "utf8")))).toBe(false);
  });
});

/** A process that has ended but is not waited for by anyone still has its number, and no command line. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}
