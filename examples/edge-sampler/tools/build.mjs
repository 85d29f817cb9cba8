/** Bundles the Worker into build/: one module of JavaScript, and the WebAssembly that it imports beside it. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
if (!existsSync("../../dist/index.js")) {
  console.error("The package is not built yet: run `npm ci && npm run build` in the root of the repository.");
  process.exit(1);
}
await rm("build", { recursive: true, force: true });
await build({
  entryPoints: ["src/worker.ts"],
  outdir: "build",
  bundle: true,
  format: "esm",
  target: "es2022",
  // A Worker may not compile bytes; under this condition the package imports its WebAssembly as a module.
  conditions: ["workerd"],
  loader: { ".wasm": "copy" },
  assetNames: "[name]",
});
