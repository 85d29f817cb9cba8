import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

export interface Server {
  readonly url: string;
  readonly pid: number;
  /** Fulfilled with how it ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Path of the binary. By require: how a default import of this module of CommonJS looks depends on who loads it. */
const { default: WORKERD } = createRequire(import.meta.url)("workerd") as { default: string };

const CONFIG = fileURLToPath(new URL("../config.capnp", import.meta.url));

/** How long it may take to listen, and to end when asked to, in milliseconds. */
const START = 20_000;
const GRACE = 2000;

/** workerd with the built Worker, on this machine's own address only. @param port 0 for any that is free */
export async function startWorkerd(port: number): Promise<Server> {
  const child = spawn(
    WORKERD,
    ["serve", CONFIG, `--socket-addr=http=127.0.0.1:${port}`, "--control-fd=3"],
    // A group of its own: Ctrl-C reaches it through this process alone.
    { stdio: ["ignore", "inherit", "inherit", "pipe"], detached: true },
  );
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  const stop = async () => {
    process.off("exit", end);
    child.kill();
    const timer = setTimeout(end, GRACE);
    await ended;
    clearTimeout(timer);
  };
  try {
    const listening = await listeningPort(child, ended);
    return { url: `http://127.0.0.1:${listening}`, pid: child.pid as number, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** workerd writes `{"event":"listen","socket":"http","port":N}` to the control descriptor once it accepts connections. */
async function listeningPort(child: ChildProcess, ended: Promise<string>): Promise<number> {
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const signal = AbortSignal.timeout(START);
  const line = once(lines, "line", { signal }) as Promise<[string]>;
  const first = await Promise.race([line, ended]).catch(() => `it did not listen within ${START / 1000} s`);
  if (typeof first === "string") throw new Error(`workerd could not be started: ${first}`);
  return (JSON.parse(first[0]) as { port: number }).port;
}
