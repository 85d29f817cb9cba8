import { readColumns } from "./csv.ts";

/** What may explain the crime rate, in the order of the table and by its names there (R package MASS, `UScrime`). */
export const FEATURES = [
  "M", // men of 14-24 in 1000 people
  "So", // 1 = southern state
  "Ed", // mean years of schooling, times 10
  "Po1", // police expenditure a head in 1960
  "Po2", // the same in 1959
  "LF", // labour force participation of urban men of 14-24, in 1000
  "M.F", // men to 1000 women
  "Pop", // population, 100 000
  "NW", // non-white people in 1000
  "U1", // unemployment of urban men of 14-24, in 1000
  "U2", // unemployment of urban men of 35-39, in 1000
  "GDP", // gross domestic product a head
  "Ineq", // families below half of the median income, in 1000
  "Prob", // probability of imprisonment
  "Time", // mean months in state prisons
] as const;
export type Feature = (typeof FEATURES)[number];

/** The table as printed; `y` is the crimes known to the police in 100 000 people. One of 47 states a row, in 1960. */
export const loadCrime = (): Readonly<Record<Feature | "y", readonly number[]>> =>
  readColumns("crime.csv", [...FEATURES, "y"]);

export interface CrimeOptions {
  readonly logTarget?: boolean;
  readonly names?: readonly Feature[];
}

export interface Regression {
  readonly names: readonly Feature[];
  /** [rows][features] */
  readonly features: readonly (readonly number[])[];
  readonly target: readonly number[];
}

/**
 * The regression of Raftery, Madigan & Hoeting 1997: logarithms of all but So, then each column less its mean over its
 * standard deviation (n - 1). `logTarget: false` keeps the crime rate as it is, as some published analyses do.
 * `names` chooses features: without Po2, U1 and GDP, which say almost the same as Po1, U2 and Ineq, inclusions depend
 * much less on each other.
 */
export function crimeRegression({ logTarget = true, names = FEATURES }: CrimeOptions = {}): Regression {
  const table = loadCrime();
  const columns = names.map((name) => standardized(name === "So" ? table[name] : table[name].map(Math.log)));
  return {
    names,
    features: table.y.map((_, row) => columns.map((column) => column[row] as number)),
    target: standardized(logTarget ? table.y.map(Math.log) : table.y),
  };
}

function standardized(values: readonly number[]): number[] {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return values.map((x) => (x - mean) / Math.sqrt(variance));
}
