import { foldIn, type Key, key, normal, split, uniform } from "reparam";

/** Everything the benchmarks compute on is made from this seed: never zeros or constants, which flatter branches and caches. */
const root = key(20_170_424);

/** The key of the draws that are measured. */
export const noise = foldIn(root, 0);

const KEYS = 256;

/** Another key a call, in turn: the branches a draw takes depend on its noise, and a processor learns those of a single key. */
export function keys(): () => Key {
  const all = split(noise, KEYS);
  let calls = 0;
  return () => all[calls++ % KEYS];
}

/** Logits as a network gives them: normal, of standard deviation 2. */
export const logits = (length: number): Float32Array => normal(foldIn(root, 1), length).map((z) => 2 * z);

export const gradients = (length: number): Float32Array => normal(foldIn(root, 2), length).map((z) => 0.01 * z);

/** In (0, 1): pixels, and arguments of logarithms. */
export const pixels = (length: number): Float32Array => uniform(foldIn(root, 3), length);

/** The rows of a matrix as the arrays of numbers that naive code works on. */
export const rowsOf = (matrix: Float32Array, cols: number): number[][] =>
  Array.from({ length: matrix.length / cols }, (_, row) => [...matrix.subarray(row * cols, (row + 1) * cols)]);
