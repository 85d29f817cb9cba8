import { ArgumentError } from "reparam";
import {
  arm,
  arms,
  categoricalDisarm,
  disarm,
  type Estimator,
  gappedStraightThrough,
  gumbelRao,
  gumbelSoftmax,
  localExpectation,
  movingAverage,
  muProp,
  nvil,
  rebar,
  reinMax,
  rloo,
  scoreFunction,
  straightThrough,
  straightThroughGumbelSoftmax,
  zgr,
} from "reparam/inference";
import type { Latent } from "./model.ts";

/** A row of the table of estimators: what `--estimator` chooses from. */
export interface Choice {
  /** Made anew for each run: some remember. */
  readonly make: () => Estimator;
  /** Samples a step where nothing else is asked for: as many as cost two evaluations of the decoder, where that can be. */
  readonly samples: number;
  /** Kinds of codes it can do: both unless said. */
  readonly latents?: readonly Latent[];
  /** Left out of `--estimator all`: takes many times as long as the others. */
  readonly slow?: boolean;
}

const TAU = 0.5;

/** By the names that they have in the library. */
export const estimators: Readonly<Record<string, Choice>> = {
  scoreFunction: { make: () => scoreFunction({ baseline: movingAverage() }), samples: 2 },
  nvil: { make: () => nvil(), samples: 2 },
  rloo: { make: () => rloo(), samples: 2 },
  muProp: { make: () => muProp(), samples: 1 },
  rebar: { make: () => rebar({ tau: TAU }), samples: 1 },
  localExpectation: { make: () => localExpectation(), samples: 1, slow: true },
  disarm: { make: () => disarm(), samples: 1, latents: ["bernoulli"] },
  arm: { make: () => arm(), samples: 1, latents: ["bernoulli"] },
  arms: { make: () => arms({ copies: 4 }), samples: 1, latents: ["bernoulli"] },
  categoricalDisarm: { make: () => categoricalDisarm(), samples: 1, latents: ["categorical"] },
  gumbelSoftmax: { make: () => gumbelSoftmax({ tau: TAU }), samples: 1 },
  straightThrough: { make: () => straightThrough(), samples: 2 },
  straightThroughGumbelSoftmax: { make: () => straightThroughGumbelSoftmax({ tau: TAU }), samples: 2 },
  gumbelRao: { make: () => gumbelRao({ tau: TAU, draws: 10 }), samples: 2 },
  gappedStraightThrough: { make: () => gappedStraightThrough(), samples: 2 },
  zgr: { make: () => zgr(), samples: 2 },
  reinMax: { make: () => reinMax(), samples: 2 },
};

/** The unbiased one along whose run all are compared, and of which a long run tells the true gradient. */
export const REFERENCE = "rloo";

/** Those that can do these codes. */
export const namesFor = (latent: Latent): string[] =>
  Object.keys(estimators).filter((name) => estimators[name].latents?.includes(latent) ?? true);

/** @throws ArgumentError naming --estimator or --latent */
export function checkEstimator(name: string, latent: Latent): void {
  const choice = Object.hasOwn(estimators, name) ? estimators[name] : undefined;
  if (!choice) throw new ArgumentError("--estimator", `all, or one of ${Object.keys(estimators).join(", ")}`, name);
  if (!namesFor(latent).includes(name))
    throw new ArgumentError("--latent", `${choice.latents?.join(" or ")} for ${name}`, latent);
}
