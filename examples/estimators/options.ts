import { parseArgs } from "node:util";
import { ArgumentError } from "reparam";
import { problems } from "./problems/index.ts";

export interface Options {
  readonly only: readonly string[];
  readonly quick: boolean;
  readonly publish: boolean;
  readonly out: string;
  readonly seed: number;
  readonly help: boolean;
}

/** What --only takes. */
export const groups: readonly string[] = [...new Set(problems.map(({ group }) => group)), "vae"];

export const usage = `Usage: npm run estimators -- [options]

  --only <names>    some of the problems: ${groups.join(", ")}; several with commas
  --quick           a tenth of the work, to see that it runs
  --out <folder>    where the page goes                           (out/estimators)
  --publish         write docs/estimators.md, its pictures and docs/estimators.json as well
  --seed <n>        root of every random number                   (0)
  --help            this text`;

const flags = {
  only: { type: "string" },
  quick: { type: "boolean" },
  publish: { type: "boolean" },
  out: { type: "string" },
  seed: { type: "string" },
  help: { type: "boolean" },
} as const;

/** @throws ArgumentError naming the flag */
export function parseOptions(args: readonly string[]): Options {
  const { tokens } = parseArgs({ args: [...args], options: flags, strict: false, tokens: true });
  const values: Partial<Record<keyof typeof flags, string>> = {};
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") throw new ArgumentError(token.value, "a flag such as --only", "a stray word");
    const { name, rawName, value } = token;
    if (!Object.hasOwn(flags, name) || !rawName.startsWith("--"))
      throw new ArgumentError(rawName, `one of --${Object.keys(flags).join(", --")}`, "an unknown flag");
    const { type } = flags[name as keyof typeof flags];
    if (type === "string" && !value) throw new ArgumentError(rawName, "a value after it", "none");
    if (type === "boolean" && value !== undefined) throw new ArgumentError(rawName, "no value", JSON.stringify(value));
    values[name as keyof typeof flags] = value ?? "";
  }
  const { only, seed = "0", out = "out/estimators" } = values;
  const [quick, publish] = [values.quick !== undefined, values.publish !== undefined];
  if (quick && publish) throw new ArgumentError("--publish", "a full run", "--quick");
  if (!/^\d{1,15}$/.test(seed)) throw new ArgumentError("--seed", "a whole number from 0 on", JSON.stringify(seed));
  return {
    only: only === undefined ? groups : only.split(",").map(checkGroup),
    quick,
    publish,
    out,
    seed: Number(seed),
    help: values.help !== undefined,
  };
}

function checkGroup(name: string): string {
  if (groups.includes(name)) return name;
  throw new ArgumentError("--only", `names among ${groups.join(", ")}`, JSON.stringify(name));
}
