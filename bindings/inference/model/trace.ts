import { ArgumentError, checkSynchronous, describe, ReparamError, ShapeError } from "../../core/index.ts";
import { Distribution, klDivergence, type Values } from "../../distributions/index.ts";
import { broadcastsTo, checkTensor, expand, sameShape, show, sizeOf, within } from "../../graph/extend.ts";
import { mul, reshape, sub, type Tensor } from "../../graph/index.ts";
import { isOfRelaxed, isRelaxed } from "../bounds/model.ts";
import type { Factor } from "../factor.ts";
import type { Model, Scope } from "./model.ts";
import { type Batch, withColumns } from "./table.ts";
import { checkDensity, Terms } from "./terms.ts";

/** What is subtracted for a latent: log q, with its gradient or as a constant of the parameters, or nothing (a log joint density). */
export type GuideTerm = "whole" | "constant parameters" | "none";

/** Points of a latent, and the law they are of. */
export interface Located {
  readonly factor: Factor;
  readonly points: Tensor;
}

export interface TraceOptions {
  /** Points of the innermost latents. */
  readonly points: number;
  /** Rows of the batch; undefined without data. */
  readonly rows: number | undefined;
  readonly tau: number;
  /** Names of factors [rows]: see `sitesOf`. */
  readonly rowFactors: ReadonlySet<string>;
  readonly latents: ReadonlyMap<string, Located>;
  readonly guide: GuideTerm;
  /** Whether log p(z) - log q(z) is the divergence in closed form, where there is one. */
  readonly closed: boolean;
  /** Of log q: 1 but for annealing. */
  readonly temperature: number;
}

export interface Traced {
  /** [n], [1] or []; undefined where nothing is said. */
  readonly all: Tensor | undefined;
  /** [n, rows] or [1, rows]. */
  readonly each: Tensor | undefined;
  /** Whether all latents had a divergence in closed form. */
  readonly isClosed: boolean;
}

/** Runs a model at points of its latents: log p(x, z) - temperature log q(z), or parts of it in closed form. */
export function trace(model: Model<never>, data: Batch, options: TraceOptions): Traced {
  const run = new Run(options);
  within(model, "model", () => runDensity(model, run, data, () => run.last));
  run.checkAll();
  return { all: run.terms.all, each: run.terms.each, isClosed: run.isClosed };
}

class Run implements Scope {
  readonly points: number;
  readonly rows: number;
  readonly tau: number;
  readonly terms: Terms;
  readonly #options: TraceOptions;
  readonly #seen = new Set<string>();
  readonly #latents = new Set<string>();
  /** The name that was said last. */
  last: string | undefined;
  isClosed = true;

  constructor(options: TraceOptions) {
    this.points = options.points;
    this.rows = options.rows ?? 1;
    this.tau = options.tau;
    this.terms = new Terms(this.points, this.rows);
    this.#options = options;
  }

  latent(name: string, law: Distribution): Tensor {
    return this.#latent(name, law, false);
  }

  local(name: string, law: Distribution): Tensor {
    if (this.#options.rows === undefined) throw withoutRows(name);
    return this.#latent(name, law, true);
  }

  observe(name: string, law: Distribution, value: Values): void {
    this.#enter(name, "observe");
    checkLaw(`observe ${name}`, law);
    const logProb = titled(`observe ${name}`, () => within(undefined, `observe ${name}`, () => law.logProb(value)));
    checkDensity(`observe ${name}`, logProb);
    if (this.#options.rows === undefined) this.terms.addAll(`observe ${name}`, logProb);
    else this.terms.addEach(`observe ${name}`, logProb);
  }

  factor(name: string, logDensity: Tensor): void {
    this.#enter(name, "factor");
    checkTensor(`factor ${name}`, logDensity);
    checkDensity(`factor ${name}`, logDensity);
    const { rows, rowFactors } = this.#options;
    if (rows === undefined) this.terms.addAll(`factor ${name}`, logDensity);
    else this.terms.add(`factor ${name}`, logDensity, rowFactors.has(name));
  }

  perRow(x: Tensor): Tensor {
    return perRow(x);
  }

  /** What the guide has and the model did not ask for is no latent of it. */
  checkAll(): void {
    for (const name of this.#options.latents.keys())
      if (!this.#seen.has(name))
        throw new ArgumentError(
          `guide.${name}`,
          `a latent of the model, which has ${[...this.#latents].join(", ") || "none"}`,
          "one that the guide invented: leave it out, or sample it in the model",
        );
  }

  #latent(name: string, law: Distribution, isLocal: boolean): Tensor {
    this.#enter(name, "latent");
    this.#latents.add(name);
    checkLatent(name, law);
    const { latents, guide, closed, temperature } = this.#options;
    const located = latents.get(name);
    if (!located)
      throw new ArgumentError(
        "guide",
        `a law for the latent ${name} of the model`,
        `${[...latents.keys()].join(", ") || "none"}: the guide forgot it`,
      );
    const { factor, points } = located;
    checkPair(name, factor, law);
    checkPoints(name, factor, law, points);
    const prior = `prior of ${name}`;
    const divergence = closed && temperature === 1 && guide === "whole" ? closedForm(factor, law) : undefined;
    const add = (title: string, x: Tensor): void =>
      isLocal ? this.terms.addEach(title, x) : this.terms.addAll(title, x);
    if (divergence) {
      add(prior, mul(-1, checkDensity(`divergence of guide.${name} from its prior`, divergence)));
      return points;
    }
    this.isClosed = false;
    const logPrior = titled(prior, () => checkDensity(prior, law.uncheckedLogProb(points)));
    if (guide === "none") {
      add(prior, logPrior);
      return points;
    }
    const q = factor.distribution;
    const logQ = guide === "whole" ? q.uncheckedLogProb(points) : q.logProbOfConstants(points);
    checkDensity(`guide.${name}`, logQ);
    add(prior, sub(logPrior, temperature === 1 ? logQ : mul(temperature, logQ)));
    return points;
  }

  #enter(name: string, kind: string): void {
    checkName(kind, name, this.#seen);
    this.last = name;
  }
}

/** Adds the name to those seen. */
export function checkName(kind: string, name: unknown, seen: Set<string>): void {
  if (typeof name !== "string" || name === "")
    throw new ArgumentError(kind, "a name, and no empty one", describe(name));
  if (seen.has(name)) throw new ArgumentError(`${kind} ${name}`, "each name once", "a second of this name");
  seen.add(name);
}

/** Where an error is not of a part that has a name, such as a law that could not be made, it says after which part it came. */
export function runDensity(model: Model<never>, scope: Scope, data: Batch, last: () => string | undefined): void {
  try {
    withColumns("model", data, (columns) =>
      checkSynchronous<unknown>("density", model.density(scope, columns as never)),
    );
  } catch (error) {
    if (!(error instanceof ReparamError) || NAMED.test(error.argument)) throw error;
    const Kind = error.constructor as typeof ReparamError;
    const after = last();
    const where = `model${after === undefined ? "" : `, after ${after}`}`;
    throw Object.assign(new Kind(`${where}: ${error.argument}`, error.expected, error.received), { cause: error });
  }
}

const NAMED = /^(data|density|divergence|factor|guide|latent|local|model|observe|prior)\b/;

export const perRow = (x: Tensor): Tensor => reshape(x, [x.shape[0] ?? 1, 1, ...x.shape.slice(1)]);

export const withoutRows = (name: string): ArgumentError =>
  new ArgumentError(
    `local ${name}`,
    "data, whose rows have one each (latent(...) is one of all)",
    "a model without data",
  );

export function checkLaw(title: string, law: unknown): asserts law is Distribution {
  if (!(law instanceof Distribution)) throw new ArgumentError(title, "a distribution with a density", describe(law));
}

export function checkLatent(name: string, law: unknown): asserts law is Distribution {
  checkLaw(`latent ${name}`, law);
  if (isOfRelaxed(law))
    throw new ArgumentError(
      `latent ${name}`,
      "a distribution with a density of the values that it draws",
      `the straight-through one, which has that of relaxed values, and draws ${law.support.description}`,
    );
}

/** Names the node in which something else went wrong. */
export function titled<T>(title: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof ReparamError) || error.argument.startsWith(title)) throw error;
    const Kind = error.constructor as typeof ReparamError;
    throw new Kind(`${title}, ${error.argument}`, error.expected, error.received);
  }
}

function checkPair(name: string, { law: q }: Factor, law: Distribution): void {
  // Of a relaxed guide and a discrete prior, or the other way round, there is no bound.
  if (isRelaxed(q) !== isRelaxed(law))
    throw new ArgumentError(
      `guide.${name}`,
      isRelaxed(law) ? "a relaxed law, as the model has" : "no relaxed law, as the model has none",
      `one of ${q.support.description}`,
    );
  const event = `events of ${show(law.eventShape)}`;
  if (!sameShape(q.eventShape, law.eventShape))
    throw new ShapeError(`guide.${name}`, `${event}, as the model's`, show(q.eventShape));
  const own = law.batchShape;
  // One dimension more where it depends on latents: their points.
  const more = own.length - q.batchShape.length;
  const fits = more <= 1 && broadcastsTo(own.slice(Math.max(more, 0)), q.batchShape);
  if (!fits)
    throw new ShapeError(`guide.${name}`, `a batch that ${show(own)} of the model broadcasts to`, show(q.batchShape));
}

/** Where the guide's values may be others than the model's, the density would be one of nothing. */
function checkPoints(name: string, { law: q }: Factor, { support }: Distribution, points: Tensor): void {
  const isSame = q.support.name === support.name && q.support.description === support.description;
  // The ends of an interval are not in its description.
  if (isSame && support.name !== "interval") return;
  const values = points.toArray();
  const wrong = support.firstOutside(values, points.shape.at(-1) ?? 1, points.shape);
  if (wrong < 0 && q.support.discrete === support.discrete) return;
  const came = wrong < 0 ? "" : `, such as ${values.subarray(wrong, wrong + sizeOf(q.eventShape)).join(", ")}`;
  throw new ArgumentError(
    `guide.${name}`,
    `a law on the values of the model's, ${support.description}`,
    `one of ${q.support.description}${came}`,
  );
}

/** KL(q || prior) [n or 1, ...batch of q], if there is a closed form. */
function closedForm({ distribution, law: { batchShape } }: Factor, prior: Distribution): Tensor | undefined {
  if (isRelaxed(distribution)) return undefined;
  let divergence: Tensor;
  try {
    divergence = klDivergence(distribution, prior) as Tensor;
  } catch (error) {
    // No form for these families, or not for these parameters.
    if (error instanceof ArgumentError) return undefined;
    throw error;
  }
  const points = divergence.shape.length > batchShape.length ? (divergence.shape[0] as number) : 1;
  return expand(divergence, [points, ...batchShape]);
}
