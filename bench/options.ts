import { parseArgs } from "node:util";
import { RULE } from "./compare.ts";

export interface Options {
  /** Cases whose group, name or size it matches. */
  readonly filter: RegExp | undefined;
  /** A short run, to see that everything works. */
  readonly quick: boolean;
  /** Where the results go; undefined for the usual place. */
  readonly out: string | undefined;
  /** Results of an earlier run. */
  readonly compare: string | undefined;
}

export const USAGE = `Usage: npm run bench -- [--filter REGEX] [--quick] [--out FILE.json] [--compare BASE.json]

  --filter REGEX       only the cases whose group, name and size match, such as 'gumbel.*1024' or '^Noise'
  --quick              a short run: shows that everything works, says little about speed
  --out FILE.json      where the results go, with a chart in FILE.svg: to keep those of several engines or versions.
                       By default bench/results/latest.json for a full run of all cases, and partial.json for any other
  --compare BASE.json  at the end, which cases became faster or slower than in this file
  --help               this text

${RULE}`;

/** @throws Error that says what is wrong with the arguments; "help" when that was asked for */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      filter: { type: "string" },
      quick: { type: "boolean" },
      out: { type: "string" },
      compare: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const { filter, quick = false, out, compare } = values;
  if (out !== undefined && !out.endsWith(".json")) throw new Error(`--out ${out}: expected a name that ends in .json`);
  return { filter: filter === undefined ? undefined : new RegExp(filter, "i"), quick, out, compare };
}
