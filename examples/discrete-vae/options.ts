import { parseArgs } from "node:util";
import { ArgumentError } from "reparam";
import { fraction, integer } from "../mnist-vae/numbers.ts";
import { checkEstimator, estimators, namesFor } from "./estimators.ts";
import type { Latent } from "./model.ts";
import type { Job, Settings } from "./train.ts";

export interface Options {
  readonly settings: Settings;
  readonly jobs: readonly Job[];
  /** Whether the estimators are compared along the run of one. */
  readonly compare: boolean;
  readonly out: string;
  /** Whether the runs go into results.json, and that into docs/. */
  readonly docs: boolean;
  readonly help: boolean;
}

const LATENTS: readonly Latent[] = ["bernoulli", "categorical"];

const flags = {
  estimator: { type: "string", default: "rloo" },
  latent: { type: "string", default: "bernoulli" },
  samples: { type: "string" },
  steps: { type: "string", default: "1000" },
  batch: { type: "string", default: "100" },
  lr: { type: "string", default: "3e-3" },
  repetitions: { type: "string", default: "50" },
  seed: { type: "string", default: "0" },
  out: { type: "string", default: "out/discrete-vae" },
  docs: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

export const usage = `Usage: npm run vae -- [options]

  --estimator <name>   ${wrapped(Object.keys(estimators))}
                       or several, a,b,c, or all: one after the other,
                       and compared at the same parameters (${flags.estimator.default})
  --latent <kind>      bernoulli: 24 binary variables;
                       categorical: 8 of 8 categories    (${flags.latent.default};
                       both where the estimator is all)
  --samples <n>        of the code of an image, in a step (as many as make two evaluations)
  --steps <n>          gradient steps                    (${flags.steps.default})
  --batch <n>          images in a step                  (${flags.batch.default})
  --lr <r>             learning rate of Adam, in (0, 1]  (${flags.lr.default})
  --repetitions <n>    gradients of which variances are told (${flags.repetitions.default})
  --seed <n>           root of every random number       (${flags.seed.default})
  --out <folder>       where results and report go       (${flags.out.default})
  --docs               put the runs in the place of these in docs/discrete-vae.md
  --help               this text`;

/** @throws ArgumentError naming what is wrong */
export function parseOptions(args: readonly string[]): Options {
  const values = readFlags(args);
  const all = values.estimator === "all";
  const names = values.estimator.split(",");
  const settings: Settings = {
    steps: integer("--steps", values.steps, 1, 1_000_000),
    batch: integer("--batch", values.batch, 1, 10_000),
    rate: fraction("--lr", values.lr),
    seed: integer("--seed", values.seed, 0, Number.MAX_SAFE_INTEGER),
    repetitions: integer("--repetitions", values.repetitions, 2, 100_000),
  };
  const chosen = LATENTS.find((latent) => latent === values.latent);
  if (!chosen) throw new ArgumentError("--latent", LATENTS.join(" or "), values.latent);
  const latents = all && !args.some((arg) => arg.startsWith("--latent")) ? LATENTS : [chosen];
  if (!all) for (const name of names) checkEstimator(name, chosen);
  const jobs = latents.flatMap((latent) =>
    (all ? namesFor(latent).filter((name) => !estimators[name].slow) : names).map((estimator) => ({
      latent,
      estimator,
      samples:
        values.samples === undefined
          ? estimators[estimator].samples
          : integer("--samples", values.samples, estimators[estimator].make().leastSamples ?? 1, 1000),
    })),
  );
  return {
    settings,
    jobs,
    compare: jobs.length > 1 || values.docs,
    out: values.out,
    docs: values.docs,
    help: values.help,
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values;
  } catch (error) {
    const { message } = error as Error;
    const names = Object.keys(flags).map((name) => `--${name}`);
    throw new ArgumentError("arguments", `options of ${names.join(", ")}`, message.split(". ")[0]);
  }
}

/** Names three a line. */
function wrapped(names: readonly string[]): string {
  const lines: string[] = [];
  for (let i = 0; i < names.length; i += 3) lines.push(`${names.slice(i, i + 3).join(", ")},`);
  return lines.join("\n                       ");
}
