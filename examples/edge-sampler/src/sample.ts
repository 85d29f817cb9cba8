import { categorical, foldIn, key, logSumExp, topK } from "reparam";
import { filter } from "./filter.ts";
import type { Settings } from "./settings.ts";

export interface Sample {
  readonly token: number;
  /** Natural logarithm of its probability in the distribution drawn from. */
  readonly logprob: number;
  /** Tokens that the filters left. */
  readonly candidates: number;
}

/**
 * One token, by the Gumbel-max trick: every token of the vocabulary has its own noise, whatever the filters leave out.
 * @param logits written to
 */
export function sample(logits: Float32Array, settings: Settings): Sample {
  const candidates = filter(logits, settings);
  const [token] = categorical(noiseKey(settings), logits);
  return { token, logprob: Math.fround(logits[token] - logSumExp(logits)[0]), candidates };
}

export interface Draws {
  /** Different tokens, in the order drawn; fewer than asked for when the filters left fewer. */
  readonly tokens: number[];
  readonly logprobs: number[];
  /** logprob + Gumbel noise, decreasing: what the estimators of Kool et al. 2019 need. */
  readonly scores: number[];
  readonly candidates: number;
}

/**
 * Draws without replacement, by Gumbel-top-k (Kool, van Hoof, Welling 2019); the first is the token of `sample`.
 * @param logits written to
 */
export function draws(logits: Float32Array, settings: Settings): Draws {
  const candidates = filter(logits, settings);
  const drawn = topK(noiseKey(settings), logits, { k: Math.min(settings.draws, candidates) });
  const [total] = logSumExp(logits);
  const tokens = [...drawn.indices];
  return {
    tokens,
    logprobs: tokens.map((token) => Math.fround(logits[token] - total)),
    scores: Array.from(drawn.scores, (score) => Math.fround(score - total)),
    candidates,
  };
}

const noiseKey = ({ seed, position }: Settings) => foldIn(key(seed), position);
