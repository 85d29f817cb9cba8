import type { Setting } from "../case.ts";

/** Two univariate families, by their names in the tables, and parameters of both. */
export interface Divergence {
  readonly p: string;
  readonly q: string;
  readonly settings: readonly (readonly [p: Setting, q: Setting])[];
}
