import { apply, checkTensor, into } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

type Name = "relu" | "tanh" | "sigmoid" | "softplus" | "exp" | "log";

/** `from` is what the derivative is written in: the result y or the argument x. */
function activation(name: Name, from: "x" | "y", x: Tensor): Tensor {
  checkTensor("x", x);
  return apply({
    name,
    inputs: { x },
    shape: x.shape,
    forward: ({ kernels }, out) => kernels[`${name}Forward`](out, x.at, x.size),
    backward: ({ kernels }, dy, y) =>
      into(x, (dx) => kernels[`${name}Backward`](dx, from === "x" ? x.at : y, dy, x.size)),
  });
}

/** max(x, 0); the derivative at 0 is 0. */
export const relu = (x: Tensor): Tensor => activation("relu", "y", x);

/** tanh x */
export const tanh = (x: Tensor): Tensor => activation("tanh", "y", x);

/** 1 / (1 + exp(-x)) */
export const sigmoid = (x: Tensor): Tensor => activation("sigmoid", "y", x);

/** log(1 + exp(x)) */
export const softplus = (x: Tensor): Tensor => activation("softplus", "x", x);

/** exp x */
export const exp = (x: Tensor): Tensor => activation("exp", "y", x);

/** log x: -Infinity at 0, NaN below. */
export const log = (x: Tensor): Tensor => activation("log", "x", x);
