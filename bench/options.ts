import { parseArgs } from "node:util";
import { checkOut, readPattern } from "./command.ts";
import { RULE } from "./compare.ts";
import { candidates } from "./engines/find.ts";

export interface Options {
  /** A regular expression: cases whose group, name or size it matches. */
  readonly filter: string | undefined;
  /** A short run, to see that everything works. */
  readonly quick: boolean;
  /** Ids of the engines to measure; undefined for all that are found. */
  readonly engines: readonly string[] | undefined;
  /** Only say which engines are found. */
  readonly list: boolean;
  /** Where the results go; undefined for the usual place. */
  readonly out: string | undefined;
  /** Results of an earlier run. */
  readonly compare: string | undefined;
}

export const USAGE = `Usage: npm run bench -- [--engines IDS] [--filter REGEX] [--quick] [--out FILE.json] [--compare BASE.json]

Measures every engine that is found, one after the other.

  --engines IDS        only these, in this order: ${candidates.map(({ id }) => id).join(",")}. node is the one that runs this
  --list               which engines are found, and how to get the others
  --filter REGEX       only the cases whose group, name and size match, such as 'gumbel.*1024' or '^Noise'
  --quick              a short run: shows that everything works, says little about speed
  --out FILE.json      where the results go, with charts in FILE.svg and FILE-engines.svg: to keep those of several versions.
                       By default bench/results/latest.json for a full run of all, and partial.json for any other
  --compare BASE.json  at the end, which cases became faster or slower than in this file, engine by engine
  --help               this text

${RULE}`;

/** @throws Error that says what is wrong with the arguments; "help" when that was asked for */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engines: { type: "string" },
      list: { type: "boolean" },
      filter: { type: "string" },
      quick: { type: "boolean" },
      out: { type: "string" },
      compare: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const { engines, list = false, filter, quick = false, out, compare } = values;
  if (out !== undefined) checkOut(out);
  if (filter !== undefined) readPattern(filter); // the text itself goes to the engines
  return { engines: readIds(engines), list, filter, quick, out, compare };
}

function readIds(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const ids = text.split(",").map((id) => id.trim());
  if (ids.includes("")) throw new Error(`--engines ${text}: expected ids with commas between them, such as node,bun`);
  return [...new Set(ids)];
}
