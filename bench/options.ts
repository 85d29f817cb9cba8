import { parseArgs } from "node:util";

export interface Options {
  /** Cases whose group, name or size it matches. */
  readonly filter: RegExp | undefined;
  /** A short run, to see that everything works. */
  readonly quick: boolean;
}

export const USAGE = `Usage: npm run bench -- [--filter REGEX] [--quick]

  --filter REGEX  only the cases whose group, name and size match, such as 'gumbel.*1024' or '^Noise'
  --quick         a short run: shows that everything works, says little about speed
  --help          this text

A run of all cases writes bench/results/latest.json and latest.svg; any other, partial.json and partial.svg.`;

/** @throws Error that says what is wrong with the arguments; "help" when that was asked for */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: { filter: { type: "string" }, quick: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) return "help";
  return {
    filter: values.filter === undefined ? undefined : new RegExp(values.filter, "i"),
    quick: values.quick ?? false,
  };
}
