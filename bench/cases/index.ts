import { activationCases } from "./activations.ts";
import { activationGradientCases } from "./activations-grad.ts";
import { arithmeticCases, arithmeticGradientCases } from "./arithmetic.ts";
import type { Case } from "./case.ts";
import { distributionCases } from "./distributions.ts";
import { exactCases } from "./exact.ts";
import { gumbelSoftmaxCases } from "./gumbel-softmax.ts";
import { inferenceCases } from "./inference.ts";
import { keyCases } from "./keys.ts";
import { layoutCases } from "./layout.ts";
import { likelihoodCases, likelihoodGradientCases } from "./likelihood.ts";
import { linearCases, linearGradientCases } from "./linear.ts";
import { noiseCases } from "./noise.ts";
import { optimizerCases } from "./optimizers.ts";
import { overheadCases } from "./overhead.ts";
import { reduceCases } from "./reduce.ts";
import { selectCases } from "./select.ts";
import { softmaxCases } from "./softmax.ts";
import { softmaxGradientCases } from "./softmax-grad.ts";
import { stochasticCases } from "./stochastic.ts";
import { streamCases } from "./stream.ts";
import { trainingCases } from "./training.ts";

export type { Case, Contestants, Via } from "./case.ts";

/** Every case, in the order of the tables: those of one group stand together. */
export const cases: readonly Case[] = [
  ...noiseCases,
  ...keyCases,
  ...softmaxCases,
  ...gumbelSoftmaxCases,
  ...selectCases,
  ...streamCases,
  ...linearCases,
  ...activationCases,
  ...arithmeticCases,
  ...reduceCases,
  ...layoutCases,
  ...likelihoodCases,
  ...linearGradientCases,
  ...activationGradientCases,
  ...arithmeticGradientCases,
  ...softmaxGradientCases,
  ...stochasticCases,
  ...likelihoodGradientCases,
  ...distributionCases,
  ...inferenceCases,
  ...exactCases,
  ...optimizerCases,
  ...trainingCases,
  ...overheadCases,
];
