import { sigmoid, type Tensor, tensor } from "../../graph/index.ts";
import type { Credit } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import { even, meanOf, type Problem } from "../problem.ts";
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
      const { factors, samples, draws } = problem;
      const opposite = factors.map((factor) => antithetic(problem, factor));
      const [f, g] = [problem.evaluate(draws), problem.evaluate(opposite)];
      const [atDraws, atOpposite] = [f.toArray(), g.toArray()];
      const difference = Float64Array.from(atDraws, (each, i) => each - (atOpposite[i] as number));
      return {
        value: meanOf(f),
        credits: [
          ...[f, g].map((of) => ({ of, n: samples, weights: even(of, 0.5 / samples) })),
          ...factors.map((factor, i): Credit => {
            const [b, c] = [draws[i]?.toArray(), opposite[i]?.toArray()] as [Float32Array, Float32Array];
            const p = sigmoid(factor.logits).toArray();
            const width = problem.width(factor);
            const weights = new Float64Array(factor.size);
            for (let j = 0; j < b.length; j++) {
              const variable = j % factor.size;
              const likelier = Math.max(p[variable] as number, 1 - (p[variable] as number));
              (weights[variable] as number) +=
                ((difference[Math.floor(j / width)] as number) * ((b[j] as number) - (c[j] as number)) * likelier) /
                (2 * samples);
            }
            return { of: factor.logits, n: 1, weights };
          }),
        ],
      };
    },
  };
}

/** 1[logits - e > 0], the draws being 1[logits + e > 0]. */
export function antithetic({ source, samples }: Problem, factor: Factor): Tensor {
  const noise = source.noise(factor, "logistic", "", samples);
  const logits = factor.logits.toArray();
  const opposite = noise.map((e, i) => ((logits[i % factor.size] as number) > e ? 1 : 0));
  return tensor(opposite, [samples, ...factor.shape]);
}
