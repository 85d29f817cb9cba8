import type { Distribution } from "../../bindings/distributions/index.ts";

/** Numbers for the parameters of a family, as its constructor names them. */
export type Setting = Readonly<Record<string, number>>;

/**
 * A family over single numbers, and what it is by independent means: plain float64 TypeScript that shares nothing with the
 * library. All else (its cdf, moments, entropy, the gradients) is derived from `logProb` by quadrature, sums and differences.
 */
export interface Univariate {
  readonly name: string;
  /** Parameters that are only numbers, not differentiated: counts of trials. */
  readonly fixed?: readonly string[];
  readonly settings: readonly Setting[];
  // biome-ignore lint/suspicious/noExplicitAny: each family has its own parameters
  readonly make: (parameters: any) => Distribution;
  readonly logProb: (x: number, setting: Setting) => number;
  /** A continuous family: where practically all of its mass lies, cut at `breaks` where the density is not smooth. */
  readonly range?: (setting: Setting) => { readonly from: number; readonly to: number; readonly breaks?: number[] };
  /** A discrete one: the integers with practically all of its mass. */
  readonly counts?: (setting: Setting) => { readonly from: number; readonly to: number };
  /** Values whose density is checked, beside samples. */
  readonly points?: (setting: Setting) => readonly number[];
  /** Without a mean or variance (Cauchy), or where quadrature cannot find it. */
  readonly without?: readonly ("mean" | "variance" | "entropy" | "mode" | "cdf" | "icdf" | "rsample")[];
}
