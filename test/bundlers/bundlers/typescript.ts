import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { node } from "../process.ts";
import { tool } from "../tools.ts";
import type { Bundler } from "./bundler.ts";

/** Ways to look for modules, and the kind of modules that goes with each. */
const RESOLUTIONS = { node16: "node16", nodenext: "nodenext", bundler: "esnext" } as const;

/** With the types of a page, and with those of the language alone. */
const LIBRARIES = { dom: ["es2022", "dom"], "no-dom": ["es2022"] } as const;

/** All subpaths, used as they are to be used and otherwise, as a strict compiler sees it; also one that is old. */
export const typescript: readonly Bundler[] = [
  { id: "types", title: "TypeScript", sources: [], find: () => tool("typescript", "../.."), more: ["common.cts"] },
  // It lets no CommonJS file import an ES module.
  {
    id: "types-old",
    title: "TypeScript, oldest",
    sources: ["." as const],
    find: () => tool("typescript-5.2"),
    more: [],
  },
].map(({ id, title, sources, find, more }) => ({
  id,
  title,
  sources,
  version: () => find().version,
  attempt: async ({ create, signal }) => {
    const cwd = await create("types");
    const { file } = find();
    for (const [moduleResolution, module] of Object.entries(RESOLUTIONS))
      for (const [name, lib] of Object.entries(LIBRARIES)) {
        const files = ["api.ts", "wrong.ts", "modules.ts", `${name}.ts`];
        if (moduleResolution === "nodenext") files.push(...more);
        const options = { moduleResolution, module, lib, target: "es2022", strict: true, skipLibCheck: false };
        const compilerOptions = { ...options, types: [], noEmit: true, exactOptionalPropertyTypes: true };
        await writeFile(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
        await node([file("bin/tsc"), "--pretty", "false"], { cwd, signal }).catch((error: Error) => {
          throw new Error(`${moduleResolution}, ${name}: ${error.message}`, { cause: error });
        });
      }
    return { answers: [], note: "strict, node16, nodenext, bundler, with and without the DOM" };
  },
}));
