import { ArgumentError, checkFinite, checkOptions, describe, ShapeError } from "../../core/index.ts";
import { expand, sameShape, show, Tensor } from "../../graph/extend.ts";
import { reshape, type Shape } from "../../graph/index.ts";
import type { Credit } from "../credit.ts";
import { type Learner, learnAfterStep, type Memory, Numbers } from "../memory.ts";
import type { Problem } from "../problem.ts";

/** What is subtracted from costs before they weigh the score: anything that does not depend on the sample. */
export interface Baseline {
  /** What it remembers from step to step; absent from one that remembers nothing. */
  readonly memory?: Memory;
  /** @internal For costs [samples, rows]: a number for each row, and what trains it. */
  of(
    problem: Problem,
    costs: Float32Array,
  ): { readonly values: ArrayLike<number>; readonly credits: readonly Credit[] };
}

/** A number; one that remembers; or a tensor of the step, one number or one for each row, which is trained along. */
export type BaselineOption = number | Baseline | Tensor | (() => Tensor);

export function checkBaseline(option: BaselineOption): Baseline {
  if (typeof option === "number") return constant(checkFinite("baseline", option));
  if (option instanceof Tensor) return learned(() => option);
  if (typeof option === "function") return learned(option);
  if (typeof option?.of === "function") return option;
  throw new ArgumentError(
    "baseline",
    "a number, a tensor, a function that gives one, or movingAverage()",
    describe(option),
  );
}

const constant = (value: number): Baseline => ({
  of: ({ rows }) => ({ values: new Float64Array(rows).fill(value), credits: [] }),
});

/**
 * The mean of the costs of earlier estimates, of which one that lies t back counts decay^t; 0 before the first. The cost at hand is
 * not in it: with that, the gradient of a single sample would come out (1 - decay) too small.
 *
 * @param options `decay`: from 0 to below 1, 0.9 by default
 */
export function movingAverage(options: { readonly decay?: number } = {}): Baseline {
  const { decay = 0.9 } = checkOptions(options, ["decay"]);
  const average = new Average(decay);
  return {
    memory: average,
    of({ rows }, costs) {
      const value = average.value;
      const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
      learnAfterStep(average, [mean]);
      return { values: new Float64Array(rows).fill(value), credits: [] };
    },
  };
}

/** An exponentially weighted mean whose weights add up to 1 from the first value on. */
export class Average extends Numbers<"sum" | "weight"> implements Learner {
  readonly learners: readonly Learner[] = [this];
  readonly decay: number;

  constructor(decay: number) {
    if (!(decay >= 0 && decay < 1)) throw new ArgumentError("decay", "a number from 0 to below 1", describe(decay));
    super({ sum: 0, weight: 0 });
    this.decay = decay;
  }

  /** 0 before the first. */
  get value(): number {
    const { sum, weight } = this.values;
    return weight === 0 ? 0 : sum / weight;
  }

  learn([value]: readonly [number] | readonly number[]): void {
    this.add(value as number);
  }

  add(value: number): void {
    const { decay, values } = this;
    values.sum = decay * values.sum + (1 - decay) * value;
    values.weight = decay * values.weight + (1 - decay);
  }
}

/**
 * A function of what the sample does not depend on, trained to meet the costs: its squared error, averaged over samples and times
 * the size of the gradient from above, is minimized along by the same backward pass.
 */
function learned(predict: () => Tensor): Baseline {
  return {
    of({ rows, shape, samples }, costs) {
      const prediction = checkPrediction(predict(), shape);
      const single = prediction.size === 1;
      const values = prediction.toArray();
      const weights = new Float64Array(rows);
      for (let i = 0; i < costs.length; i++) {
        const row = i % rows;
        (weights[row] as number) += (2 / samples) * ((values[single ? 0 : row] as number) - (costs[i] as number));
      }
      return {
        values: single ? new Float64Array(rows).fill(values[0] as number) : values,
        credits: [
          {
            of: single && rows > 1 ? expand(reshape(prediction, [1]), [rows]) : prediction,
            n: 1,
            weights,
            unsigned: true,
          },
        ],
      };
    },
  };
}

function checkPrediction(prediction: unknown, rows: Shape): Tensor {
  if (!(prediction instanceof Tensor)) throw new ArgumentError("baseline", "a tensor", describe(prediction));
  // [rows, 1], as a linear map gives it, is as good as [rows].
  const squeezed = (shape: Shape): Shape => shape.filter((n) => n > 1);
  if (prediction.size === 1 || sameShape(squeezed(prediction.shape), squeezed(rows))) return prediction;
  throw new ShapeError("baseline", `one number, or one for each row, ${show(rows)}`, show(prediction.shape));
}
