import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { open } from "../chromium.ts";
import type { Answer } from "../outcome.ts";
import { type At, freePort, node, serve } from "../process.ts";
import { checkPages, inFolder, tool } from "../tools.ts";
import type { Bundler } from "./bundler.ts";

const version = (): string => {
  checkPages(); // for the part of it that runs in the browser
  return tool("next", "next").version;
};

export const next: readonly Bundler[] = [
  { id: "next", title: "Next.js, turbopack", option: "--turbopack" },
  { id: "next-webpack", title: "Next.js, webpack", option: "--webpack" },
].map(({ id, title, option }) => ({
  id,
  title,
  sources: ["next", "chromium"],
  version,
  attempt: async ({ create, signal }) => {
    // Turbopack wants all of node_modules within the project.
    const at = { cwd: await create("next", inFolder("next/node_modules")), signal };
    await cp(inFolder("projects/all/src/program.js"), join(at.cwd, "app/program.js"));
    const bin = join(at.cwd, "node_modules/next/dist/bin/next");
    await node([bin, "build", option], at);
    await checkModules(at.cwd);
    const server = await serve([bin, "start", "--hostname", "127.0.0.1", "--port", await freePort()], at);
    try {
      return { answers: await ask(server.url, at) };
    } finally {
      await server.close();
    }
  },
}));

/**
 * The edge route comes with compiled modules: the hosted runtime compiles no bytes, although the one that `next start` has
 * would.
 */
async function checkModules(cwd: string): Promise<void> {
  const names = await readdir(join(cwd, ".next/server"), { recursive: true });
  const files = names.filter((name) => name.endsWith(".wasm")).map((name) => readFile(join(cwd, ".next/server", name)));
  const present = await Promise.all(files);
  for (const name of ["core.wasm", "distributions.wasm", "graph.wasm"]) {
    const wanted = await readFile(join(cwd, "node_modules/reparam/dist", name));
    if (!present.some((bytes) => bytes.equals(wanted))) throw new Error(`the edge route comes without ${name}`);
  }
}

/** The edge route, what the server rendered of the client's page, and the page in the browser. */
async function ask(url: string, at: At): Promise<Answer[]> {
  const text = async (path: string): Promise<string> => (await fetch(url + path, { signal: at.signal })).text();
  const rendered = (await text("/")).match(/<pre>(.*?)<\/pre>/)?.[1] ?? "no line in the page";
  return [
    { program: "all", place: "edge route", text: await text("/edge") },
    { program: "all", place: "server (Node)", text: rendered.replaceAll("&quot;", '"') },
    { program: "all", place: "Chromium", text: await open({ url }, at) },
  ];
}
