import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { ArgumentError, ReparamError } from "reparam";
import { integer } from "../../mnist-vae/numbers.ts";
import { prepareFolder, writeOutput } from "../../mnist-vae/output.ts";
import { listenForStop } from "../../mnist-vae/stop.ts";
import { createDisplay } from "./progress.ts";

/** What an example is run with. */
export interface Run {
  readonly steps: number;
  readonly seed: number;
  /** A version of seconds, with less of everything: for tests. */
  readonly isShort: boolean;
  readonly signal: AbortSignal;
  /** Where it stands: reports of `fit` can be given as they are. */
  readonly show: (progress: Standing) => void;
}

export interface Standing {
  readonly step: number;
  readonly of: number;
  /** What the steps are of, where there is more than one thing to do. */
  readonly doing?: string;
  readonly bound?: number;
}

export interface Outcome {
  /** By what they are of, in the order in which they are told. */
  readonly numbers: Readonly<Record<string, number>>;
  /** An SVG. */
  readonly picture: string;
}

/** What a file of an example exports. */
export interface Example {
  /** One line. */
  readonly about: string;
  /** Unless said, of the whole version and of the short one. */
  readonly steps: { readonly whole: number; readonly short: number };
  readonly run: (run: Run) => Promise<Outcome>;
}

const flags = {
  steps: { type: "string" },
  seed: { type: "string", default: "0" },
  out: { type: "string", default: "out/models" },
  short: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const usage = `Usage: npm run example -- <name> [options]

  --steps <n>    steps of each fit
  --seed <n>     root of every random number   (${flags.seed.default})
  --out <folder> where the picture goes        (${flags.out.default})
  --short        less of everything: seconds
  --help         this text`;

const folder = new URL("../", import.meta.url);

/** The examples are the files beside main.ts. */
const names = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && file !== "main.ts")
    .map((file) => basename(file, ".ts"))
    .sort();

const load = async (name: string): Promise<Example> => import(new URL(`${name}.ts`, folder).href);

/** The program, given its arguments. Returns the exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  const stop = listenForStop();
  try {
    const { values, positionals } = readArguments(args);
    const [name, ...more] = positionals;
    if (values.help || name === undefined) {
      console.log(`${usage}\n\nNames:\n${await list()}`);
      return 0;
    }
    if (more.length > 0 || !names().includes(name))
      throw new ArgumentError("name", `one of ${names().join(", ")}`, positionals.join(" "));
    const seed = integer("--seed", values.seed, 0, Number.MAX_SAFE_INTEGER);
    const given = values.steps === undefined ? undefined : integer("--steps", values.steps, 1, 1_000_000);
    prepareFolder(values.out);
    const { steps, run } = await load(name);
    const display = createDisplay(process.stdout);
    const began = performance.now();
    const { numbers, picture } = await run({
      steps: given ?? (values.short ? steps.short : steps.whole),
      seed,
      isShort: values.short,
      signal: stop.signal,
      show: display.show,
    }).finally(display.close);
    for (const [title, value] of Object.entries(numbers)) console.log(`${title}: ${told(value)}`);
    console.log(
      `${((performance.now() - began) / 1000).toFixed(1)} s; ${writeOutput(values.out, `${name}.svg`, picture)}`,
    );
    return 0;
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) {
      console.error("stopped: nothing was written");
      return stop.exitCode();
    }
    if (!(error instanceof ReparamError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function list(): Promise<string> {
  const width = Math.max(...names().map(({ length }) => length));
  const lines = names().map(async (name) => `  ${name.padEnd(width)}  ${(await load(name)).about}`);
  return (await Promise.all(lines)).join("\n");
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (error) {
    const expected = Object.keys(flags).map((flag) => `--${flag}`);
    const received = (error as Error).message.split(". ")[0] as string;
    throw new ArgumentError("arguments", `a name and options of ${expected.join(", ")}`, received);
  }
}

const told = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));

/** As `--short` runs an example, for tests: without a display. */
export const runShort = <R extends Outcome>(
  { run, steps }: Pick<Example, "steps"> & { readonly run: (run: Run) => Promise<R> },
  { seed = 0, signal = new AbortController().signal } = {},
): Promise<R> => run({ steps: steps.short, seed, isShort: true, signal, show: () => {} });
