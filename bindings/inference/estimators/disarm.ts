import { sigmoid, type Tensor, tensor } from "../../graph/index.ts";
import type { Credit, Estimated } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import { evenly, meanOf, type Problem } from "../problem.ts";
import { onlyBinary } from "./accept.ts";

/**
 * (f(b) - f(b')) (b - b') sigmoid(|logits|) / 2 for each binary variable, with antithetic samples b = 1[logits + e > 0] and
 * b' = 1[logits - e > 0] of the same logistic noise e: two evaluations, unbiased, no derivative. The same as U2G. Without variance for
 * a single variable at p = 1/2.
 *
 * Dong, Mnih, Tucker 2020, "DisARM", eq. 9; Yin, Ho, Yan, Qian, Zhou 2020 (U2G).
 */
export function disarm(): Estimator {
  return {
    name: "DisARM",
    unbiased: true,
    differentiates: false,
    refuses: onlyBinary,
    estimate(problem) {
      const { factors, draws } = problem;
      const opposite = factors.map((factor) => antithetic(problem, factor));
      const slopes = factors.map((factor, i) => {
        const [b, c] = [draws[i]?.toArray(), opposite[i]?.toArray()] as [Float32Array, Float32Array];
        const likelier = new Float64Array(sigmoid(factor.logits).toArray()).map((p) => Math.max(p, 1 - p) / 2);
        const slope = new Float64Array(b.length);
        for (let j = 0; j < b.length; )
          for (let v = 0; v < likelier.length; v++, j++)
            slope[j] = ((b[j] as number) - (c[j] as number)) * (likelier[v] as number);
        return slope;
      });
      return paired(problem, opposite, slopes);
    },
  };
}

/** 1[logits - e > 0], the draws being 1[logits + e > 0]. */
export function antithetic({ source, samples }: Problem, factor: Factor): Tensor {
  const noise = source.noise(factor, "logistic", "", samples);
  const logits = factor.logits.toArray();
  const opposite = new Float32Array(noise.length);
  for (let j = 0; j < noise.length; )
    for (let v = 0; v < logits.length; v++, j++) opposite[j] = (logits[v] as number) > (noise[j] as number) ? 1 : 0;
  return tensor(opposite, [samples, ...factor.shape]);
}

/** Gradients (f(draw) - f(partner)) slope, with slopes of each factor [samples, ...shape of its logits]. */
export function paired(problem: Problem, partners: readonly Tensor[], slopes: readonly ArrayLike<number>[]): Estimated {
  const { factors, samples, draws } = problem;
  const [f, g] = [problem.evaluate(draws), problem.evaluate(partners)];
  const atPartners = g.toArray();
  const difference = new Float64Array(f.toArray()).map((each, i) => each - (atPartners[i] as number));
  return {
    value: meanOf(f),
    credits: [
      ...[f, g].map((of) => evenly(of, 0.5)),
      ...factors.map(({ logits: of }, i): Credit => {
        const slope = slopes[i] as ArrayLike<number>;
        const width = of.size / problem.rows;
        const weights = new Float64Array(of.size);
        for (let j = 0, cost = 0; j < slope.length; )
          for (let v = 0; v < of.size; cost++) {
            const each = (difference[cost] as number) / samples;
            for (const end = v + width; v < end; v++, j++) (weights[v] as number) += each * (slope[j] as number);
          }
        return { of, n: 1, weights };
      }),
    ],
  };
}
