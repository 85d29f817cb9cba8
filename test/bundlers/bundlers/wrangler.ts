import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Answer } from "../outcome.ts";
import { node } from "../process.ts";
import { readAll } from "../project.ts";
import { sizeOf } from "../shaken.ts";
import { load, tool } from "../tools.ts";
import type { Bundler } from "./bundler.ts";

/** What we use of miniflare; its own types are not here before it is installed. */
interface Miniflare {
  dispatchFetch(url: string): Promise<{ readonly status: number; text(): Promise<string> }>;
  dispose(): Promise<void>;
}
type CreateMiniflare = new (options: object) => Miniflare;

/** Modules of the package that a Worker needs: the runtime compiles them, so their text has no place in it. */
const MODULES = {
  all: ["core.wasm", "distributions.wasm", "graph.wasm"],
  one: ["core.wasm"],
  "slim-wrangler": ["core.wasm"],
} as const;

export const wrangler: Bundler = {
  id: "wrangler",
  title: "wrangler, a Worker",
  sources: ["."],
  version: () => tool("wrangler").version,
  attempt: async ({ create, marks, signal }) => {
    const bin = tool("wrangler").file("bin/wrangler.js");
    const answers: Answer[] = [];
    const bundled = async (project: keyof typeof MODULES) => {
      const at = { cwd: await create(project), signal };
      await node([bin, "deploy", "--dry-run", "--minify", "--outdir", "out"], at);
      const out = join(at.cwd, "out");
      const modules = (await readdir(out)).filter((name) => name.endsWith(".wasm"));
      const names = modules.map((name) => name.replace(/^.*-/, "")).sort();
      if (names.join() !== MODULES[project].join())
        throw new Error(`the Worker of ${project} comes with ${names.join(", ") || "no module"}`);
      const [script] = await readAll(out, ".js");
      for (const part of Object.keys(marks) as (keyof typeof marks)[])
        if (part.endsWith(".wasm") && script.includes(marks[part]))
          throw new Error(`the Worker of ${project} holds ${part} as text`);
      if (project === "one" && script.includes(marks.graph)) throw new Error("the Worker of one holds the graph");
      const [program, place] =
        project === "slim-wrangler" ? (["one", "workerd with slim"] as const) : [project, "workerd"];
      answers.push({ program, place, text: await answer(out, modules) });
      return sizeOf(script, ...(await Promise.all(modules.map((name) => readFile(join(out, name))))));
    };
    await bundled("all");
    await bundled("slim-wrangler");
    return { one: await bundled("one"), answers };
  },
};

/** Of a Worker in the runtime of Cloudflare's Workers. */
async function answer(out: string, modules: readonly string[]): Promise<string> {
  const { Miniflare } = load<{ Miniflare: CreateMiniflare }>("miniflare");
  const worker = new Miniflare({
    modules: [
      { type: "ESModule", path: join(out, "worker.js") },
      ...modules.map((name) => ({ type: "CompiledWasm", path: join(out, name) })),
    ],
    modulesRoot: out,
    compatibilityDate: "2026-04-01",
  });
  try {
    const response = await worker.dispatchFetch("http://reparam/");
    return await response.text();
  } finally {
    await worker.dispose();
  }
}
