import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { oneLine } from "../everywhere/run.ts";
import type { Bundler } from "./bundlers/bundler.ts";
import { findChromium, has, inFolder, type Source, tool } from "./tools.ts";

const run = promisify(execFile);

/** How to see that something is here, and how to get it. */
const SOURCES: Readonly<Record<Source, { what: string; find: () => unknown; commands: readonly string[][] }>> = {
  ".": {
    what: "bundlers from npm, about 330 MB",
    find: () => ["vite", "rollup", "webpack", "wrangler", "puppeteer-core"].map((name) => tool(name)),
    commands: [clean(".")],
  },
  next: { what: "Next.js from npm, about 340 MB", find: () => tool("next", "next"), commands: [clean("next")] },
  chromium: {
    what: "Chromium",
    find: findChromium,
    commands: [
      ["apt-get", "update"],
      ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"],
    ],
  },
};

/** Without scripts: the packages bring their programs as files. */
function clean(folder: string): string[] {
  return ["npm", "ci", "--prefix", inFolder(folder), "--ignore-scripts", "--no-audit", "--no-fund"];
}

/** Gets what is missing for the bundlers; what cannot be had stays absent. @throws the signal's reason */
export async function install(
  bundlers: readonly Bundler[],
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Set(bundlers.flatMap(({ sources }) => sources));
  for (const source of ["." as const, "next" as const, "chromium" as const]) {
    const { what, find, commands } = SOURCES[source];
    if (!wanted.has(source) || has(find)) continue;
    note(`installing ${what}`);
    try {
      for (const [command, ...args] of commands) {
        if (command === "apt-get" && process.getuid?.() !== 0) throw new Error("not root, for apt-get install");
        await run(command, args, {
          signal,
          env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", npm_config_loglevel: "error" },
        });
      }
    } catch (error) {
      signal.throwIfAborted();
      const { stderr = "", message } = error as Error & { stderr?: string };
      note(`${what}: ${oneLine(stderr.trim() || message)}`);
    }
  }
}
