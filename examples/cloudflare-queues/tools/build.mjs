/** Bundles the Worker, and the test's, into build/: modules of JavaScript, and the WebAssembly that they import beside them. */
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
  entryPoints: { worker: "src/worker.js", failing: "test/worker.js" },
  outdir: "build",
  bundle: true,
  format: "esm",
  target: "es2022",
  external: ["cloudflare:workers"],
  // A Worker may not compile bytes; under this condition the package imports its WebAssembly as a module.
  conditions: ["workerd"],
  loader: { ".wasm": "copy" },
  assetNames: "[name]",
});
