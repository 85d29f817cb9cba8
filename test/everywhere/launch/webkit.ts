import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { serve } from "../../../bench/engines/server.ts";
import { versionOf } from "../find.ts";
import { bundle } from "./bundle.ts";
import type { Launch } from "./launch.ts";
import { start } from "./start.ts";

/** WebKitGTK has no headless mode: its small browser gets a display that nobody sees. */
export function inWebKit(browser: string, xvfb: string): Launch {
  let version: string | undefined;
  return {
    // It wants a display for this as well.
    get version() {
      return version;
    },
    open: async (project, hear) => {
      const script = join(await bundle(project.page, {}), "main.js");
      const display = await openDisplay(xvfb);
      try {
        const env = {
          DISPLAY: display.name,
          GDK_BACKEND: "x11",
          LIBGL_ALWAYS_SOFTWARE: "1",
          HOME: await mkdtemp(join(project.folder, "home-")),
          // Its sandbox refuses to work for root, which is who a container runs as.
          ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" }),
        };
        version = versionOf(browser, env);
        const server = await serve(script, {}, hear);
        const page = start(browser, [server.url], { env });
        return {
          ended: page.ended,
          close: async () => {
            await page.close();
            await server.close();
            await display.close();
          },
        };
      } catch (error) {
        await display.close();
        throw error;
      }
    },
  };
}

async function openDisplay(xvfb: string): Promise<{ readonly name: string; close(): Promise<void> }> {
  const { child, ended, close } = start(xvfb, ["-displayfd", "3", "-nolisten", "tcp"], { more: ["pipe"] });
  const number = once(createInterface({ input: child.stdio[3] as Readable }), "line").then(String);
  const failure = ended.then((how) => Promise.reject(new Error(`${xvfb}: ${how}`)));
  return { name: `:${await Promise.race([number, failure])}`, close };
}
