import { open } from "../chromium.ts";
import type { Answer } from "../outcome.ts";
import { freePort, node, serve } from "../process.ts";
import { readAll } from "../project.ts";
import { checkShaken, sizeOf } from "../shaken.ts";
import { findChromium, tool } from "../tools.ts";
import type { Bundler } from "./bundler.ts";

const version = (): string => {
  findChromium(); // what it makes runs in pages
  return tool("vite").version;
};
const bin = (): string => tool("vite").file("bin/vite.js");
const address = async (): Promise<string[]> => ["--host", "127.0.0.1", "--port", await freePort()];

export const vite: readonly Bundler[] = [
  {
    id: "vite",
    title: "vite build",
    sources: [".", "chromium"],
    version,
    attempt: async ({ create, marks, signal }) => {
      const answers: Answer[] = [];
      const bundled = async (program: "all" | "one" | "slim"): Promise<string> => {
        const at = { cwd: await create(program), signal };
        await node([bin(), "build"], at);
        const script = (await readAll(`${at.cwd}/dist/assets`, ".js")).join("\n");
        checkShaken(program, script, marks);
        if (program === "slim") return script; // it waits for a module
        const server = await serve([bin(), "preview", ...(await address())], at);
        try {
          answers.push({ program, place: "Chromium", text: await open({ url: server.url }, at) });
        } finally {
          await server.close();
        }
        return script;
      };
      await bundled("all");
      return { one: sizeOf(await bundled("one")), slim: sizeOf(await bundled("slim")), answers };
    },
  },
  {
    id: "vite-dev",
    title: "vite, development server",
    sources: [".", "chromium"],
    version,
    attempt: async ({ create, signal }) => {
      const at = { cwd: await create("all"), signal };
      const server = await serve([bin(), ...(await address())], at);
      try {
        const answer = async (): Promise<Answer> => ({
          program: "all",
          place: "Chromium",
          text: await open({ url: server.url }, at),
        });
        // The first visit finds the dependencies to bundle; the second takes them from its cache.
        return { answers: [await answer(), await answer()] };
      } finally {
        await server.close();
      }
    },
  },
];
