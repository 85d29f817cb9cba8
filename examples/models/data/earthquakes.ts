import { readColumns } from "./csv.ts";

export interface Earthquakes {
  /** 1900 to 2006. */
  readonly year: readonly number[];
  /** Earthquakes of magnitude 7 or more in that year, anywhere in the world. */
  readonly count: readonly number[];
}

/** 107 yearly counts in order (Zucchini, MacDonald & Langrock 2016, table 1.1): mean 19.36, variance 51.57. */
export const loadEarthquakes = (): Earthquakes => readColumns("earthquakes.csv", ["year", "count"]);
