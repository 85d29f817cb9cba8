/**
 * bindings/ -> dist/: a file for each subpath of the package and each condition, and files for what they share.
 *
 * Few files, because an engine takes longer to find a module than to run it: about 1 ms each in Node, of the 10 that a program
 * may wait for its first sample (npm run bench:start).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { build } from "esbuild";

const CONDITIONS = { default: "", workerd: ".workerd", "edge-light": ".edge-light" };

/** File in dist: file in bindings/entry. */
const ENTRIES = {
  ...Object.fromEntries(
    Object.entries(CONDITIONS).flatMap(([condition, suffix]) => [
      [`index${suffix}`, `${condition}/index.ts`],
      [`graph${suffix}`, `${condition}/graph.ts`],
      [`distributions${suffix}`, `${condition}/distributions.ts`],
      [`inference${suffix}`, `${condition}/inference.ts`],
      [`parallel${suffix}`, `${condition}/parallel.ts`],
    ]),
  ),
  "parallel.threads": "default/parallel.threads.ts",
  "parallel.threads.worker": "default/parallel.threads.worker.ts",
  "parallel.bullmq": "default/parallel.bullmq.ts",
  cli: "default/cli.ts",
  slim: "slim/index.ts",
  "slim.graph": "slim/graph.ts",
  "slim.distributions": "slim/distributions.ts",
  "slim.inference": "slim/inference.ts",
};

/** The modules lie beside the scripts, and are left to the bundler of the application. */
const besideTheScripts = {
  name: "beside the scripts",
  setup(build) {
    build.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path }) => ({
      path: path.replace(/^.*\//, "./"),
      external: true,
    }));
  },
};

/** An entry imports that of the layer below for its effect, which so needs no file of its own. */
const entryBelow = {
  name: "entry below",
  setup(build) {
    build.onResolve({ filter: /^\.\/(index|graph|distributions|inference|parallel)\.ts$/ }, ({ importer, path }) => {
      const isEntry = basename(dirname(dirname(importer))) === "entry";
      const suffix = isEntry ? CONDITIONS[basename(dirname(importer))] : undefined;
      return suffix === undefined ? undefined : { path: path.replace(/\.ts$/, `${suffix}.js`), external: true };
    });
  },
};

/** @param {string} outdir */
export async function bundle(outdir) {
  const entryPoints = Object.entries(ENTRIES).map(([out, file]) => ({ out, in: `bindings/entry/${file}` }));
  const { outputFiles } = await build({
    entryPoints,
    write: false,
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: "shared-[hash]",
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["@assemblyscript/loader", "tinypool", "bullmq", "ioredis", "node:*"],
    plugins: [besideTheScripts, entryBelow],
    logLevel: "warning",
  });
  mkdirSync(outdir, { recursive: true });
  for (const { path, text } of withoutEmpty(outputFiles)) writeFileSync(path, text);
}

/** A file that re-exports what is in others is empty when they are put together, but would still have to be found. */
function withoutEmpty(files) {
  const imports = files.filter(({ text }) => text === "").map(({ path }) => `import "./${basename(path)}";\n`);
  return files
    .filter(({ text }) => text !== "")
    .map(({ path, text }) => ({ path, text: imports.reduce((rest, line) => rest.replace(line, ""), text) }));
}
