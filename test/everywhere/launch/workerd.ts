import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { versionOf } from "../find.ts";
import { bundle, wasmIn } from "./bundle.ts";
import type { Launch } from "./launch.ts";
import { start } from "./start.ts";

/** The runtime of Cloudflare's Workers: it compiles no bytes at run time, so wasm goes in as modules. */
export const inWorkerd = (path: string): Launch => ({
  version: versionOf(path),
  open: async (project, hear) => {
    const folder = await bundle(project.worker, { conditions: ["workerd"] });
    await writeFile(join(folder, "config.capnp"), config(await wasmIn(folder)));
    const session = start(path, ["serve", "config.capnp", "--control-fd=3"], { cwd: folder, more: ["pipe"] });
    createInterface({ input: session.child.stdio[3] as Readable }).on("line", async (line) => {
      const { event, port } = JSON.parse(line) as { event: string; port?: number };
      if (event !== "listen") return;
      // When it dies meanwhile, how it ended is said by the session.
      const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      if (answer)
        hear(answer.ok ? await answer.text() : JSON.stringify({ type: "failed", message: await answer.text() }));
    });
    return session;
  },
});

const config = (wasm: readonly string[]): string => `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "main.js", esModule = embed "main.js"),
${wasm.map((name) => `    (name = "${name}", wasm = embed "${name}"),`).join("\n")}
  ],
  compatibilityDate = "2026-11-01",
);
`;
