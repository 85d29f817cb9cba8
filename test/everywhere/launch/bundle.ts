import { mkdtemp, readdir } from "node:fs/promises";
import { type BuildOptions, build } from "esbuild";

/** The folder of a new bundle of an entry with the package, as its user would make it. */
export async function bundle(entry: string, options: BuildOptions): Promise<string> {
  const outdir = await mkdtemp(`${entry}-`);
  await build({
    entryPoints: { main: entry },
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    // For the wasm modules of runtimes that take them beside the script.
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    logLevel: "silent",
    ...options,
  });
  return outdir;
}

/** Of the wasm modules that were copied into the folder of a bundle. @throws Error when there is none */
export async function wasmIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".wasm"));
  if (names.length === 0) throw new Error("expected wasm modules beside the bundle, got none");
  return names.sort();
}
