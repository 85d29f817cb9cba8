import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);

/** All that were started, so that a test that fails leaves none. */
const started = new Set<Running>();

/** A process, and the lines that it wrote. */
export class Running {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  readonly #waiting = new Set<() => void>();

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, folder = root) {
    this.child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    started.add(this);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      let rest = "";
      stream?.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() as string;
        this.lines.push(...lines);
        for (const wake of this.#waiting) wake();
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.once("exit", (code, signal) => {
        started.delete(this);
        resolve(code ?? signal ?? "");
        for (const wake of this.#waiting) wake();
      });
    });
  }

  /** The first line of the kind, when it is there. */
  async line(pattern: RegExp, from = 0): Promise<string> {
    for (;;) {
      const found = this.lines.slice(from).find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`ended without ${pattern}:\n${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  count(pattern: RegExp): number {
    return this.lines.filter((line) => pattern.test(line)).length;
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | string> {
    this.child.kill(signal);
    return this.ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server of Redis that keeps nothing. */
export class RedisServer {
  readonly port: number;
  #running: Running | undefined;
  readonly #options: readonly string[];

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  static async start(...options: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async restart(): Promise<void> {
    const args = ["--save", "", "--appendonly", "no", "--port", `${this.port}`, "--bind", "127.0.0.1"];
    this.#running = new Running("redis-server", [...args, ...this.#options]);
    await this.#running.line(/Ready to accept connections/);
  }

  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await this.#running?.end(signal);
  }

  /** What `redis-cli` says. */
  async ask(...command: readonly string[]): Promise<string> {
    return (await run("redis-cli", ["-p", `${this.port}`, ...command], { maxBuffer: 1e8 })).stdout.trim();
  }

  /** Names of all keys, but those that BullMQ keeps of a queue: counters, settings, the last events, a mark for workers that wait. */
  async leftKeys(): Promise<string[]> {
    const kept = /^reparam:[^:]+:(?:meta|id|events|marker|stalled|stalled-check)$/;
    return (await this.ask("KEYS", "*")).split("\n").filter((name) => name !== "" && !kept.test(name));
  }
}

export interface WorkerOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const serve = ({ url }: { readonly url: string }): string[] => [
  ...["worker", "--redis", url],
  ...["--module", "test/parallel/queue/work.mjs"],
];

/** The program that users start, when it is ready. */
export async function startWorker(
  server: { readonly url: string },
  { args = [], env = {} }: WorkerOptions = {},
): Promise<Running> {
  const worker = cli([...serve(server), ...args], env);
  await worker.line(/^ready/);
  return worker;
}

export const cli = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Running =>
  new Running(process.execPath, ["dist/cli.js", ...args], env);

/** Another program of this folder. */
export async function startProgram(name: string, ...args: readonly string[]): Promise<Running> {
  const program = new Running(process.execPath, [`${here}${name}`, ...args]);
  await program.line(/^ready/);
  return program;
}

/** Ends all that runs. @returns how many did, which a test's own end would have ended */
export async function endAll(): Promise<number> {
  const all = [...started];
  await Promise.all(all.map((each) => each.end("SIGKILL")));
  return all.length;
}

/** Fails when it takes longer: each fault has a deadline. */
export async function inTime<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
