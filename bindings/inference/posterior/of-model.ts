import { ArgumentError, checkOptions, checkPositive } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { add, mul, sum, type Tensor } from "../../graph/index.ts";
import { factorsOf } from "../factor.ts";
import { checkModel } from "../fit/model-bound.ts";
import type { Guide, GuideLaws } from "../guides/guide.ts";
import type { Model } from "../model/model.ts";
import { sitesOf } from "../model/sites.ts";
import { type BatchOf, type Data, Table } from "../model/table.ts";
import { type Located, trace } from "../model/trace.ts";
import { type ImportanceOptions, importance } from "./importance.ts";
import type { Posterior } from "./posterior.ts";

export interface PosteriorOptions extends ImportanceOptions {
  /** Temperature of relaxed laws: 1 by default. */
  readonly tau?: number;
}

/**
 * The posterior of a model's latents given all of the data, by samples of a fitted guide with Pareto-smoothed importance weights:
 * `importance` of the model's joint density. Where all latents are of rows, each row has weights of its own; else there is one set of
 * weights, of all latents together.
 *
 * Vehtari, Simpson, Gelman, Yao, Gabry 2024.
 * @throws as `importance`; ArgumentError (a latent that the guide forgot or invented)
 */
export function posterior<B extends BatchOf<B>>(
  model: Model<B>,
  guide: Guide<B>,
  data: Data<B> | undefined,
  options: PosteriorOptions,
): Posterior<GuideLaws> {
  checkModel(model, guide);
  const { tau = 1, ...rest } = checkOptions(options, ["key", "samples", "chunk", "tau"]);
  checkPositive("tau", tau);
  const table = new Table(data);
  const { sites, rowFactors } = sitesOf(model as Model<never>, table, tau, (site) => site.isLocal);
  if (sites.length === 0)
    throw new ArgumentError(
      "model",
      "a model with latents",
      "one without, as where all are summed out: it has no posterior",
    );
  const ofRows = table.rows > 0 && sites.every(({ seen }) => seen);
  const rows = table.rows > 0 ? table.rows : undefined;
  let laws: GuideLaws = {};
  const lawsOf = (): GuideLaws => {
    laws = (guide as Guide<never>).laws(table.batch(undefined) as never, { rows: rows ?? 1, indices: undefined, tau });
    return laws;
  };
  const logJoint = (sample: Readonly<Record<string, Tensor>>): Tensor => {
    const factors = factorsOf(laws);
    const n = sample[factors[0]?.name as string]?.shape[0] as number;
    const latents = new Map<string, Located>(
      factors.map((factor) => [factor.name, { factor, points: sample[factor.name] as Tensor }]),
    );
    const settings = {
      points: n,
      rows,
      tau,
      rowFactors,
      latents,
      guide: "none",
      closed: false,
      temperature: 1,
    } as const;
    const { all, each } = trace(model as Model<never>, table.batch(undefined), settings);
    if (ofRows && each) return expand(each, [n, rows as number]);
    const parts = [...(all ? [all] : []), ...(each ? [sum(each, { axis: -1 })] : [])].map((part) => expand(part, [n]));
    return parts.reduce((so, part) => add(so, part), mul(0, parts[0] as Tensor));
  };
  return importance(lawsOf as () => GuideLaws, logJoint as never, rest) as Posterior<GuideLaws>;
}
