import { ArgumentError, ShapeError } from "../../core/index.ts";
import { sameShape, show } from "../../graph/extend.ts";
import { step } from "../../graph/index.ts";
import { key } from "../../random/index.ts";
import type { Bound } from "../bounds/model.ts";
import type { Estimator } from "../estimator.ts";
import { pathwise } from "../estimators/pathwise.ts";
import { vimco } from "../estimators/vimco.ts";
import type { Factor } from "../factor.ts";
import type { Guide } from "../guides/guide.ts";
import type { Learner, State } from "../memory.ts";
import { titled } from "../model/checks.ts";
import type { Model } from "../model/model.ts";
import { sitesOf } from "../model/sites.ts";
import type { Table } from "../model/table.ts";
import type { Site } from "../model/visit.ts";
import { estimatorsFor, type FitEstimator } from "./choose.ts";
import { type FitBound, isOfSeveral, levelsOf, objectiveOf, type Piece, type Setting } from "./objective.ts";
import { type FitOptions, scheduled } from "./options.ts";

/** Some rows of a batch, by where they are in it. */
export interface Rows {
  readonly indices: Uint32Array | undefined;
  readonly from: number;
  readonly to: number;
  /** Rows of the batch: 0 without data. */
  readonly batch: number;
}

/** Noise and temperatures of a step. */
export type At = Pick<Piece, "key" | "tau" | "temperature">;

/** What is maximized: model, guide and data, with an estimator for each latent. */
export class Problem {
  readonly #table: Table;
  readonly #setting: Setting;
  /** Of a choice that depends on tau. */
  readonly #chosenBy: ((tau: number) => FitEstimator) | undefined;
  /** Whether all rows have one weight together, which no piece of them has. */
  readonly #isWhole: boolean;

  constructor(
    model: Model<never>,
    guide: Guide<never>,
    table: Table,
    {
      estimator,
      samples,
      bound = { type: "elbo" },
      schedule = {},
      batch = table.rows,
    }: Pick<FitOptions, "estimator" | "samples" | "bound" | "schedule" | "batch">,
  ) {
    this.#table = table;
    const at = { ...scheduled(schedule, 0), key: key(0) };
    const { sites, rowFactors } = sitesOf(model, table, at.tau, (site) => site);
    const locals = new Set(sites.filter(({ site }) => site.isLocal).map(({ site }) => site.name));
    const before: Setting = { model, guide, locals, rowFactors, estimators: {}, samples: 1, bound };
    if (estimator === null)
      throw new ArgumentError("estimator", "an estimator, or an object of estimators by latent", "null");
    this.#chosenBy = typeof estimator === "function" ? estimator : undefined;
    const isTogether = isOfSeveral(bound);
    this.#isWhole = isTogether && locals.size < sites.length;
    if (this.#isWhole) checkWhole(bound, locals, sites.length, batch < table.rows);
    const estimators = step(
      () => {
        const piece = this.#piece({ indices: undefined, from: 0, to: Math.min(table.rows, 2), batch: table.rows }, at);
        const { global, local } = levelsOf(before, piece);
        checkNames(
          sites.map(({ site }) => site.name),
          [...global, ...local].map(({ name }) => name),
        );
        for (const { site } of sites) checkBatch(site, [...global, ...local], piece.rows);
        const given = typeof estimator === "function" ? titled("estimator", () => estimator(at.tau)) : estimator;
        const all = [...global, ...local];
        return estimatorsFor(
          counted(global, local, piece.rows),
          given ?? (isTogether ? allBy(all.every(({ law }) => law.hasRsample) ? pathwise() : vimco(), all) : undefined),
        );
      },
      { gradients: false },
    );
    for (const [name, { name: title, memory, hasOwnValue }] of Object.entries(estimators)) {
      if (hasOwnValue && !isTogether)
        throw new ArgumentError(
          `estimator of ${name}`,
          `one of an expectation, such as rloo(), for the bound "${bound.type}"`,
          `${title}, for bound: { type: "importanceWeighted" } or "renyi"`,
        );
      if (memory && this.#chosenBy)
        throw new ArgumentError(
          `estimator of ${name}`,
          "one that remembers nothing where a function makes it anew in each step",
          `${title}, which has a memory: call its function once, and give what it returns`,
        );
    }
    const least = Math.max(1, ...Object.values(estimators).map(({ leastSamples = 1 }) => leastSamples));
    this.#setting = { ...before, estimators, samples: samples ?? (isTogether ? Math.max(8, least) : least) };
  }

  /** In an open step. */
  bound(rows: Rows, at: At): Bound {
    const chosen = this.#chosenBy?.(at.tau);
    const estimators = chosen ? this.#chosen(chosen, rows, at) : this.#setting.estimators;
    return objectiveOf({ ...this.#setting, estimators }, this.#piece(rows, at));
  }

  /** A batch in pieces of nearly the same size, of `chunk` rows at most where rows can be apart. */
  pieces(indices: Uint32Array | undefined, chunk: number): Rows[] {
    const batch = indices?.length ?? this.#table.rows;
    const count = this.#isWhole ? 1 : Math.max(1, Math.ceil(batch / chunk));
    return Array.from({ length: count }, (_, i) => ({
      indices,
      from: Math.floor((i * batch) / count),
      to: Math.floor(((i + 1) * batch) / count),
      batch,
    }));
  }

  /**
   * What learns from step to step, in an order of its own: of what workers tell of a step, all is learned where the optimizer is.
   * @throws ArgumentError for an estimator of another make, which does not learn by lessons
   */
  get learners(): Learner[] {
    return [...this.#remembering()].flatMap(([name, { memory, name: title }]) => {
      if (memory?.learners) return memory.learners;
      throw new ArgumentError(`estimator of ${name}`, "one of this library, where an executor computes", title);
    });
  }

  /** What the estimators remember, by the latents they are of. */
  get memories(): Readonly<Record<string, State>> {
    return Object.fromEntries([...this.#remembering()].map(([name, { memory }]) => [name, memory?.state as State]));
  }

  remember(memories: Readonly<Record<string, State>>): void {
    const known = this.#remembering();
    const [own, given] = [[...known.keys()].sort(), Object.keys(memories).sort()];
    if (own.join() !== given.join())
      throw new ArgumentError(
        "resume",
        `what estimators of ${own.join(", ") || "nothing"} remember`,
        given.join(", ") || "none",
      );
    for (const [name, { memory }] of known) memory?.restore(memories[name] as State);
  }

  /** Each once, under the first latent that it is of. */
  #remembering(): Map<string, Estimator> {
    const found = new Map<string, Estimator>();
    for (const [name, estimator] of Object.entries(this.#setting.estimators))
      if (estimator.memory && ![...found.values()].includes(estimator)) found.set(name, estimator);
    return found;
  }

  #chosen(given: FitEstimator, rows: Rows, at: At): Record<string, Estimator> {
    const piece = this.#piece(rows, at);
    const { global, local } = levelsOf(this.#setting, piece);
    return estimatorsFor(counted(global, local, piece.rows), given);
  }

  #piece({ indices, from, to, batch }: Rows, at: At): Piece {
    const { rows: all } = this.#table;
    const isWhole = indices === undefined && from === 0 && to === all;
    const own = isWhole
      ? undefined
      : (indices?.slice(from, to) ?? Uint32Array.from({ length: to - from }, (_, i) => from + i));
    return {
      ...at,
      data: this.#table.batch(own),
      indices: own,
      hasRows: all > 0,
      rows: all > 0 ? to - from : 1,
      firstRow: from,
      scale: all > 0 ? all / batch : 1,
      isFirst: from === 0,
    };
  }
}

/** Latents of all are those of one row. */
const counted = (global: readonly Factor[], local: readonly Factor[], rows: number) => [
  { factors: global, rows: 1 },
  { factors: local, rows },
];

const allBy = (estimator: Estimator, factors: readonly Factor[]): Record<string, Estimator> =>
  Object.fromEntries(factors.map(({ name }) => [name, estimator]));

function checkWhole({ type }: FitBound, locals: ReadonlySet<string>, sites: number, hasBatches: boolean): void {
  if (locals.size > 0 && locals.size < sites)
    throw new ArgumentError(
      "bound",
      "the ELBO, for latents of rows beside latents of all of the data: these have no weight of a row",
      type,
    );
  if (hasBatches)
    throw new ArgumentError(
      "batch",
      `all rows for the bound "${type}": the weights of latents of all of the data are those of all rows together`,
      "some of them",
    );
}

/** What the guide has more than the model would be latents that the model does not know to be several. */
function checkBatch({ name, isLocal, batchShape }: Site, factors: readonly Factor[], rows: number): void {
  const own = factors.find((factor) => factor.name === name)?.law.batchShape ?? [];
  const expected = isLocal ? [rows, ...batchShape] : batchShape;
  if (!sameShape(own, expected))
    throw new ShapeError(
      `guide.${name}`,
      `a batch of ${show(expected)}, ${isLocal ? `${rows} rows of the model's` : "the model's"}`,
      show(own),
    );
}

function checkNames(latents: readonly string[], laws: readonly string[]): void {
  const forgotten = latents.find((name) => !laws.includes(name));
  if (forgotten !== undefined)
    throw new ArgumentError(
      "guide",
      `a law for the latent ${forgotten} of the model`,
      `${laws.join(", ") || "none"}: the guide forgot it`,
    );
  const invented = laws.find((name) => !latents.includes(name));
  if (invented !== undefined)
    throw new ArgumentError(
      `guide.${invented}`,
      `a latent of the model, which has ${latents.join(", ") || "none"}`,
      "one that the guide invented: leave it out, or sample it in the model",
    );
}
