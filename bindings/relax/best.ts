import type { Core } from "../core/index.ts";
import { addressOf, type Key } from "../random/index.ts";

/** Elements after the logits that `gumbelTopK` may read; it reads up to three before them. */
export const ROOM = 16;

/**
 * The k largest of logits + gumbel among those above `bound`, best first: their positions and scores, in wasm memory. The noise
 * is that of elements `offset` on, of one of the key's draws.
 * @returns how many there are; -1 if a logit is +Infinity, or NaN
 */
export function bestOf(
  core: Core,
  { hi, lo }: Key,
  offset: number,
  logits: { readonly at: number; readonly length: number },
  to: { readonly indices: number; readonly scores: number; readonly k: number },
  { draw = 0, bound = -Infinity }: { readonly draw?: number; readonly bound?: number } = {},
): number {
  const { shift, low, high } = addressOf(offset, logits.length);
  const { gumbelTopK } = core.kernels;
  return gumbelTopK(to.indices, to.scores, logits.at, logits.length, to.k, shift, lo, hi, low, high, draw, bound);
}
