import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface Bundle {
  /** Of the script. */
  readonly path: string;
  remove(): Promise<void>;
}

/** The cases, the harness and the built package as one script, so that every engine executes the same. */
export async function bundle(): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "reparam-bench-"));
  const path = join(folder, "main.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("main.ts", import.meta.url))],
    outfile: path,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    logLevel: "warning",
  });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
