import { sum } from "./log-space.ts";
import { type Assigned, assign, climb, type EmOptions, type Fitted } from "./mixture.ts";

/** Mixture whose components draw each pixel by itself. */
export interface BernoulliMixture {
  readonly weights: readonly number[];
  /** p(pixel = 1 | component), [components][pixels]. */
  readonly means: readonly (readonly number[])[];
}
type Images = readonly ArrayLike<number>[];

export function assignBernoulli({ weights, means }: BernoulliMixture, images: Images): Assigned {
  const components = weights.map((weight, k) => {
    const on = (means[k] as readonly number[]).map((mean) => Math.log(mean));
    const off = (means[k] as readonly number[]).map((mean) => Math.log1p(-mean));
    return { logWeight: Math.log(weight), on, off };
  });
  return assign(
    images.map((image) =>
      components.map(({ logWeight, on, off }) => {
        let log = logWeight;
        for (let i = 0; i < image.length; i++) log += (image[i] === 1 ? on : off)[i] as number;
        return log;
      }),
    ),
  );
}

/**
 * The M step. `pseudo` ones and as many zeros are added to each pixel of each component (a Beta(1 + pseudo, 1 + pseudo)
 * prior, whose maximum this is): 0 is maximum likelihood, which gives a pixel that no image has a mean of 0.
 */
export function bernoulliOf(responsibilities: readonly number[][], images: Images, pseudo = 0): BernoulliMixture {
  const totals = (responsibilities[0] as number[]).map(() => 0);
  const ones = totals.map(() => new Array<number>((images[0] as ArrayLike<number>).length).fill(0));
  responsibilities.forEach((row, n) => {
    const image = images[n] as ArrayLike<number>;
    row.forEach((share, k) => {
      totals[k] = (totals[k] as number) + share;
      const counts = ones[k] as number[];
      for (let i = 0; i < image.length; i++) if (image[i] === 1) counts[i] = (counts[i] as number) + share;
    });
  });
  return {
    weights: totals.map((total) => total / images.length),
    means: ones.map((row, k) =>
      row.map((one) =>
        // Shares added in another order than those of the total can come out a rounding above it.
        Math.min(1, (one + pseudo) / ((totals[k] as number) + 2 * pseudo)),
      ),
    ),
  };
}

/** EM (Bishop 2006, section 9.3.3). With `pseudo` above 0 it climbs the posterior, not the likelihood. */
export const fitBernoulliMixture = (
  start: BernoulliMixture,
  images: Images,
  { pseudo = 0, ...options }: EmOptions & { readonly pseudo?: number } = {},
): Fitted<BernoulliMixture> =>
  climb(
    start,
    (model: BernoulliMixture) => assignBernoulli(model, images),
    ({ responsibilities }) => bernoulliOf(responsibilities, images, pseudo),
    options,
    ({ means }) =>
      pseudo === 0 ? 0 : pseudo * sum(means.map((row) => sum(row.map((mean) => Math.log(mean) + Math.log1p(-mean))))),
  );
