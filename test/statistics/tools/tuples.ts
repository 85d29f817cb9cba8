import type { Outcome } from "../outcome.ts";
import { chiSquareTest } from "./law.ts";

/** What a draw may be, and how likely that is. */
export interface Likely {
  readonly tuple: readonly number[];
  readonly chance: number;
}

/** Chi-square of draws of several numbers each, in a row, held to the list of all there can be: any other one fails. */
export function tuplesTest(name: string, rows: Float32Array | Int32Array, law: readonly Likely[]): Outcome {
  const width = law[0].tuple.length;
  const cells = new Map(law.map(({ tuple }, i) => [tuple.join(), i]));
  const counts = new Float64Array(law.length + 1);
  for (let at = 0; at < rows.length; at += width)
    counts[cells.get(rows.subarray(at, at + width).join()) ?? law.length]++;
  const draws = rows.length / width;
  return chiSquareTest(name, counts, [...law.map(({ chance }) => chance * draws), 0]);
}

/** The law of one number 0, 1, ... */
export const numbered = (chances: readonly number[]): Likely[] => chances.map((chance, i) => ({ tuple: [i], chance }));
