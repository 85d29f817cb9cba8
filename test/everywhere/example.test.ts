import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { inFolder } from "./find.ts";
import { PUBLISHED, readResults } from "./results.ts";

const example = (name: string): string => inFolder(`../../examples/everywhere/${name}`);
const read = (name: string): string => readFileSync(example(name), "utf8");

describe("examples/everywhere", () => {
  it("prints the hash that its README and the published results have", () => {
    const printed = execFileSync(process.execPath, [example("hash.js")], { encoding: "utf8" }).trim();
    expect(read("README.md")).toContain(`\n${printed}\n`);
    const hashes = readResults(PUBLISHED).results.flatMap(({ hash }) => hash ?? []);
    expect(new Set(hashes)).toEqual(new Set([printed]));
  });

  it("has a Worker of the files that its config.capnp embeds", async () => {
    const outdir = mkdtempSync(join(tmpdir(), "reparam-example-"));
    try {
      // As in its README.
      await build({
        entryPoints: [example("worker.js")],
        bundle: true,
        format: "esm",
        conditions: ["workerd"],
        loader: { ".wasm": "copy" },
        assetNames: "[name]",
        outdir,
      });
      const embedded = [...read("config.capnp").matchAll(/embed "out\/(.+?)"/g)].map(([, name]) => name);
      expect(embedded.sort()).toEqual(readdirSync(outdir).sort());
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});
