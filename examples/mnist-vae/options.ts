import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { ArgumentError } from "reparam";
import { fraction, integer } from "./numbers.ts";

/** What decides the numbers of a run; stored in its checkpoint, so that a resumed run continues the same one. */
export interface Settings {
  /** Passes over the training images. */
  epochs: number;
  /** Images per gradient step; the last batch of an epoch may be smaller. */
  batch: number;
  /** Images that a step, or a worker in it, takes at a time; gradients are cut and summed there. */
  piece: number;
  /** Straight-through: one-hot codes forward, the relaxed gradient backward. */
  hard: boolean;
  /** Lowest temperature of the schedule max(tauMin, exp(−3e-4 · step)). */
  tauMin: number;
  /** Learning rate of Adam. */
  rate: number;
  /** Root of every random number of the run. */
  seed: number;
}

/** The command line, checked. `given` holds only what was spelled out: the rest comes from a checkpoint or the defaults. */
export interface Options {
  given: Partial<Settings>;
  out: string;
  resume: string | undefined;
  /** Worker threads, none by default. No setting: who computes decides no number. */
  workers: number | undefined;
  /** Workers on other machines, by the server that they and this program know: redis://host:port. */
  redis: string | undefined;
  /** The queue there. */
  queue: string | undefined;
  json: boolean;
  help: boolean;
}

export const defaults: Settings = { epochs: 5, batch: 100, piece: 100, hard: false, tauMin: 0.5, rate: 1e-3, seed: 0 };

/** The model whose bound training minimizes: soft codes make it the relaxed one. */
export function trainedModel({ hard }: Settings): "relaxed" | "discrete" {
  return hard ? "discrete" : "relaxed";
}

/** The flag that sets each setting, for messages. */
export const flagOf: Record<keyof Settings, string> = {
  epochs: "--epochs",
  batch: "--batch",
  piece: "--piece",
  hard: "--hard",
  tauMin: "--tau-min",
  rate: "--lr",
  seed: "--seed",
};

export const usage = `Usage: npm start -- [options]

  --epochs <n>      passes over the 60 000 training images        (${defaults.epochs})
  --batch <n>       images per step                               (${defaults.batch})
  --piece <n>       images of a step that are taken at a time     (${defaults.piece})
  --hard            straight-through: one-hot codes in training
  --tau-min <t>     lowest temperature, in (0, 1]                 (${defaults.tauMin})
  --lr <r>          learning rate of Adam, in (0, 1]              (${defaults.rate})
  --seed <n>        root of every random number                   (${defaults.seed})
  --out <folder>    where report, metrics and checkpoint go       (out, or where the resumed checkpoint is)
  --resume <file>   continue the run of a checkpoint
  --workers <n>     compute on n threads: the same numbers, sooner with a batch of several pieces
  --redis <url>     compute on the workers at a server of Redis or Valkey; each, on any machine, is started by
                    node --import tsx dist/cli.js worker --redis <url> --module examples/mnist-vae/work.ts
  --queue <name>    their queue                                   (reparam)
  --json            end standard output with one line of JSON
  --help            this text`;

const flags = {
  epochs: { type: "string" },
  batch: { type: "string" },
  piece: { type: "string" },
  hard: { type: "boolean" },
  "tau-min": { type: "string" },
  lr: { type: "string" },
  seed: { type: "string" },
  out: { type: "string" },
  resume: { type: "string" },
  workers: { type: "string" },
  redis: { type: "string" },
  queue: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the arguments after the program's name.
 * @throws ArgumentError naming the flag, for an unknown flag, a stray word, a missing, non-numeric or out-of-range value.
 */
export function parseOptions(args: readonly string[]): Options {
  const values = readFlags(args);
  const given: Partial<Settings> = {};
  if (values.epochs !== undefined) given.epochs = integer("--epochs", values.epochs, 1, 10_000);
  if (values.batch !== undefined) given.batch = integer("--batch", values.batch, 1, 10_000);
  if (values.piece !== undefined) given.piece = integer("--piece", values.piece, 1, 10_000);
  if (values.hard !== undefined) given.hard = true;
  if (values["tau-min"] !== undefined) given.tauMin = fraction("--tau-min", values["tau-min"]);
  if (values.lr !== undefined) given.rate = fraction("--lr", values.lr);
  if (values.seed !== undefined) given.seed = integer("--seed", values.seed, 0, Number.MAX_SAFE_INTEGER);
  const { redis, queue } = values;
  if (redis !== undefined) checkRedis(redis, values.workers);
  if (queue !== undefined && redis === undefined)
    throw new ArgumentError("--queue", "--redis <url> beside it", "a queue of no server");
  return {
    given,
    out: values.out ?? (values.resume === undefined ? "out" : dirname(values.resume)),
    resume: values.resume,
    workers: values.workers === undefined ? undefined : integer("--workers", values.workers, 1, 256),
    redis,
    queue,
    json: values.json !== undefined,
    help: values.help !== undefined,
  };
}

function checkRedis(url: string, workers: string | undefined): void {
  if (workers !== undefined) throw new ArgumentError("--redis", "either --workers or --redis", "both");
  // Said without the text: a password may be in it.
  if (!/^rediss?:\/\/./.test(url) || !URL.canParse(url))
    throw new ArgumentError("--redis", "an address such as redis://127.0.0.1:6379", "something else");
}

type Values = Partial<Record<keyof typeof flags, string>>;

/** Walks the tokens itself, because the errors of strict `parseArgs` do not name the flag in a field. */
function readFlags(args: readonly string[]): Values {
  const { tokens } = parseArgs({ args: [...args], options: flags, strict: false, tokens: true });
  const values: Values = {};
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") throw new ArgumentError(token.value, "a flag such as --epochs", "a stray word");
    const flag = token.rawName;
    if (!Object.hasOwn(flags, token.name) || !flag.startsWith("--")) {
      throw new ArgumentError(
        flag,
        `one of ${Object.keys(flags)
          .map((name) => `--${name}`)
          .join(", ")}`,
        "an unknown flag",
      );
    }
    const name = token.name as keyof typeof flags;
    if (flags[name].type === "string" && !token.value) throw new ArgumentError(flag, "a value after it", "none");
    if (flags[name].type === "boolean" && token.value !== undefined)
      throw new ArgumentError(flag, "no value", JSON.stringify(token.value));
    values[name] = token.value ?? "";
  }
  return values;
}
