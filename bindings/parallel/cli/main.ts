import { ReparamError } from "../../core/index.ts";
import { type QueueWorkerEvent, serveQueue } from "../bullmq/index.ts";

const HELP = `reparam worker: computes shards for main programs, until it is told to end

  npx reparam worker --redis redis://HOST:PORT --module FILE

  --redis URL       the server of Redis or Valkey; rediss://USER:PASSWORD@HOST:PORT/DATABASE for one with TLS and a password.
                    Without it: the environment's REPARAM_REDIS, which no list of processes shows
  --module FILE     a module that shares works, the one that the main program imports too; several times for several
  --queue NAME      the queue to take shards from (reparam)
  --lock MS         a worker that says nothing for as long loses its shard to another one (10000)
  --largest BYTES   of a message; larger ones are refused (268435456)
  --quiet           no lines for shards that went well
  --help            this

One shard at a time: start one worker for each core. SIGTERM or SIGINT ends it after the shard at hand, a second one at once.
`;

/** What is used of Node's, which Deno and Bun have too. */
interface Process {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  on(signal: "SIGTERM" | "SIGINT", listener: () => void): unknown;
  cwd(): string;
  exit(code: number): never;
  exitCode: number | undefined;
}

declare const AbortController: new () => { readonly signal: AbortSignal; abort(reason?: unknown): void };

/** The program `reparam`: its exit code is 0 after an end it was told of, 1 after an error, 2 for arguments that it does not know. */
export async function main(process: Process): Promise<void> {
  try {
    process.exit(await run(process));
  } catch (error) {
    process.stderr.write(`reparam: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

async function run(process: Process): Promise<number> {
  // As texts: the types of Node are not among those of this package.
  const { parseArgs } = await import("node:util" as string);
  const wrong = (what: string): number => {
    process.stderr.write(`reparam: ${what}\nreparam: --help says how\n`);
    return 2;
  };
  let parsed: { values: Values; positionals: string[] };
  try {
    parsed = parseArgs({ args: process.argv.slice(2), options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return wrong((error as Error).message);
  }
  const { values, positionals } = parsed;
  const redis = values.redis ?? process.env.REPARAM_REDIS;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (positionals.length !== 1 || positionals[0] !== "worker")
    return wrong(`expected the command "worker", got ${positionals.length === 0 ? "none" : positionals.join(" ")}`);
  if (redis === undefined) return wrong("expected --redis URL");
  if (!values.module?.length) return wrong("expected --module FILE, with what the worker shall compute");
  const numbers = { lock: values.lock, largest: values.largest };
  for (const [name, value] of Object.entries(numbers))
    if (value !== undefined && !/^\d{1,15}$/.test(value)) return wrong(`expected a number after --${name}`);
  await importAll(values.module, process.cwd());
  const [end, abort] = [new AbortController(), new AbortController()];
  const stop = (): void => (end.signal.aborted ? abort : end).abort();
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  const isQuiet = values.quiet === true;
  await serveQueue({
    redis,
    ...(values.queue === undefined ? {} : { queue: values.queue }),
    ...(values.lock === undefined ? {} : { lock: Number(values.lock) }),
    ...(values.largest === undefined ? {} : { largest: Number(values.largest) }),
    signal: end.signal,
    abort: abort.signal,
    onEvent: (event) => {
      if (isQuiet && (event.type === "took" || event.type === "done")) return;
      process.stdout.write(`${lineOf(event)}\n`);
    },
  });
  return 0;
}

interface Values {
  readonly redis?: string;
  readonly module?: string[];
  readonly queue?: string;
  readonly lock?: string;
  readonly largest?: string;
  readonly quiet?: boolean;
  readonly help?: boolean;
}

const OPTIONS = {
  redis: { type: "string" },
  module: { type: "string", multiple: true },
  queue: { type: "string" },
  lock: { type: "string" },
  largest: { type: "string" },
  quiet: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

/** Those that whoever starts the worker names; messages can name none. */
async function importAll(files: readonly string[], folder: string): Promise<void> {
  const { pathToFileURL } = await import("node:url" as string);
  const { resolve } = await import("node:path" as string);
  for (const file of files) {
    const path = resolve(folder, file);
    try {
      await import(pathToFileURL(path).href);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw Object.assign(new ReparamError("--module", "a module that can be imported", `${file}: ${why}`), {
        cause: error,
      });
    }
  }
}

function lineOf(event: QueueWorkerEvent): string {
  switch (event.type) {
    case "ready":
      return `ready: takes shards from ${event.queue} at ${event.redis}`;
    case "took":
      return `took shard ${event.shard} of ${event.map}`;
    case "done":
      return `done shard ${event.shard} of ${event.map}: ${event.milliseconds?.toFixed(1)} ms, ${event.bytes} bytes`;
    case "cancelled":
      return `cancelled shard ${event.shard} of ${event.map}: ${event.reason}`;
    case "refused":
      return `refused ${event.job}: ${event.reason}`;
    case "error":
      return `error: ${event.reason}`;
    case "stopping":
      return "stopping";
  }
}
