import { checkInteger, checkOptions, checkPositive } from "../../core/index.ts";
import type { GraphCore } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { placeTau } from "../../relax/index.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import { straight } from "./straight-through.ts";
import { LEAST_TAU, placesOf, through } from "./through.ts";

/**
 * ST-Gumbel-Softmax, averaged over `draws` noises that would have given the same sample: f'(D) (1 / K) sum of d softmax((logits + G) / tau),
 * G given D, whose dependence on the logits is left out. One evaluation of the cost, at the draw. Its mean is that of
 * `straightThroughGumbelSoftmax`, and so is its bias; its variance is a / K + b, less for every further draw.
 *
 * Paulus, Maddison, Krause 2021, "Rao-Blackwellizing the straight-through Gumbel-Softmax gradient estimator", eq. 11.
 * @param options `tau`: above 0, 1 by default; `draws`: 1 or more, 10 by default
 */
export function gumbelRao(options: { readonly tau?: number; readonly draws?: number } = {}): Estimator {
  const { tau = 1, draws: count = 10 } = checkOptions(options, ["tau", "draws"]);
  checkPositive("tau", tau);
  checkInteger("draws", count, 1);
  return straight("Gumbel-Rao", ({ source, samples }, factor, draws) => {
    const isOneHot = factor.kind === "one-hot";
    const [family, conditional] = isOneHot ? (["gumbel", gumbels] as const) : (["logistic", logistics] as const);
    // The noise is made in the backward pass and not kept: it is K times as large as the sample.
    return through(factor, draws, (core, add, logits) => {
      const y = core.allocate(draws.size);
      const soften = conditional(core, factor, draws, logits, Math.max(tau, LEAST_TAU));
      for (let k = 0; k < count; k++) {
        core.write(source.noise(factor, family, `conditional ${k}`, samples), y);
        soften(y);
        add(y, 1 / (Math.max(tau, LEAST_TAU) * count));
      }
    });
  });
}

type Conditional = (core: GraphCore, factor: Factor, draws: Tensor, logits: number, tau: number) => (y: number) => void;

/**
 * From Gumbel noise to softmax((logits + G) / tau), D being the argmax of logits + G: its largest is log Z + gumbel, whichever it is,
 * and the others are cut off there.
 * Maddison, Tarlow, Minka 2014, section 3; without the quotients that overflow in assembly/conditional.ts.
 */
const gumbels: Conditional = (core, factor, draws, logits, tau) => {
  const { kernels } = core;
  const cols = factor.eventSize;
  const rows = draws.size / cols;
  const [base, tops, peaks] = [core.allocate(draws.size), core.allocate(rows), core.allocate(rows)];
  kernels.logSumExpForward(tops, logits, core.allocate(cols), rows, cols, ...placeTau(core, 1));
  kernels.fill(peaks, Infinity, rows);
  core.move(base, logits, draws.size);
  const drawn = placesOf(draws);
  const temperature = placeTau(core, tau);
  for (const [row, place] of drawn.entries())
    core.floats[(base >>> 2) + place] = core.floats[(tops >>> 2) + row] as number;
  return (y) => {
    kernels.accumulate(y, base, 1, draws.size);
    const { floats } = core;
    for (const [row, place] of drawn.entries()) floats[(tops >>> 2) + row] = floats[(y >>> 2) + place] as number;
    kernels.conditionalShift(y, tops, peaks, rows, cols);
    for (const [row, place] of drawn.entries()) floats[(y >>> 2) + place] = floats[(tops >>> 2) + row] as number;
    kernels.softmaxForward(y, y, rows, cols, ...temperature);
  };
};

/**
 * The same for logistic noise l. With s = 1 where the draw is 1 and -1 where it is 0, logits + e given the draw is
 * s softplus(softplus(s logits) + l); the sigmoid of minus its size is computed, which has the same Jacobian and is exact near 0.
 */
const logistics: Conditional = (core, _, draws, logits, tau) => {
  const { kernels } = core;
  const { size } = draws;
  const [base, z] = [core.allocate(size), core.allocate(size)];
  const floats = core.floats;
  for (let i = 0; i < size; i++)
    floats[(z >>> 2) + i] = (2 * (floats[(draws.at >>> 2) + i] as number) - 1) * (floats[(logits >>> 2) + i] as number);
  kernels.softplusForward(base, z, size);
  return (y) => {
    kernels.accumulate(y, base, 1, size);
    kernels.softplusForward(y, y, size);
    kernels.fill(z, 0, size);
    kernels.accumulate(z, y, -1 / tau, size);
    kernels.sigmoidForward(y, z, size);
  };
};
