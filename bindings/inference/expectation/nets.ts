import { ArgumentError } from "../../core/index.ts";
import type { Categorical, OneHotCategorical, Sampleable } from "../../distributions/index.ts";
import { stopGradient, type Tensor, tensor } from "../../graph/index.ts";
import { foldIn, type Key, named } from "../../random/index.ts";
import type { Factor } from "../factor.ts";
import { fill } from "../quasi/sobol.ts";
import type { Source } from "../source.ts";

/** A law whose samples are a function of a uniform number each. */
type Inverted = Sampleable & { icdf(p: Tensor): Tensor };

const isInverted = (law: Sampleable): law is Inverted => "icdf" in law;
const isCategories = ({ kind }: Factor): boolean => kind === "one-hot" || kind === "index";

/** Coordinates of a sample: one of each variable. */
const widthOf = (factor: Factor): number => (isCategories(factor) ? factor.size / factor.eventSize : factor.size);

export function checkInverted(factors: readonly Factor[]): void {
  for (const factor of factors)
    if (!isCategories(factor) && !isInverted(factor.law))
      throw new ArgumentError(
        factor.title,
        "a categorical distribution, or one with an icdf, for quasi-random points",
        `${factor.received}, without one`,
      );
}

/**
 * Samples made of scrambled nets of so many points, one net after another, each of a key of its own: variable j of a sample, counted
 * through the factors, is the inverse distribution function at coordinate j of a point.
 */
export class Nets implements Source {
  readonly #key: Key;
  readonly #points: number;
  readonly #first: number;
  readonly #estimator: string | undefined;
  readonly #kept = new Map<string, Float32Array>();
  #from: Map<string, number> | undefined;

  /** @param first number of the first sample, through all nets */
  constructor(key: Key, points: number, first: number, estimator?: string) {
    this.#key = named(key, "quasi");
    this.#points = points;
    this.#first = first;
    this.#estimator = estimator;
  }

  /** Gives each factor its coordinates. */
  over(factors: readonly Factor[]): void {
    checkInverted(factors);
    let from = 0;
    this.#from = new Map(
      factors.map((factor) => {
        const place = [factor.name, from] as const;
        from += widthOf(factor);
        return place;
      }),
    );
  }

  sample(factor: Factor, samples: number): Tensor {
    return stopGradient(this.rsample(factor, samples));
  }

  rsample(factor: Factor, samples: number): Tensor {
    const u = this.#uniform(factor, samples);
    if (isCategories(factor)) return categories(factor, u, samples);
    // Looked at when the factors came.
    return (factor.law as Inverted).icdf(tensor(u, [samples, ...factor.shape]));
  }

  noise(): never {
    throw new ArgumentError(
      "estimator",
      "one that needs no noise beside the samples, with quasi, such as scoreFunction() or pathwise()",
      `${this.#estimator}`,
    );
  }

  #uniform(factor: Factor, samples: number): Float32Array {
    const known = this.#kept.get(factor.name);
    if (known) return known;
    const width = widthOf(factor);
    const from = this.#from?.get(factor.name) as number;
    const all = new Float32Array(samples * width);
    for (let done = 0; done < samples; ) {
      const replicate = Math.floor((this.#first + done) / this.#points);
      const first = this.#first + done - replicate * this.#points;
      const count = Math.min(samples - done, this.#points - first);
      const out = all.subarray(done * width, (done + count) * width);
      fill(out, foldIn(this.#key, replicate), this.#points, { first, count, from, width });
      done += count;
    }
    this.#kept.set(factor.name, all);
    return all;
  }
}

/** The category in whose part of the unit interval u lies, in the order of their numbers. One of probability 0 has none. */
function categories({ law, kind, shape }: Factor, u: Float32Array, samples: number): Tensor {
  const { probs } = law as Categorical | OneHotCategorical;
  const p = probs.toArray();
  const k = probs.shape.at(-1) as number;
  const ends = new Float64Array(p);
  for (let i = 0; i < p.length; i++) if (i % k > 0) (ends[i] as number) += ends[i - 1] as number;
  const chosen = new Float32Array(kind === "one-hot" ? u.length * k : u.length);
  for (let i = 0; i < u.length; i++) {
    const row = i % (p.length / k);
    // The sum is 1 but for rounding; what is below it lies before the end of the last category that has a part.
    const at = (u[i] as number) * (ends[row * k + k - 1] as number);
    let c = 0;
    while (at >= (ends[row * k + c] as number)) c++;
    if (kind === "one-hot") chosen[i * k + c] = 1;
    else chosen[i] = c;
  }
  return tensor(chosen, [samples, ...shape]);
}
