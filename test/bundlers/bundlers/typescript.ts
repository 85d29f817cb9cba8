import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { node } from "../process.ts";
import { tool } from "../tools.ts";
import type { Bundler } from "./bundler.ts";

/** Ways to look for modules, and the kind of modules that goes with each. */
const RESOLUTIONS = { node16: "node16", nodenext: "nodenext", bundler: "esnext" } as const;

/** With the types of a page, and with those of the language alone. */
const LIBRARIES = { dom: ["es2022", "dom"], "no dom": ["es2022"] } as const;

/** All subpaths, used as they are to be used and otherwise, as a strict compiler sees it. */
export const typescript: Bundler = {
  id: "types",
  title: "TypeScript, strict",
  sources: [],
  version: () => tool("typescript", "../..").version,
  attempt: async ({ create, signal }) => {
    const cwd = await create("types");
    const bin = tool("typescript", "../..").file("bin/tsc");
    for (const [moduleResolution, module] of Object.entries(RESOLUTIONS))
      for (const [name, lib] of Object.entries(LIBRARIES)) {
        const files = ["api.ts", "wrong.ts", "modules.ts", ...(name === "dom" ? ["dom.ts"] : ["no-dom.ts"])];
        // In node16 a CommonJS file may not import an ES module.
        if (moduleResolution === "nodenext") files.push("common.cts");
        const options = { moduleResolution, module, lib, target: "es2022", strict: true, skipLibCheck: false };
        const compilerOptions = { ...options, types: [], noEmit: true, exactOptionalPropertyTypes: true };
        await writeFile(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
        await node([bin, "--pretty", "false"], { cwd, signal }).catch((error: Error) => {
          throw new Error(`${moduleResolution}, ${name}: ${error.message}`, { cause: error });
        });
      }
    return { answers: [], note: `${Object.keys(RESOLUTIONS).join(", ")}; with and without the DOM` };
  },
};
