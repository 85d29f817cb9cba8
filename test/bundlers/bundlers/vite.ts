import { open } from "../chromium.ts";
import { type At, freePort, node, serve } from "../process.ts";
import { readAll } from "../project.ts";
import { checkShaken, sizeOf } from "../shaken.ts";
import { checkPages, tool } from "../tools.ts";
import type { Bundler } from "./bundler.ts";

const version = (): string => {
  checkPages(); // what it makes runs in pages
  return tool("vite").version;
};
const bin = (): string => tool("vite").file("bin/vite.js");
const address = async (): Promise<string[]> => ["--host", "127.0.0.1", "--port", await freePort()];

/** What a page says that was built into dist/. */
export async function preview(at: At): Promise<string> {
  const server = await serve([bin(), "preview", ...(await address())], at);
  try {
    return await open({ url: server.url }, at);
  } finally {
    await server.close();
  }
}

export const vite: readonly Bundler[] = [
  {
    id: "vite",
    title: "vite build",
    sources: [".", "chromium"],
    version,
    attempt: async ({ create, marks, signal }) => {
      const bundled = async (program: "all" | "one" | "slim"): Promise<[script: string, at: At]> => {
        const at = { cwd: await create(program), signal };
        await node([bin(), "build"], at);
        const script = (await readAll(`${at.cwd}/dist/assets`, ".js")).join("\n");
        checkShaken(program, script, marks);
        return [script, at];
      };
      const [, all] = await bundled("all");
      const [one, atOne] = await bundled("one");
      const [slim] = await bundled("slim");
      const fetching = { cwd: await create("slim-vite"), signal };
      await node([bin(), "build"], fetching);
      return {
        answers: [
          { program: "all", place: "Chromium", text: await preview(all) },
          { program: "one", place: "Chromium", text: await preview(atOne) },
          { program: "one", place: "Chromium with slim", text: await preview(fetching) },
        ],
        one: sizeOf(one),
        slim: sizeOf(slim),
      };
    },
  },
  {
    id: "vite-dev",
    title: "vite, development server",
    sources: [".", "chromium"],
    version,
    attempt: async ({ create, signal }) => {
      const all = { cwd: await create("all"), signal };
      const slim = { cwd: await create("slim-vite"), signal };
      // The first visit finds the dependencies to bundle; the second takes them from its cache.
      const [first, second] = await develop(all, 2);
      const [fetching] = await develop(slim, 1);
      return {
        answers: [
          { program: "all", place: "Chromium", text: first },
          { program: "all", place: "Chromium", text: second },
          { program: "one", place: "Chromium with slim", text: fetching },
        ],
      };
    },
  },
];

/** What a page says that the development server gives, on each visit. */
async function develop(at: At, visits: number): Promise<string[]> {
  const server = await serve([bin(), ...(await address())], at);
  try {
    const said: string[] = [];
    while (said.length < visits) said.push(await open({ url: server.url }, at));
    return said;
  } finally {
    await server.close();
  }
}
