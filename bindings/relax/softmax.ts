import { type Core, checkOptions, checkOut, checkTau, core, type Floats } from "../core/index.ts";
import { asMatrix, placeTau, refuseLogits } from "./logits.ts";

/** How an array is cut into rows, the temperature, and where the result goes. */
export interface SoftmaxOptions {
  /** Categories of a row; all of them by default. */
  readonly cols?: number;
  /** Temperature, above 0: one for all rows or one for each; 1 by default. */
  readonly tau?: number | Floats;
  /** Where to put the result; it must not overlap an input. */
  readonly out?: Float32Array;
}

/** @returns whether all rows have a softmax */
type Kernel = (core: Core, out: number, x: number, rows: number, cols: number, tau: number, tauStep: number) => boolean;

function apply(logits: Floats, options: SoftmaxOptions, perRow: boolean, kernel: Kernel): Float32Array {
  const { tau = 1, out } = checkOptions(options, ["cols", "tau", "out"]);
  const { x, rows, cols } = asMatrix("logits", logits, options.cols);
  const temperature = checkTau(tau, rows);
  const length = perRow ? rows : x.length;
  if (out !== undefined) checkOut(out, "Float32Array", length, [x]);
  const shared = core();
  return shared.scoped(() => {
    const from = shared.place(x);
    const to = shared.allocate(length);
    const [at, step] = placeTau(shared, temperature);
    if (!kernel(shared, to, from, rows, cols, at, step)) refuseLogits(shared, from, rows, cols);
    return shared.copyTo(out, to, length);
  });
}

/**
 * exp(logits / tau) / sum over each row of `cols` categories.
 * Within 4e-7 relative of the exact value wherever that is above 1e-30.
 *
 * @param logits [rows × cols], row-major; -Infinity for an absent category (exactly 0 in the result)
 * @returns [rows × cols]
 * @throws ArgumentError (NaN, +Infinity, a row of -Infinity, tau not above 0), ShapeError (cols, out, tau of the wrong size)
 */
export function softmax(logits: Floats, options: SoftmaxOptions = {}): Float32Array {
  return apply(logits, options, false, ({ kernels }, ...args) => kernels.softmaxForward(...args));
}

/** log softmax(logits / tau), computed in log space: small probabilities stay exact. Arguments and errors as `softmax`. */
export function logSoftmax(logits: Floats, options: SoftmaxOptions = {}): Float32Array {
  return apply(logits, options, false, ({ kernels }, ...args) => kernels.logSoftmaxForward(...args));
}

/**
 * log of the sum of exp(logits / tau) over each row: [rows], the same in any order of the row. ±Infinity where logits / tau is beyond
 * float32. Arguments and errors as `softmax`.
 */
export function logSumExp(logits: Floats, options: SoftmaxOptions = {}): Float32Array {
  return apply(logits, options, true, (shared, out, x, rows, cols, tau, tauStep) =>
    shared.kernels.logSumExpForward(out, x, shared.allocate(cols), rows, cols, tau, tauStep),
  );
}
