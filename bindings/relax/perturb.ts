import type { Core } from "../core/index.ts";
import { addressOf, type Key } from "../random/index.ts";
import { forEachRun, type Matrix } from "./logits.ts";

/**
 * z = logits + gumbel(key), elements `offset` on, of `length` logits that `write` puts into wasm memory.
 * Noise comes in blocks of four, so z starts `offset mod 4` floats into its first block.
 *
 * @returns the address of z: temporary memory of the enclosing scope
 */
export function perturb(
  core: Core,
  { hi, lo }: Key,
  offset: number,
  length: number,
  write: (at: number) => void,
): number {
  const { shift, low, high, blocks } = addressOf(offset, length);
  const base = core.allocate(length + 16);
  const z = base + 4 * shift;
  write(z);
  core.kernels.gumbelPerturb(base, base, blocks, lo, hi, low, high);
  return z;
}

/** The kernel adds noise to whole groups of this many elements. */
const GROUP = 16;

/**
 * The same for a matrix, a few rows at a time: `body` gets them, perturbed, while they are in the cache.
 *
 * @param body takes the address of row `first` of z and the number of rows from there on that are ready
 * @returns the address of z
 */
export function perturbRows(
  core: Core,
  { hi, lo }: Key,
  offset: number,
  matrix: Matrix,
  body: (at: number, first: number, count: number) => void,
): number {
  const { x, cols } = matrix;
  const { shift } = addressOf(offset, x.length);
  const base = core.allocate(x.length + GROUP);
  const z = base + 4 * shift;
  let done = -shift;
  forEachRun(matrix, (first, count) => {
    const wanted = (first + count) * cols;
    const end = Math.min(x.length, Math.ceil((shift + wanted) / GROUP) * GROUP - shift);
    const start = Math.max(done, 0);
    core.floats.set(start === 0 && end === x.length ? x : x.subarray(start, end), (z >>> 2) + start);
    const { low, high, blocks } = addressOf(offset + done, end - done);
    const at = z + 4 * done;
    core.kernels.gumbelPerturb(at, at, blocks, lo, hi, low, high);
    done = end;
    body(z + 4 * first * cols, first, count);
  });
  return z;
}
