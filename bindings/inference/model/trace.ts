import { ArgumentError } from "../../core/index.ts";
import { type Distribution, klDivergence, type Values } from "../../distributions/index.ts";
import { checkTensor, expand, within } from "../../graph/extend.ts";
import { mul, reshape, sub, type Tensor } from "../../graph/index.ts";
import { isRelaxed } from "../bounds/model.ts";
import type { Factor } from "../factor.ts";
import { checkLatent, checkLaw, checkName, checkPair, checkPoints, runDensity, titled, withoutRows } from "./checks.ts";
import type { Model, Scope } from "./model.ts";
import type { Batch } from "./table.ts";
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

export const perRow = (x: Tensor): Tensor => reshape(x, [x.shape[0] ?? 1, 1, ...x.shape.slice(1)]);

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
