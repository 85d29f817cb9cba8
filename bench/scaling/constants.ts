import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const CONSTANTS = fileURLToPath(new URL("constants.json", import.meta.url));

/** A number, and where it is from. */
export interface Constant {
  readonly value: number;
  readonly unit: string;
  /** Assumed: a round number of somebody else's, or a goal. Counted: from the sizes of things. */
  readonly kind: "measured" | "counted" | "assumed";
  readonly what: string;
  /** The command that says so, or why this number was taken. */
  readonly source: string;
}

export const NAMES = [
  "draw",
  "pieceFixed",
  "pieceRow",
  "gradientBlock",
  "serialStep",
  "reduceByte",
  "reduceFixed",
  "parameters",
  "partialExpectation",
  "partialDiagnosis",
  "latencyThreads",
  "latencyQueue",
  "rateThreads",
  "rateQueue",
  "bandwidthThreads",
  "bandwidthLoopback",
  "bandwidth1GbE",
  "bandwidth10GbE",
] as const;
export type Name = (typeof NAMES)[number];

export interface Constants {
  readonly date: string;
  readonly machine: string;
  readonly numbers: Readonly<Record<Name, Constant>>;
  /** Times of equal shards over their median: evenly spaced quantiles, from the least to the greatest. */
  readonly jitter: { readonly quantiles: readonly number[]; readonly count: number; readonly source: string };
}

/** @throws Error for a file without one of the numbers */
export function readConstants(file = CONSTANTS): Constants {
  const constants = JSON.parse(readFileSync(file, "utf8")) as Constants;
  for (const name of NAMES)
    if (!(constants.numbers[name]?.value > 0)) throw new Error(`${file}: expected a number above 0 as ${name}`);
  if (!(constants.jitter?.quantiles.length > 1)) throw new Error(`${file}: expected quantiles of the jitter`);
  return constants;
}
