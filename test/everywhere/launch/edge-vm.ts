import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "esbuild";
import { inFolder } from "../find.ts";
import { bundle } from "./bundle.ts";
import type { Launch } from "./launch.ts";
import { start } from "./start.ts";

/** Vercel's edge runtime, in this Node: `import "./core.wasm?module"` gives a module that the host has compiled. */
export const inEdgeVm = (vm: string): Launch => ({
  version: (JSON.parse(readFileSync(join(vm, "package.json"), "utf8")) as { version: string }).version,
  open: async (project, hear) => {
    const files = new Map<string, string>();
    const folder = await bundle(project.edge, {
      conditions: ["edge-light"],
      format: "iife",
      plugins: [handedIn(files)],
    });
    if (files.size === 0) throw new Error("expected imports of .wasm?module, got none");
    const modules = [...files].map(([name, file]) => `${name}=${file}`);
    return start(process.execPath, [inFolder("launch/edge-vm.mjs"), vm, join(folder, "main.js"), ...modules], { hear });
  },
});

/** An import of x.wasm?module becomes a look into the global that edge-vm.mjs fills. */
const handedIn = (files: Map<string, string>): Plugin => ({
  name: "wasm?module",
  setup(build) {
    build.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path.replace(/\?module$/, ""));
      files.set(basename(file), file);
      return { path: basename(file), namespace: "handed-in" };
    });
    build.onLoad({ filter: /./, namespace: "handed-in" }, ({ path }) => ({
      contents: `export default modules[${JSON.stringify(path)}];`,
    }));
  },
});
