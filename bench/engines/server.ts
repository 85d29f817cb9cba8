import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** The paths below are the page's too, engines/main.ts. */
export const JOB = "/job.json";
export const MESSAGES = "/messages";
const SCRIPT = "/main.js";

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>reparam</title>
<script>
  addEventListener("error", ({ message }) =>
    fetch("${MESSAGES}", { method: "POST", body: JSON.stringify({ type: "failed", message }) }));
</script>
<script type="module" src="${SCRIPT}"></script>
</html>
`;

/** A page that shares its process with no other site gets a finer clock. */
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page that executes the bundle, to this machine only, and hears what it says. */
export async function serve(script: string, job: unknown, hear: (message: string) => void): Promise<Server> {
  const files: Readonly<Record<string, readonly [type: string, content: string]>> = {
    "/": ["text/html", PAGE],
    [SCRIPT]: ["text/javascript", readFileSync(script, "utf8")],
    [JOB]: ["application/json", JSON.stringify(job)],
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [type, content] = files[request.url ?? ""] ?? [];
    if (request.method === "POST" && request.url === MESSAGES) {
      hear(await text(request));
      response.writeHead(204).end();
    } else if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, ...ISOLATED }).end(content);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
