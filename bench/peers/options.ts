import { parseArgs } from "node:util";
import { checkOut, readPattern } from "../command.ts";

export interface Options {
  /** Works whose group, name or size it matches. */
  readonly filter: RegExp | undefined;
  /** A short run, to see that everything works. */
  readonly quick: boolean;
  /** Where the results go; undefined for the usual place. */
  readonly out: string | undefined;
  /** The binary for the contestants in JavaScript. */
  readonly node: string;
}

export const USAGE = `Usage: npm run bench:peers -- [--filter REGEX] [--quick] [--out FILE.json] [--node PATH]

Compares reparam with plain JavaScript, PyTorch, TensorFlow.js, jax-js and stdlib: the same data and sizes, one thread and
one process each, in turns.

  --filter REGEX   only the works whose group, name and size match, such as 'gumbel.*1024' or '^Networks'
  --quick          a short run: shows that everything works, says little about speed
  --out FILE.json  where the results go, with a picture in FILE.svg: to keep those of several engines.
                   By default bench/results/peers.json for a full run of all works with all contestants, and
                   partial.peers.json for any other
  --node PATH      the Node binary that the contestants in JavaScript run in; by default the one that runs this
  --help           this text

PyTorch takes part if python3 can import torch (on Debian: apt install python3-torch libopenblas0-pthread); the environment
variable PYTHON names another Python.`;

/** @throws Error that says what is wrong with the arguments */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      filter: { type: "string" },
      quick: { type: "boolean" },
      out: { type: "string" },
      node: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const { filter, quick = false, out, node = process.execPath } = values;
  if (out !== undefined) checkOut(out);
  return { filter: filter === undefined ? undefined : readPattern(filter), quick, out, node };
}
