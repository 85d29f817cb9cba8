import { activationCases } from "./activations.ts";
import type { Case } from "./case.ts";
import { gumbelSoftmaxCases } from "./gumbel-softmax.ts";
import { likelihoodCases } from "./likelihood.ts";
import { linearCases } from "./linear.ts";
import { noiseCases } from "./noise.ts";
import { optimizerCases } from "./optimizers.ts";
import { overheadCases } from "./overhead.ts";
import { selectCases } from "./select.ts";
import { softmaxCases } from "./softmax.ts";
import { trainingCases } from "./training.ts";

export type { Case, Contestants, Via } from "./case.ts";

/** Every case, in the order of the tables: those of one group stand together. */
export const cases: readonly Case[] = [
  ...noiseCases,
  ...softmaxCases,
  ...gumbelSoftmaxCases,
  ...selectCases,
  ...linearCases,
  ...activationCases,
  ...likelihoodCases,
  ...optimizerCases,
  ...trainingCases,
  ...overheadCases,
];
