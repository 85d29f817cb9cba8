import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Candidate, Engine, Found } from "../../bench/engines/engine.ts";
import { candidates, chooseEngines, findEngines } from "../../bench/engines/find.ts";

const folder = mkdtempSync(join(tmpdir(), "reparam-find-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that prints a text, whatever it is asked. */
function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${text}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const candidate = (...places: string[]): Candidate => ({ id: "fox", runtime: "firefox", places, hint: "a package" });

describe("finding engines", () => {
  it.each([
    ["Mozilla Firefox 153.7.0esr", "153.7.0"],
    ["Chromium 156.0.8078.79 built on Debian GNU/Linux 12", "156.0.8078.79"],
    ["v24.21.0", "24.21.0"],
    ["1.4.5", "1.4.5"],
  ])("reads the version from %j", (text, version) => {
    const path = program("engine", text);
    expect(findEngines([candidate(path)]).engines).toEqual([{ id: "fox", runtime: "firefox", version, path }]);
  });

  it("takes the first place that exists", () => {
    const path = program("second", "2.0");
    expect(findEngines([candidate(join(folder, "absent"), path)]).engines).toMatchObject([{ path }]);
  });

  it("says how to get what is missing, and what is wrong with what does not answer", () => {
    const mute = program("mute", "no number");
    expect(findEngines([candidate("no-such-engine-anywhere"), candidate(mute)])).toEqual({
      engines: [],
      missing: [
        { id: "fox", hint: "a package" },
        { id: "fox", hint: `${mute} does not tell its version` },
      ],
    });
  });

  it("always finds the Node that runs this", () => {
    const [node] = findEngines(candidates.slice(0, 1)).engines;
    expect(node).toEqual({
      id: "node",
      runtime: "node",
      version: process.versions.node,
      path: process.execPath,
    });
  });
});

describe("choosing engines", () => {
  const node = (id: string, version: string): Engine => ({ id, runtime: "node", version, path: `/${id}` });
  const found: Found = {
    engines: [node("node", "24.21.0"), node("node24", "24.21.0"), node("node26", "26.10.0")],
    missing: [{ id: "bun", hint: "npm" }],
  };
  const ids = (chosen: readonly Engine[]) => chosen.map(({ id }) => id);

  it("without ids takes each version once", () => {
    expect(ids(chooseEngines(found, undefined))).toEqual(["node", "node26"]);
  });

  it("with ids takes those, in their order", () => {
    expect(ids(chooseEngines(found, ["node26", "node24"]))).toEqual(["node26", "node24"]);
  });

  it("says how to get one that is missing, and what there is when a name is wrong", () => {
    expect(() => chooseEngines(found, ["bun"])).toThrow("--engines bun: not found; to get it: npm");
    expect(() => chooseEngines(found, ["deno"])).toThrow("--engines deno: expected some of node, node24, node26, bun");
  });
});
