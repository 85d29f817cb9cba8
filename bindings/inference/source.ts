import type { Reparameterized, SampleOptions } from "../distributions/index.ts";
import { within } from "../graph/extend.ts";
import { concatenate, reshape, type Tensor, tensor } from "../graph/index.ts";
import { exponential, foldIn, gumbel, type Key, logistic, named, uniform } from "../random/index.ts";
import type { Factor } from "./factor.ts";

const FAMILIES = { exponential, gumbel, logistic, uniform };

/** Where the randomness of an estimate comes from. */
export interface Source {
  /** `samples` samples as constants: [samples, ...shape]. */
  sample(factor: Factor, samples: number): Tensor;
  /** The same through which gradients flow, of a law with `rsample`. */
  rsample(factor: Factor, samples: number): Tensor;
  /**
   * Noise, `width` numbers (1 by default) for each element of each sample: [samples × size × width]. The stream "" of logistic noise
   * is what binary samples are made of, that of Gumbel noise what one-hot samples are; streams of other names have nothing in
   * common.
   */
  noise(factor: Factor, family: keyof typeof FAMILIES, stream: string, samples: number, width?: number): Float32Array;
}

/**
 * Of a key. Sample s of a factor is what its law draws under foldIn(key, s), so that neither the number of samples nor that of rows
 * changes what a sample is; of several factors, each has named(key, its name) for its key.
 *
 * @param first number of the first row: of the rows of a larger batch, which may be computed elsewhere, these are from here on
 */
export class Keyed implements Source {
  readonly #key: Key;
  readonly first: number;

  constructor(key: Key, first: number) {
    this.#key = key;
    this.first = first;
  }

  sample(factor: Factor, samples: number): Tensor {
    return this.#drawn(factor, samples, (key, options) => factor.law.sample(key, options));
  }

  rsample(factor: Factor, samples: number): Tensor {
    // pathwise() has refused laws without rsample; the straight-through ones that have it do not extend Reparameterized.
    const law = factor.law as unknown as Reparameterized;
    return this.#drawn(factor, samples, (key, options) => law.rsample(key, options));
  }

  #drawn(factor: Factor, samples: number, draw: (key: Key, options: SampleOptions) => Tensor): Tensor {
    const { law, shape } = factor;
    const rowSize = factor.size / (law.batchShape[0] ?? 1);
    // The number of a first element; a category's number is one element, whatever noise it takes.
    const offset = this.first * rowSize;
    return within(factor, "latent", () => {
      const each = Array.from({ length: samples }, (_, s) => draw(foldIn(this.#keyOf(factor), s), { offset }));
      return law.rearranged(each, (parts) => {
        const rows = parts.map((part) => reshape(part, [1, ...shape]));
        return rows.length === 1 ? (rows[0] as Tensor) : concatenate(rows, { axis: 0 });
      });
    });
  }

  noise(factor: Factor, family: keyof typeof FAMILIES, stream: string, samples: number, width = 1): Float32Array {
    const size = factor.size * width;
    const offset = this.first * (size / (factor.law.batchShape[0] ?? 1));
    const all = new Float32Array(samples * size);
    const key = stream === "" ? this.#keyOf(factor) : named(this.#keyOf(factor), stream);
    for (let s = 0; s < samples; s++)
      FAMILIES[family](foldIn(key, s), size, { offset, out: all.subarray(s * size, (s + 1) * size) });
    return all;
  }

  #keyOf({ name }: Factor): Key {
    return name === "" ? this.#key : named(this.#key, name);
  }
}

/** Noise as a constant of the graph: [samples, ...shape]. */
export const noiseOf = (
  source: Source,
  factor: Factor,
  family: keyof typeof FAMILIES,
  stream: string,
  samples: number,
): Tensor => tensor(source.noise(factor, family, stream, samples), [samples, ...factor.shape]);
