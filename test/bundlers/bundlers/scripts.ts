import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, transform } from "esbuild";
import { open } from "../chromium.ts";
import type { Answer, Findings } from "../outcome.ts";
import { type At, node } from "../process.ts";
import { checkShaken, sizeOf } from "../shaken.ts";
import { checkPages, has, tool } from "../tools.ts";
import type { Bundler, Context } from "./bundler.ts";
import { preview } from "./vite.ts";

const OUT = "dist/main.js";

/** Bundlers that make one script of src/index.js, which runs in Node and in a page. */
export const scripts: readonly Bundler[] = [
  {
    id: "esbuild",
    title: "esbuild",
    sources: [".", "chromium"],
    version: () => tool("esbuild", "../..").version,
    attempt: (context) =>
      attempt(context, ({ cwd }) =>
        build({
          absWorkingDir: cwd,
          entryPoints: ["src/index.js"],
          bundle: true,
          minify: true,
          format: "esm",
          outfile: OUT,
        }),
      ),
  },
  {
    id: "rollup",
    title: "rollup, node-resolve",
    sources: [".", "chromium"],
    version: () => tool("rollup").version,
    attempt: (context) => {
      const bin = tool("rollup").file("dist/bin/rollup");
      return attempt(context, (at) => node([bin, "src/index.js", "-p", "node-resolve", "-f", "es", "-o", OUT], at));
    },
  },
  {
    id: "webpack",
    title: "webpack",
    sources: [".", "chromium"],
    version: () => tool("webpack").version,
    attempt: async (context) => {
      const bin = tool("webpack-cli").file("bin/cli.js");
      const bundle = (at: At) => node([bin, "--mode", "production"], at);
      const findings = await attempt(context, bundle);
      if (!has(checkPages)) return findings;
      const at = { cwd: await context.create("slim-webpack"), signal: context.signal };
      await bundle(at);
      await writeFile(join(at.cwd, "dist/index.html"), '<!doctype html><script src="/main.js"></script>');
      const slim: Answer = { program: "one", place: "Chromium with slim", text: await preview(at) };
      return { ...findings, answers: [...findings.answers, slim] };
    },
  },
];

async function attempt({ create, marks, signal }: Context, bundle: (at: At) => Promise<unknown>): Promise<Findings> {
  const answers: Answer[] = [];
  const bundled = async (program: "all" | "one" | "slim"): Promise<string> => {
    const at = { cwd: await create(program), signal };
    await bundle(at);
    const script = await readFile(join(at.cwd, OUT), "utf8");
    checkShaken(program, script, marks);
    if (program === "slim") return script; // it waits for a module
    answers.push({ program, place: "Node", text: await node([OUT], at) });
    if (has(checkPages)) answers.push({ program, place: "Chromium", text: await open({ script }, at) });
    return script;
  };
  await bundled("all");
  const one = sizeOf(await minified(await bundled("one")));
  const slim = sizeOf(await minified(await bundled("slim")));
  return { answers, one, slim };
}

/** Not every bundler does that by itself. */
const minified = async (script: string): Promise<string> => (await transform(script, { minify: true })).code;
