import { fileURLToPath } from "node:url";
import { type PreviewServer, preview } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** The built page, to this machine only; optionally with a policy in its header, which holds beside the page's own. */
export async function serve(policy?: string): Promise<Site> {
  const headers = policy === undefined ? {} : { "Content-Security-Policy": policy };
  const server: PreviewServer = await preview({
    root,
    logLevel: "error",
    preview: { host: "127.0.0.1", port: 0, headers },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("the preview server has no port");
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}
