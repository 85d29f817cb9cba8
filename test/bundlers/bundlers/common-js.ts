import { build } from "esbuild";
import { node } from "../process.ts";
import type { Bundler } from "./bundler.ts";

/** No bundler: the program as CommonJS, as a compiler would write it. */
export const commonJs: Bundler = {
  id: "require",
  title: "none: require()",
  sources: [],
  version: () => `Node ${process.versions.node}`,
  attempt: async ({ create, signal }) => {
    const at = { cwd: await create("all"), signal };
    await build({
      absWorkingDir: at.cwd,
      entryPoints: ["src/index.js"],
      bundle: true,
      packages: "external",
      platform: "node",
      format: "cjs",
      outfile: "main.cjs",
    });
    return { answers: [{ program: "all", place: "Node", text: await node(["main.cjs"], at) }] };
  },
};
