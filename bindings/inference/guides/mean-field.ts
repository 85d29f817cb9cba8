import { ArgumentError, checkFinite, checkOptions, checkPositive, describe } from "../../core/index.ts";
import type { Distribution } from "../../distributions/index.ts";
import { sizeOf } from "../../graph/extend.ts";
import { type Parameter, parameter, type Shape, type Tensor, take } from "../../graph/index.ts";

import { checkKey, type Key, named, normal } from "../../random/index.ts";
import { Model } from "../model/model.ts";
import { sitesOf } from "../model/sites.ts";
import { type BatchOf, type Data, Table } from "../model/table.ts";
import { type Choice, choiceOf } from "./families.ts";
import { Guide, type GuideLaws, type GuideScope } from "./guide.ts";

/** Where the parameters of a mean-field guide begin. */
export interface MeanFieldOptions {
  /** Of noise that is added to where the parameters begin, so that what is alike can come apart: none without it. */
  readonly key?: Key;
  /** Standard deviation of this noise: 0.1 by default. */
  readonly spread?: number;
  /** The temperature at which the model is looked at: 1 by default. */
  readonly tau?: number;
}

interface Latent {
  readonly name: string;
  readonly isLocal: boolean;
  readonly choice: Choice;
  readonly parameters: Readonly<Record<string, Parameter>>;
}

/**
 * The mean-field guide of a model, built from its latents: independent laws q(z) = prod_i q(z_i), each of a family on the support that
 * the model's law has. Bits and categories: Bernoulli and categorical, of logits that begin at 0 (relaxed ones: the same relaxation);
 * numbers: Normal; positive numbers: LogNormal; probabilities: Beta and Dirichlet; counts: Poisson. Continuous ones begin at the mean
 * of the prior, and narrow. A latent of rows has parameters of its own for each row of the data. Of a model
 * without latents, as where all are summed out, it is a guide of nothing: `fit` then maximizes the log evidence itself.
 *
 * Parameters are named by latent: `z.logits`, `mean.loc`, `mean.logScale`.
 *
 * Saul, Jaakkola, Jordan 1996; automatically for continuous latents: Kucukelbir, Tran, Ranganath, Gelman, Blei 2017.
 * @param data as in `fit`; undefined of a model without data
 * @throws ArgumentError (a latent whose law has no family here), what the model throws
 */
export function meanField<B extends BatchOf<B>>(
  model: Model<B>,
  data: Data<B> | undefined,
  options: MeanFieldOptions = {},
): Guide<B> {
  if (!(model instanceof Model)) throw new ArgumentError("model", "a model, from model(...)", describe(model));
  const { key, spread = 0.1, tau = 1 } = checkOptions(options, ["key", "spread", "tau"]);
  if (key !== undefined) checkKey(key);
  checkFinite("spread", spread, 0);
  checkPositive("tau", tau);
  const table = new Table(data);
  const { sites: found } = sitesOf(model as Model<never>, table, tau, choiceOf);
  const latents = found.map(({ site, seen: choice }): Latent => {
    const { name, isLocal, batchShape } = site;
    const batch = isLocal ? [table.rows, ...batchShape] : batchShape;
    const parameters = Object.entries(choice.parameters).map(([parameterName, { eventShape, values }]) => {
      const full = `${name}.${parameterName}`;
      return [parameterName, started([...batch, ...eventShape], values, key && named(key, full), spread)] as const;
    });
    return { name, isLocal, choice, parameters: Object.fromEntries(parameters) };
  });
  const all = latents.flatMap(({ name, parameters }) =>
    Object.entries(parameters).map(([own, each]) => [`${name}.${own}`, each] as const),
  );
  return new Guide<B>((_, scope) => lawsOf(latents, scope), Object.fromEntries(all));
}

function started(shape: Shape, values: Float32Array, key: Key | undefined, spread: number): Parameter {
  const size = sizeOf(shape);
  const noise = key ? normal(key, size) : undefined;
  const start = new Float32Array(size);
  for (let i = 0; i < size; i++) start[i] = (values[i % values.length] as number) + spread * (noise?.[i] ?? 0);
  return parameter(shape, start);
}

function lawsOf(latents: readonly Latent[], { indices, tau }: GuideScope): GuideLaws {
  const laws = latents.map(({ name, isLocal, choice, parameters }): [string, Distribution] => {
    const of = Object.entries(parameters).map(([own, all]): [string, Tensor] => {
      const used: Tensor = isLocal && indices ? take(all, indices) : all;
      return [own, used];
    });
    return [name, choice.make(Object.fromEntries(of), tau)];
  });
  return Object.fromEntries(laws);
}
