import {
  checkBoolean,
  checkFloats,
  checkLength,
  checkOptions,
  checkOut,
  checkTau,
  core,
  type Floats,
} from "../core/index.ts";
import { checkKey, type Key } from "../random/index.ts";
import { asMatrix, checkLogits, placeTau, refuseLogits } from "./logits.ts";
import { perturb } from "./perturb.ts";
import type { SoftmaxOptions } from "./softmax.ts";

/** Of `gumbelSoftmax`: a softmax with noise. */
export interface GumbelSoftmaxOptions extends SoftmaxOptions {
  /** Exactly 0 and 1 instead of the relaxed sample; of equal scores the lowest index wins. */
  readonly hard?: boolean;
  /** Number of the first noise element: row r, category k uses element offset + r cols + k of `gumbel(key)`. */
  readonly offset?: number;
}

/**
 * A sample of the Concrete (Gumbel-Softmax) distribution in each row: softmax((logits + gumbel(key)) / tau).
 * Its argmax, and so the `hard` sample, has the law softmax(logits) at every temperature and is what `categorical` draws.
 *
 * Jang, Gu, Poole 2017, eq. 2; Maddison, Mnih, Teh 2017, eq. 10.
 * @param logits [rows × cols], row-major; -Infinity for an absent category (never drawn)
 * @returns [rows × cols], rows on the simplex
 * @throws KeyError; ArgumentError (NaN, +Infinity, a row of -Infinity, tau not above 0); ShapeError (cols, out, tau)
 */
export function gumbelSoftmax(key: Key, logits: Floats, options: GumbelSoftmaxOptions = {}): Float32Array {
  const { tau = 1, hard = false, offset = 0, out } = checkOptions(options, ["cols", "tau", "hard", "offset", "out"]);
  const noise = checkKey(key);
  const { x, rows, cols } = asMatrix("logits", logits, options.cols);
  const temperature = checkTau(tau, rows);
  checkBoolean("hard", hard);
  if (out !== undefined) checkOut(out, "Float32Array", x.length, [x]);
  const shared = core();
  return shared.scoped(() => {
    const z = perturb(shared, noise, { offset }, x.length, (at) => shared.write(x, at));
    const y = hard ? shared.allocate(x.length) : z;
    const [at, step] = placeTau(shared, temperature);
    // What is wrong with the logits shows in their softmax; only then are they looked through.
    if (hard) checkLogits(shared, z, rows, cols);
    else if (!shared.kernels.softmaxForward(y, z, rows, cols, at, step))
      refuseLogits(shared, shared.place(x), rows, cols);
    if (hard) shared.kernels.selectOneHot(y, z, rows, cols);
    return shared.copyTo(out, y, x.length);
  });
}

/**
 * The gradient of a loss with respect to the logits, from the relaxed samples y and the gradient g with respect to them:
 * y (g - <y, g>) / tau, row by row. The noise is a constant, so it does not appear: all it did is in y.
 *
 * @param samples y, [rows × cols], as `gumbelSoftmax` gave them (soft ones; for the straight-through gradient of a hard
 *   sample pass the soft sample of the same key)
 * @param upstream g, [rows × cols]
 * @param options `out`, when given, is *added into*: gradients accumulate
 * @throws ArgumentError, ShapeError
 */
export function gumbelSoftmaxGrad(samples: Floats, upstream: Floats, options: SoftmaxOptions = {}): Float32Array {
  const { tau = 1, out } = checkOptions(options, ["cols", "tau", "out"]);
  const { x: y, rows, cols } = asMatrix("samples", samples, options.cols);
  const dy = checkFloats("upstream", upstream);
  checkLength("upstream", dy.length, y.length, "samples");
  const temperature = checkTau(tau, rows);
  if (out !== undefined) checkOut(out, "Float32Array", y.length, [y, dy]);
  const shared = core();
  return shared.scoped(() => {
    const dx = shared.place(out ?? new Float32Array(y.length));
    shared.kernels.softmaxBackward(dx, shared.place(y), shared.place(dy), rows, cols, ...placeTau(shared, temperature));
    return shared.copyTo(out, dx, y.length);
  });
}
