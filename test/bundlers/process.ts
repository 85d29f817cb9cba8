import { createServer } from "node:net";
import { spawnGroup } from "../../bench/engines/child.ts";

/** How much of what a program says goes into the reason for its failure. */
const TAIL = 350;

/** For how long a program may be at work, in milliseconds; the slowest build takes a quarter of it. */
const PATIENCE = 120_000;

/** Nothing is told to anybody, and nothing coloured. */
const ENVIRONMENT = {
  NO_COLOR: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  WRANGLER_SEND_METRICS: "false",
  NODE_ENV: undefined,
  FORCE_COLOR: undefined,
};

export interface At {
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Runs a script in Node until it ends.
 *
 * @returns what it printed
 * @throws Error with the last it said, unless it ends well; the signal's reason
 */
export async function node(args: readonly string[], at: At): Promise<string> {
  const program = start(args, at);
  const timer = setTimeout(program.close, PATIENCE);
  try {
    const how = await program.ended;
    at.signal.throwIfAborted();
    if (how !== "it ended with exit code 0") throw new Error(`${how}: ${tail(program.said())}`);
    return program.printed().trim();
  } finally {
    clearTimeout(timer);
    await program.close();
  }
}

const tail = (text: string): string => (text.length > TAIL ? `… ${text.slice(-TAIL)}` : text);

export interface Server {
  readonly url: string;
  /** Ends it. */
  close(): Promise<void>;
}

/** Starts a server in Node, and waits for it to say its address, http://127.0.0.1:PORT. */
export async function serve(args: readonly string[], at: At): Promise<Server> {
  const program = start(args, at);
  let timer: NodeJS.Timeout | undefined;
  try {
    const url = await new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no address in ${PATIENCE / 1000} s`)), PATIENCE);
      program.ended.then((how) => reject(new Error(`${how}: ${tail(program.said())}`)));
      program.hear(() => {
        const address = program.printed().match(/https?:\/\/127\.0\.0\.1:\d+/)?.[0];
        if (address) resolve(address);
      });
    });
    return { url, close: program.close };
  } catch (error) {
    await program.close();
    at.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** In a process group of its own, which the signal ends. */
function start(args: readonly string[], { cwd, signal }: At) {
  signal.throwIfAborted();
  const environment = Object.entries({ ...process.env, ...ENVIRONMENT, XDG_CONFIG_HOME: cwd });
  const env = Object.fromEntries(environment.filter(([, value]) => value !== undefined));
  const { child, ended, kill } = spawnGroup(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [printed, said] = ["", ""];
  let listener = () => {};
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    said += text;
    listener();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const stop = () => void kill();
  signal.addEventListener("abort", stop);
  return {
    ended,
    /** Also ends what it has left running. */
    close: async () => {
      signal.removeEventListener("abort", stop);
      await kill();
    },
    printed: () => printed,
    said: () => said.trim(),
    hear: (callback: () => void) => {
      listener = callback;
    },
  };
}

/** A port that nobody has; another program may take it before it is used, which then fails loudly. */
export function freePort(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(String(port)));
    });
  });
}
