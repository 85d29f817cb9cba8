import { ArgumentError, checkInteger, checkOptions, checkPositive, describe } from "../../core/index.ts";
import { checkKey, type Key } from "../../random/index.ts";
import type { Bound } from "../bounds/model.ts";
import { Guide } from "../guides/guide.ts";
import { Model } from "../model/model.ts";
import { type BatchOf, type Data, Table } from "../model/table.ts";
import { checkBound, type FitOptions } from "./options.ts";
import { Problem, type Rows } from "./problem.ts";

/** As in `fit`. */
export type ModelBoundOptions = Pick<FitOptions, "estimator" | "samples" | "bound">;

/** Of a step: its noise, and the temperature of relaxed laws, 1 by default. */
export type BoundAt = (key: Key, options?: { readonly tau?: number }) => Bound;

/**
 * What `fit` maximizes, on all of the data, as a function that makes it a node of the graph: for steps of one's own, and for `explain`.
 *
 *     const bound = modelBound(model, guide, data);
 *     step(() => backward(mul(-1, bound(key(1)).bound)));
 *
 * @throws as `fit`; the function: KeyError, DisposedError (outside of a step), what model and guide throw
 */
export function modelBound<B extends BatchOf<B>>(
  model: Model<B>,
  guide: Guide<B>,
  data: Data<B> | undefined,
  options: ModelBoundOptions = {},
): BoundAt {
  checkModel(model, guide);
  const { samples, bound } = checkOptions(options, ["estimator", "samples", "bound"]);
  if (samples !== undefined) checkInteger("samples", samples, 1);
  if (bound !== undefined) checkBound(bound);
  const table = new Table(data);
  const problem = new Problem(model as Model<never>, guide as Guide<never>, table, options);
  const [whole] = problem.pieces(undefined, Math.max(table.rows, 1)) as [Rows];
  return (key, { tau = 1 } = {}) => {
    checkKey(key);
    return problem.bound(whole, { key, tau: checkPositive("tau", tau), temperature: 1 });
  };
}

export function checkModel(model: unknown, guide: unknown): void {
  if (!(model instanceof Model)) throw new ArgumentError("model", "a model, from model(...)", describe(model));
  if (!(guide instanceof Guide))
    throw new ArgumentError("guide", "a guide, from meanField(...) or guide(...)", describe(guide));
}
