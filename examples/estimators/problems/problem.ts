import type { Bernoulli, OneHotCategorical } from "reparam/distributions";
import type { Tensor } from "reparam/graph";
import type { Model } from "../exact/model.ts";

/** What is drawn of a run: a number that its logits say, by which one sees where it stands. */
export interface Measure {
  readonly name: string;
  of(logits: readonly number[]): number;
  readonly scale: "linear" | "log";
  /** Ends of the axis. */
  readonly range: readonly [number, number];
  /** Its value where the expected cost is least. */
  readonly best: number;
  /** What a run has to get past, towards `best`, to have solved the problem. */
  readonly goal: number;
}

/** A problem on which estimators are compared, for any number of runs side by side: rows that know nothing of each other. */
export interface StandardProblem {
  readonly id: string;
  readonly title: string;
  /** Name of the group that `--only` takes. */
  readonly group: string;
  readonly kind: "binary" | "one-hot";
  /** Logits of one run before the first step. */
  readonly start: readonly number[];
  readonly steps: number;
  /** Logits at which gradients are compared. */
  readonly compared: readonly { readonly at: string; readonly logits: readonly number[] }[];
  /** Numbers of a sample of one run. */
  readonly width: number;
  /** The law for logits [runs, width]. */
  law(logits: Tensor): Bernoulli | OneHotCategorical;
  /** Of points [n, runs, ...event]: [n, runs]. */
  cost(logits: Tensor): (points: Tensor) => Tensor;
  readonly measure: Measure;
  /** The same problem in float64, without the library. */
  readonly model: Model;
}
