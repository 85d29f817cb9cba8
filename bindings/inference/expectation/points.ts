import { ArgumentError } from "../../core/index.ts";
import { Bernoulli, Logistic, Normal, Uniform } from "../../distributions/index.ts";
import { add, mul, sub, type Tensor, tensor } from "../../graph/index.ts";
import { exponential, gumbel, type Key, logistic, named, normal, uniform } from "../../random/index.ts";
import type { Factor } from "../factor.ts";
import type { Source } from "../source.ts";

const FAMILIES = { exponential, gumbel, logistic, uniform };

const keyOf = (key: Key, { name }: Factor): Key => (name === "" ? key : named(key, name));

/** Samples `first` on of those that a law draws under a key in one call: sample s is the same wherever a chunk begins. */
export class Stretch implements Source {
  readonly #key: Key;
  readonly #first: number;

  constructor(key: Key, first: number) {
    this.#key = key;
    this.#first = first;
  }

  sample(factor: Factor, samples: number): Tensor {
    return factor.law.sample(keyOf(this.#key, factor), { shape: [samples], offset: this.#first * factor.size });
  }

  rsample(factor: Factor, samples: number): Tensor {
    // The estimator has refused laws without rsample.
    const law = factor.law as unknown as Normal;
    return law.rsample(keyOf(this.#key, factor), { shape: [samples], offset: this.#first * factor.size });
  }

  noise(factor: Factor, family: keyof typeof FAMILIES, stream: string, samples: number, width = 1): Float32Array {
    const key = keyOf(this.#key, factor);
    const size = factor.size * width;
    return FAMILIES[family](stream === "" ? key : named(key, stream), samples * size, { offset: this.#first * size });
  }

  /** The same samples made of noise turned round, e to -e or u to 1 - u: as likely, and on the other side. */
  turned(factor: Factor, samples: number): Tensor {
    const { law, shape, size } = factor;
    const key = keyOf(this.#key, factor);
    const place = { offset: this.#first * size };
    const length = samples * size;
    const points: readonly number[] = [samples, ...shape];
    if (law instanceof Normal || law instanceof Logistic) {
      const noise = law instanceof Normal ? normal(key, length, place) : logistic(key, length, place);
      return add(law.loc, mul(law.scale, tensor(noise.map(negative), points)));
    }
    if (law instanceof Uniform) return law.icdf(sub(1, tensor(uniform(key, length, place), points)));
    // A bit is 1 where log-odds + e > 0, in float32.
    const logits = factor.logits.toArray();
    const bits = logistic(key, length, place).map((e, i) =>
      Math.fround((logits[i % size] as number) - e) > 0 ? 1 : 0,
    );
    return tensor(bits, points);
  }
}

const negative = (x: number): number => -x;

export function checkTurns(factors: readonly Factor[]): void {
  for (const { law, title, received } of factors)
    if (![Bernoulli, Logistic, Normal, Uniform].some((Family) => law instanceof Family))
      throw new ArgumentError(
        title,
        "a Bernoulli, Normal, Logistic or Uniform distribution for antithetic pairs",
        received,
      );
}
