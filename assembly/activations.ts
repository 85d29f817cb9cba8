import { exp } from "./exp";
import { log } from "./log";
import { sigmoid, softplus } from "./sigmoid";
import { tanh } from "./tanh";
import { add, and, div, lessThan, load, max, mul, size, splat, store, sub } from "./lanes";

/**
 * Functions of one variable, y = f(x), and their gradients, dx += dy f'(x).
 * y, x, dx, dy: f32[n], each with room for a multiple of 4 elements. y may equal x.
 */

const enum Fn {
  Relu,
  Tanh,
  Sigmoid,
  Softplus,
  Exp,
  Log,
}

@inline
function forward<V>(f: Fn, y: usize, x: usize, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>()) {
    const v = load<V>(x + i);
    if (f == Fn.Relu) store<V>(y + i, max<V>(v, splat<V>(0)));
    else if (f == Fn.Tanh) store<V>(y + i, tanh<V>(v));
    else if (f == Fn.Sigmoid) store<V>(y + i, sigmoid<V>(v));
    else if (f == Fn.Softplus) store<V>(y + i, softplus<V>(v));
    else if (f == Fn.Exp) store<V>(y + i, exp<V>(v));
    else store<V>(y + i, log<V>(v));
  }
}

/** `from` is y or x, whichever the derivative is written in. */
@inline
function backward<V>(f: Fn, dx: usize, from: usize, dy: usize, n: usize): void {
  const one = splat<V>(1);
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>()) {
    const v = load<V>(from + i);
    const d = load<V>(dy + i);
    let g: V;
    if (f == Fn.Relu) g = and<V>(d, lessThan<V>(splat<V>(0), v));
    else if (f == Fn.Tanh) g = mul<V>(d, mul<V>(sub<V>(one, v), add<V>(one, v)));
    else if (f == Fn.Sigmoid) g = mul<V>(d, mul<V>(v, sub<V>(one, v)));
    else if (f == Fn.Softplus) g = mul<V>(d, sigmoid<V>(v));
    else if (f == Fn.Exp) g = mul<V>(d, v);
    else g = div<V>(d, v);
    store<V>(dx + i, add<V>(load<V>(dx + i), g));
  }
}

@inline
function dispatchForward(f: Fn, y: usize, x: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) forward<v128>(f, y, x, n);
  else forward<f32>(f, y, x, n);
}

@inline
function dispatchBackward(f: Fn, dx: usize, from: usize, dy: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) backward<v128>(f, dx, from, dy, n);
  else backward<f32>(f, dx, from, dy, n);
}

/** y = max(x, 0) */
export function reluForward(y: usize, x: usize, n: usize): void {
  dispatchForward(Fn.Relu, y, x, n);
}

/** dx += dy [y > 0] */
export function reluBackward(dx: usize, y: usize, dy: usize, n: usize): void {
  dispatchBackward(Fn.Relu, dx, y, dy, n);
}

/** y = tanh x */
export function tanhForward(y: usize, x: usize, n: usize): void {
  dispatchForward(Fn.Tanh, y, x, n);
}

/** dx += dy (1 - y) (1 + y) */
export function tanhBackward(dx: usize, y: usize, dy: usize, n: usize): void {
  dispatchBackward(Fn.Tanh, dx, y, dy, n);
}

/** y = 1 / (1 + exp(-x)) */
export function sigmoidForward(y: usize, x: usize, n: usize): void {
  dispatchForward(Fn.Sigmoid, y, x, n);
}

/** dx += dy y (1 - y) */
export function sigmoidBackward(dx: usize, y: usize, dy: usize, n: usize): void {
  dispatchBackward(Fn.Sigmoid, dx, y, dy, n);
}

/** y = log(1 + exp(x)) */
export function softplusForward(y: usize, x: usize, n: usize): void {
  dispatchForward(Fn.Softplus, y, x, n);
}

/** dx += dy sigmoid(x) */
export function softplusBackward(dx: usize, x: usize, dy: usize, n: usize): void {
  dispatchBackward(Fn.Softplus, dx, x, dy, n);
}

/** y = exp x */
export function expForward(y: usize, x: usize, n: usize): void {
  dispatchForward(Fn.Exp, y, x, n);
}

/** dx += dy y */
export function expBackward(dx: usize, y: usize, dy: usize, n: usize): void {
  dispatchBackward(Fn.Exp, dx, y, dy, n);
}

/** y = log x */
export function logForward(y: usize, x: usize, n: usize): void {
  dispatchForward(Fn.Log, y, x, n);
}

/** dx += dy / x */
export function logBackward(dx: usize, x: usize, dy: usize, n: usize): void {
  dispatchBackward(Fn.Log, dx, x, dy, n);
}
