import { add, logSoftmax, mul, softplus, sub, type Tensor, tensor } from "../../graph/index.ts";
import type { Factor } from "../factor.ts";
import type { Problem } from "../problem.ts";
import { noiseOf } from "../source.ts";
import { soft } from "./through.ts";

/** The z of which the draws are made, and another z that gives the same draws. */
export interface Pair {
  readonly z: Tensor;
  readonly again: Tensor;
}

/** Of logits [samples, ...shape]. */
export type Latents = (logits: Tensor) => Pair;

/**
 * Continuous variables behind discrete ones: z = logits + noise, and z given the draws, a function of the logits and of independent
 * noise ("conditional"). Both have the same law, and the draw is 1[z > 0], or the argmax.
 */
export const latentsOf = (problem: Problem, factor: Factor, draws: Tensor): Latents =>
  (factor.kind === "one-hot" ? gumbels : logistics)(problem, factor, draws);

/**
 * With s = 2 b - 1 and logistic e: s softplus(s e + softplus(s logits)), which is logits + logit v' for v' = v p + 1 - p if b = 1 and
 * v (1 - p) if not, v = sigmoid(e) (Tucker et al. 2017, appendix; Grathwohl et al. 2018, appendix B), without 1 - p in it.
 */
function logistics({ source, samples }: Problem, factor: Factor, draws: Tensor): Latents {
  const e = noiseOf(source, factor, "logistic", "", samples);
  const signs = tensor(
    draws.toArray().map((b) => 2 * b - 1),
    draws.shape,
  );
  const signed = mul(signs, noiseOf(source, factor, "logistic", "conditional", samples));
  return (logits) => ({
    z: add(logits, e),
    again: mul(signs, softplus(add(signed, softplus(mul(signs, logits))))),
  });
}

/**
 * With l = log softmax(logits) and Gumbel noise g, the drawn one i is the largest of all, g_i, and any other g_i - softplus(g_i - l_j - g_j),
 * the stable form of -log(E_j / p_j + E_i) for exponential E = exp(-g) (Maddison, Mnih, Teh 2017; Grathwohl et al. 2018, appendix B).
 */
function gumbels({ source, samples }: Problem, factor: Factor, draws: Tensor): Latents {
  const g = noiseOf(source, factor, "gumbel", "", samples);
  const other = noiseOf(source, factor, "gumbel", "conditional", samples);
  const cols = factor.eventSize;
  const [drawn, noise] = [draws.toArray(), other.toArray()];
  const largest = new Float32Array(drawn.length);
  for (let row = 0; row < drawn.length; row += cols) {
    const i = drawn.subarray(row, row + cols).indexOf(1);
    largest.fill(noise[row + i] as number, row, row + cols);
  }
  const top = tensor(largest, draws.shape);
  const rest = tensor(
    drawn.map((d) => 1 - d),
    draws.shape,
  );
  return (logits) => {
    const logs = logSoftmax(logits);
    const below = softplus(sub(top, add(logs, other)));
    return { z: add(logs, g), again: sub(top, mul(rest, below)) };
  };
}

/** The probabilities: the mean of a sample. */
export const probsOf = (factor: Factor): Tensor => soft(factor, factor.logits, 1);
