import { ArgumentError, checkSynchronous, describe, ShapeError } from "../../core/index.ts";
import { Sampleable } from "../../distributions/index.ts";
import { expand, show, within } from "../../graph/extend.ts";
import { add, concatenate, mul, reshape, slice, sum, type Tensor } from "../../graph/index.ts";
import { foldIn, type Key, named } from "../../random/index.ts";
import { expected } from "../bounds/elbo.ts";
import { type Bound, boundOf } from "../bounds/model.ts";
import { renyiFrom } from "../bounds/renyi.ts";
import type { Estimator } from "../estimator.ts";
import { type Factor, factorsOf, pointsOf } from "../factor.ts";
import type { Guide, GuideScope } from "../guides/guide.ts";
import type { Model } from "../model/model.ts";
import { type Batch, withColumns } from "../model/table.ts";
import { type GuideTerm, type Located, type Traced, trace } from "../model/trace.ts";
import { Keyed } from "../source.ts";

/** What is maximized. */
export type FitBound =
  | {
      /** E[log p - log q], with divergences from priors in closed form where there are any. */
      readonly type: "elbo";
    }
  | {
      /** The same, all by samples, with a gradient that is 0 where the guide is the posterior. */
      readonly type: "stickingTheLanding";
    }
  | {
      /** log mean of `samples` weights together, of models whose latents are all of rows, or none. */
      readonly type: "importanceWeighted";
      /** As of `importanceWeightedBound`. */
      readonly gradient?: "reparameterized" | "doublyReparameterized";
    }
  | {
      /** E[log mean w^(1 - alpha)] / (1 - alpha) of `samples` weights, likewise of models whose latents are all of rows, or none. */
      readonly type: "renyi";
      /** As of `renyiBound`. */
      readonly alpha: number;
    };

/** Whether a bound is of several samples together. */
export const isOfSeveral = ({ type }: FitBound): boolean => type === "importanceWeighted" || type === "renyi";

/** What is the same in each step. */
export interface Setting {
  readonly model: Model<never>;
  readonly guide: Guide<never>;
  /** Names of the latents of rows. */
  readonly locals: ReadonlySet<string>;
  readonly rowFactors: ReadonlySet<string>;
  readonly estimators: Readonly<Record<string, Estimator>>;
  readonly samples: number;
  readonly bound: FitBound;
}

/** The rows of a step, or a piece of them. */
export interface Piece extends GuideScope {
  readonly key: Key;
  readonly data: Batch;
  readonly hasRows: boolean;
  /** Number of its first row in the batch: noise is addressed by it. */
  readonly firstRow: number;
  /** By what the rows' part is multiplied: rows of the data to rows of the batch. */
  readonly scale: number;
  /** Of log q: 1 but for annealing. */
  readonly temperature: number;
  /** Whether what is not of rows is in it: in one piece of each batch. */
  readonly isFirst: boolean;
}

/** The laws of the guide, those of all of the data and those of rows. */
export function levelsOf(setting: Setting, piece: Piece): { readonly global: Factor[]; readonly local: Factor[] } {
  const laws = withColumns("guide", piece.data, (data) =>
    checkSynchronous("laws", setting.guide.laws(data as never, piece)),
  );
  if (typeof laws !== "object" || laws === null || Array.isArray(laws) || laws instanceof Sampleable)
    throw new ArgumentError(
      "guide",
      "laws of the latents by name, such as { z: ... }",
      laws instanceof Sampleable ? "a law alone" : describe(laws),
    );
  for (const [name, law] of Object.entries(laws))
    if (!(law instanceof Sampleable)) throw new ArgumentError(`guide.${name}`, "a distribution", describe(law));
  // None of a model whose latents are all summed out.
  const factors = Object.keys(laws).length > 0 ? factorsOf(laws) : [];
  const local = factors.filter(({ name }) => setting.locals.has(name));
  for (const { name, law } of local)
    if (law.batchShape[0] !== piece.rows)
      throw new ShapeError(
        `guide.${name}`,
        `a batch that begins with the ${piece.rows} rows it is asked about (of a parameter of all rows take(..., indices))`,
        show(law.batchShape),
      );
  return { global: factors.filter((factor) => !local.includes(factor)), local };
}

/** The bound of the evidence of all of the data, estimated from some rows: a node without dimensions. */
export function objectiveOf(setting: Setting, piece: Piece): Bound {
  const { global, local } = levelsOf(setting, piece);
  const of = boundOf([...global, ...local]);
  const run = new Objective(setting, piece, local);
  const hasLatents = global.length + local.length > 0;
  const bound =
    isOfSeveral(setting.bound) && hasLatents
      ? run.together(global)
      : within([...global, ...local], "elbo", () => run.mean(global));
  return { bound, of, kl: run.isClosed ? "analytic" : "sampled" };
}

class Objective {
  readonly #setting: Setting;
  readonly #piece: Piece;
  readonly #local: readonly Factor[];
  isClosed = true;

  constructor(setting: Setting, piece: Piece, local: readonly Factor[]) {
    this.#setting = setting;
    this.#piece = piece;
    this.#local = local;
  }

  /** E_q[log p - log q], of latents of rows given each point of those of all. */
  mean(global: readonly Factor[]): Tensor {
    const { estimators, samples } = this.#setting;
    const { key } = this.#piece;
    if (global.length === 0) return this.#given(new Map(), key, samples);
    const cost = (points: readonly Tensor[]): Tensor => {
      const located = locate(global, points);
      const n = points[0]?.shape[0] as number;
      if (this.#local.length === 0) return this.#ofAll(this.#trace(n, located), n);
      const ofRows = named(key, "rows");
      const each = Array.from({ length: n }, (_, i) =>
        within(i, "repetition", () =>
          reshape(this.#given(n === 1 ? located : at(located, i), foldIn(ofRows, i), 1), [1]),
        ),
      );
      return concatenate(each, { axis: 0 });
    };
    return expected(sourcesOf(key, 0), global, cost, some(estimators, global), samples);
  }

  /** The part of the rows, their latents sampled, and what else there is, given one point of the latents of all: []. */
  #given(global: ReadonlyMap<string, Located>, key: Key, samples: number): Tensor {
    const { estimators } = this.#setting;
    const { rows, firstRow } = this.#piece;
    if (this.#local.length === 0) return reshape(this.#ofAll(this.#trace(1, global), 1), []);
    let all: Tensor | undefined;
    const cost = (points: readonly Tensor[]): Tensor => {
      const n = points[0]?.shape[0] as number;
      const traced = this.#trace(n, new Map([...global, ...locate(this.#local, points)]));
      all ??= this.#ofAllAlone(traced);
      return eachOf(traced, n, rows);
    };
    const least = Math.max(1, ...this.#local.map(({ name }) => estimators[name]?.leastSamples ?? 1));
    const each = expected(
      sourcesOf(key, firstRow),
      this.#local,
      cost,
      some(estimators, this.#local),
      Math.max(samples, least),
    );
    const total = mul(this.#piece.scale, sum(each));
    return all === undefined ? total : add(total, all);
  }

  /** Bounds of several samples together: of each row, or, where latents are of all, of all rows, which are then in one piece. */
  together(global: readonly Factor[]): Tensor {
    const { estimators, samples, bound } = this.#setting;
    const { key, firstRow, rows, scale } = this.#piece;
    this.isClosed = false;
    const factors = global.length > 0 ? global : this.#local;
    const isLocal = global.length === 0;
    let all: Tensor | undefined;
    const joint = (sample: Tensor | Readonly<Record<string, Tensor>>): Tensor => {
      const points = pointsOf(factors, sample);
      const n = points[0]?.shape[0] as number;
      const traced = this.#trace(n, locate(factors, points), "none");
      if (!isLocal) return this.#ofAll(traced, n);
      all ??= this.#ofAllAlone(traced);
      return eachOf(traced, n, rows);
    };
    const laws = Object.fromEntries(factors.map(({ name, distribution }) => [name, distribution]));
    const [estimator, other] = [...new Set(factors.map(({ name }) => estimators[name] as Estimator))];
    if (other)
      throw new ArgumentError(
        "estimator",
        "vimco() for all latents, or pathwise()",
        `${estimator?.name}, ${other.name}`,
      );
    const { bound: each } = renyiFrom(new Keyed(key, isLocal ? firstRow : 0), laws, joint as never, {
      alpha: bound.type === "renyi" ? bound.alpha : 0,
      gradient: bound.type === "importanceWeighted" ? (bound.gradient ?? "reparameterized") : "reparameterized",
      estimator: estimator as Estimator,
      samples,
    });
    if (!isLocal) return each;
    const total = mul(scale, sum(each));
    return all === undefined ? total : add(total, all);
  }

  #trace(points: number, latents: ReadonlyMap<string, Located>, guide?: GuideTerm): Traced {
    const { model, bound, rowFactors } = this.#setting;
    const { data, hasRows, rows, tau, temperature } = this.#piece;
    const isSticking = bound.type === "stickingTheLanding";
    const traced = trace(model, data, {
      points,
      rows: hasRows ? rows : undefined,
      tau,
      rowFactors,
      latents,
      guide: guide ?? (isSticking ? "constant parameters" : "whole"),
      closed: bound.type === "elbo",
      temperature,
    });
    this.isClosed &&= traced.isClosed;
    return traced;
  }

  /** Of each point, rows and all: [n]. */
  #ofAll({ all, each }: Traced, n: number): Tensor {
    const { scale, isFirst } = this.#piece;
    const parts = [...(each ? [mul(scale, sum(each, { axis: -1 }))] : []), ...(all && isFirst ? [all] : [])];
    // A piece in which there is nothing but what another has.
    if (parts.length === 0) return mul(0, expand(all ?? this.#nothing(), [n]));
    return parts.map((part) => expand(part, [n])).reduce((so, part) => add(so, part));
  }

  /** What is not of rows, where latents of rows are sampled: of one point, as it does not depend on these. */
  #ofAllAlone({ all }: Traced): Tensor | undefined {
    if (!all || !this.#piece.isFirst) return undefined;
    if (all.size === 1) return reshape(all, []);
    throw new ShapeError(
      "model",
      "a log density of rows, [points, rows, ...], of what depends on latents of rows",
      `one of all, ${show(all.shape)}`,
    );
  }

  #nothing(): never {
    throw new ArgumentError("model", "a density: a latent, an observation or a factor", "one that says nothing");
  }
}

const sourcesOf =
  (key: Key, firstRow: number) =>
  (s?: number): Keyed =>
    new Keyed(s === undefined ? key : foldIn(key, s), firstRow);

const some = (estimators: Readonly<Record<string, Estimator>>, factors: readonly Factor[]): Record<string, Estimator> =>
  Object.fromEntries(factors.map(({ name }) => [name, estimators[name] as Estimator]));

const locate = (factors: readonly Factor[], points: readonly Tensor[]): Map<string, Located> =>
  new Map(factors.map((factor, i) => [factor.name, { factor, points: points[i] as Tensor }]));

/** Point i alone. */
const at = (located: ReadonlyMap<string, Located>, i: number): Map<string, Located> =>
  new Map(
    [...located].map(([name, { factor, points }]) => {
      const one = factor.law.rearranged([points], ([x]) => slice(x as Tensor, { axis: 0, start: i, end: i + 1 }));
      return [name, { factor, points: one }];
    }),
  );

function eachOf({ each }: Traced, n: number, rows: number): Tensor {
  if (each) return expand(each, [n, rows]);
  throw new ArgumentError("model", "a log density of each row", "none: observe(...) or local(...) say one");
}
