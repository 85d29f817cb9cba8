import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { node, serve } from "./process.ts";

const cwd = mkdtempSync(join(tmpdir(), "reparam-process-test-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const { signal } = new AbortController();
const pidFile = join(cwd, "pid");
const sayPid = `require("node:fs").writeFileSync("pid", String(process.pid));`;
const forever = "setInterval(() => {}, 1000);";
const isGone = (): void => expect(() => process.kill(Number(readFileSync(pidFile, "utf8")), 0)).toThrow("ESRCH");

describe("a script", () => {
  it("gives what it prints, and not what it says beside it", async () => {
    expect(await node(["-e", "console.error('warning'); console.log('{}')"], { cwd, signal })).toBe("{}");
  });

  it("that fails says why", async () => {
    const failing = node(["-e", "console.log('built'); console.error('no such file'); process.exit(3)"], {
      cwd,
      signal,
    });
    await expect(failing).rejects.toThrow(/^it ended with exit code 3: .*no such file$/s);
  });

  it("is ended by the signal", async () => {
    rmSync(pidFile, { force: true });
    const stop = new AbortController();
    const watch = setInterval(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") && stop.abort(), 10);
    await expect(node(["-e", sayPid + forever], { cwd, signal: stop.signal })).rejects.toThrow("aborted");
    clearInterval(watch);
    isGone();
  });
});

describe("a server", () => {
  it("is here when it has said its address, and gone when it is closed", async () => {
    writeFileSync(join(cwd, "server.cjs"), `${sayPid} console.log("Local: http://127.0.0.1:4173/"); ${forever}`);
    const server = await serve(["server.cjs"], { cwd, signal });
    expect(server.url).toBe("http://127.0.0.1:4173");
    await server.close();
    isGone();
  });

  it("that ends without one says why", async () => {
    const failing = serve(["-e", "console.error('port in use'); process.exit(1)"], { cwd, signal });
    await expect(failing).rejects.toThrow("it ended with exit code 1: port in use");
  });
});
