import { type Core, checkOptions, checkTau, type Floats } from "../core/index.ts";
import { placeTau } from "../relax/index.ts";
import { asRows } from "./shape.ts";
import { apply, checkTensor, into } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/** Of `softmax`, `logSoftmax` and `logSumExp`. */
export interface TauOptions {
  /** Temperature, above 0: one for all rows or one for each; 1 by default. */
  readonly tau?: number | Floats;
}

function rowsWithTau(
  x: Tensor,
  options: TauOptions,
): { rows: number; cols: number; leading: readonly number[]; place: (core: Core) => [number, number] } {
  const { tau = 1 } = checkOptions(options, ["tau"]);
  checkTensor("x", x);
  const { rows, cols, leading } = asRows("x", x.shape);
  const temperature = checkTau(tau, rows);
  return { rows, cols, leading, place: (core) => placeTau(core, temperature) };
}

/** softmax(x / tau) over the last dimension. NaN, +Infinity or nothing but -Infinity in a row gives a row of NaN. */
export function softmax(x: Tensor, options: TauOptions = {}): Tensor {
  const { rows, cols, place } = rowsWithTau(x, options);
  return apply({
    name: "softmax",
    inputs: { x },
    shape: x.shape,
    forward: (core, y) => core.kernels.softmaxForward(y, x.at, rows, cols, ...place(core)),
    backward: (core, dy, y) => into(x, (dx) => core.kernels.softmaxBackward(dx, y, dy, rows, cols, ...place(core))),
  });
}

/** log softmax(x / tau) over the last dimension. */
export function logSoftmax(x: Tensor, options: TauOptions = {}): Tensor {
  const { rows, cols, place } = rowsWithTau(x, options);
  return apply({
    name: "logSoftmax",
    inputs: { x },
    shape: x.shape,
    forward: (core, y) => core.kernels.logSoftmaxForward(y, x.at, rows, cols, ...place(core)),
    backward: (core, dy, y) => into(x, (dx) => core.kernels.logSoftmaxBackward(dx, y, dy, rows, cols, ...place(core))),
  });
}

/** log of the sum of exp(x / tau) over the last dimension, which disappears. */
export function logSumExp(x: Tensor, options: TauOptions = {}): Tensor {
  const { rows, cols, leading, place } = rowsWithTau(x, options);
  return apply({
    name: "logSumExp",
    inputs: { x },
    shape: leading,
    forward: (core, y) => core.kernels.logSumExpForward(y, x.at, core.allocate(cols), rows, cols, ...place(core)),
    backward: (core, dy) =>
      into(x, (dx) => core.kernels.logSumExpBackward(dx, x.at, dy, core.allocate(cols), rows, cols, ...place(core))),
  });
}
