import type { Bernoulli } from "reparam/distributions";
import type { Parameter, Tensor } from "reparam/graph";
import type { Estimator } from "reparam/inference";
import type { Shared } from "reparam/parallel";

interface Dice {
  readonly parameters: { readonly logits: Parameter; readonly offset: Parameter };
  readonly distribution: () => Bernoulli;
  readonly cost: (z: Tensor) => Tensor;
  readonly poison: (z: Tensor) => Tensor;
  readonly estimator: Estimator;
}

export const dice: Shared<{ readonly shift: number }, Dice>;
