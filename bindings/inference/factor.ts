import { ArgumentError, describe, ShapeError } from "../core/index.ts";
import {
  Bernoulli,
  Binomial,
  Categorical,
  Distribution,
  Geometric,
  NegativeBinomial,
  OneHotCategorical,
  Poisson,
  Sampleable,
} from "../distributions/index.ts";
import { expand, show, sizeOf } from "../graph/extend.ts";
import type { Shape, Tensor } from "../graph/index.ts";

/** A distribution, or several independent ones by name: what is sampled. */
export type Factors = Sampleable | Readonly<Record<string, Sampleable>>;

/** The same for any object type with names of distributions, an `interface` too, which has no index signature. */
export type FactorsOf<Q> = Sampleable | { readonly [Name in keyof Q]: Sampleable };

/** A sample of each: a tensor, or tensors by name. */
export type SampleOf<Q> = Q extends Sampleable ? Tensor : { readonly [Name in keyof Q]: Tensor };

/** What an estimator may know a law by: zeros and ones, one-hot rows, numbers of categories, counts without a gap. */
export type Kind = "binary" | "one-hot" | "index" | "count" | "other";

/** One of the independent distributions of an estimate: a batch of variables, [...batch, ...event]. */
export class Factor {
  /** "" of a distribution that was given alone. */
  readonly name: string;
  readonly law: Sampleable;
  /** Of one sample. */
  readonly shape: Shape;
  readonly kind: Kind;
  #logits: Tensor | undefined;

  constructor(name: string, law: Sampleable) {
    this.name = name;
    this.law = law;
    this.shape = [...law.batchShape, ...law.eventShape];
    this.kind = kindOf(law);
  }

  /** For messages. */
  get title(): string {
    return this.name === "" ? "distribution" : this.name;
  }

  /** For messages: what became of the name of its class is up to a minifier. */
  get received(): string {
    return `one that draws ${this.law.support.description}`;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  get eventSize(): number {
    return sizeOf(this.law.eventShape);
  }

  /** The law, of which a log-probability is asked. */
  get distribution(): Distribution {
    if (this.law instanceof Distribution) return this.law;
    throw new ArgumentError(this.title, "a distribution with a density", this.received);
  }

  /** Log-odds [...batch], or a row of logits for each variable [...batch, K]: of binary, one-hot and index laws. */
  get logits(): Tensor {
    if (this.#logits) return this.#logits;
    const { law } = this;
    if (law instanceof Bernoulli) this.#logits = expand(law.logits, law.batchShape);
    else if (law instanceof OneHotCategorical || law instanceof Categorical) {
      const { logits } = law;
      this.#logits = expand(logits, [...law.batchShape, logits.shape.at(-1) as number]);
    } else throw new ArgumentError(this.title, "a Bernoulli or categorical distribution", this.received);
    return this.#logits;
  }

  /** log p of points [n, ...shape] that lie in the support: [n, ...batch]. */
  logProb(points: Tensor): Tensor {
    return this.distribution.uncheckedLogProb(points);
  }
}

function kindOf(law: Sampleable): Kind {
  if (law instanceof Bernoulli) return "binary";
  if (law instanceof OneHotCategorical) return "one-hot";
  if (law instanceof Categorical) return "index";
  if ([Poisson, Binomial, NegativeBinomial, Geometric].some((Family) => law instanceof Family)) return "count";
  return "other";
}

export function factorsOf(given: Factors): Factor[] {
  if (given instanceof Sampleable) return [new Factor("", given)];
  if (typeof given !== "object" || given === null)
    throw new ArgumentError("distribution", "a distribution, or an object of distributions by name", describe(given));
  const entries = Object.entries(given);
  if (entries.length === 0) throw new ArgumentError("distribution", "at least one distribution", "an empty object");
  return entries.map(([name, law]) => {
    if (law instanceof Sampleable) return new Factor(name, law);
    throw new ArgumentError(name, "a distribution", describe(law));
  });
}

/** The sample as a cost takes it: alone, or by name. */
export function asGiven<T>(factors: readonly Factor[], samples: readonly T[]): T | Record<string, T> {
  if (factors.length === 1 && factors[0]?.name === "") return samples[0] as T;
  return Object.fromEntries(factors.map(({ name }, i) => [name, samples[i] as T]));
}

/** The same points in the order of their factors. */
export const pointsOf = (factors: readonly Factor[], sample: Tensor | Readonly<Record<string, Tensor>>): Tensor[] =>
  factors.map(({ name }) => (name === "" ? sample : (sample as Record<string, Tensor>)[name]) as Tensor);

/** The batch of every factor begins with the dimensions of the cost, each element of which depends on its own part of it. */
export function checkRows(factors: readonly Factor[], rows: Shape): void {
  for (const { title, law } of factors)
    if (!rows.every((n, i) => n === law.batchShape[i]))
      throw new ShapeError(
        "cost",
        `[points, ...rows], rows being the first dimensions of the batch ${show(law.batchShape)} of ${title}`,
        `rows of ${show(rows)}`,
      );
}
