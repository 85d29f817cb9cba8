import type { Core } from "../core/index.ts";
import { addressOf, type Key } from "../random/index.ts";

/**
 * z = logits + gumbel(key), elements `offset` on of one of the key's independent draws (`gumbel` gives draw 0), of `length`
 * logits that `write` puts into wasm memory.
 * Noise comes in blocks of four, so z starts `offset mod 4` floats into its first block.
 *
 * @returns the address of z: temporary memory of the enclosing scope
 */
export function perturb(
  core: Core,
  { hi, lo }: Key,
  { offset = 0, draw = 0 }: { readonly offset?: number; readonly draw?: number },
  length: number,
  write: (at: number) => void,
): number {
  const { shift, low, high, blocks } = addressOf(offset, length);
  const base = core.allocate(length + 16);
  const z = base + 4 * shift;
  write(z);
  core.kernels.gumbelPerturb(base, base, blocks, lo, hi, low, high, draw);
  return z;
}
