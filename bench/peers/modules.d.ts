/**
 * As much of the peers' types as the contestants use. Written down here, because the types are checked with the rest of the
 * repository, where the peers are not installed.
 */

declare module "@stdlib/random-array-gumbel" {
  const gumbel: { assign(mu: number, beta: number, out: Float32Array): Float32Array };
  export default gumbel;
}

declare module "@stdlib/random-array-normal" {
  const normal: { assign(mu: number, sigma: number, out: Float32Array): Float32Array };
  export default normal;
}

declare module "@tensorflow/tfjs-backend-wasm" {
  export function setThreadsCount(count: number): void;
}

declare module "@tensorflow/tfjs" {
  export interface Tensor {
    readonly shape: number[];
    dataSync(): Float32Array | Int32Array;
    dispose(): void;
  }
  export interface Scalar extends Tensor {
    readonly rank: "0";
  }
  export interface Variable extends Tensor {
    readonly trainable: boolean;
  }
  type Operand = Tensor | number;

  export const version: { readonly tfjs: string };
  export function setBackend(name: string): Promise<boolean>;
  export function tidy<T>(compute: () => T): T;
  export function dispose(tensors: Tensor | Tensor[]): void;
  export function tensor(values: Float32Array, shape: readonly number[]): Tensor;
  export function variable(initial: Tensor): Variable;
  export function zeros(shape: readonly number[]): Tensor;
  export function randomUniform(shape: readonly number[], least: number, most: number): Tensor;
  export function randomNormal(shape: readonly number[]): Tensor;
  export function multinomial(logits: Tensor, draws: number): Tensor;
  export function argMax(x: Tensor, axis: number): Tensor;
  export function add(a: Tensor, b: Operand): Tensor;
  export function sub(a: Tensor, b: Operand): Tensor;
  export function mul(a: Tensor, b: Operand): Tensor;
  export function div(a: Tensor, b: Operand): Tensor;
  export function neg(x: Tensor): Tensor;
  export function log(x: Tensor): Tensor;
  export function exp(x: Tensor): Tensor;
  export function relu(x: Tensor): Tensor;
  export function softplus(x: Tensor): Tensor;
  export function softmax(x: Tensor): Tensor;
  export function logSoftmax(x: Tensor): Tensor;
  export function sum(x: Tensor): Tensor;
  export function matMul(a: Tensor, b: Tensor): Tensor;
  export function reshape(x: Tensor, shape: readonly number[]): Tensor;
  export function grad(f: (x: Tensor) => Tensor): (x: Tensor, dy: Tensor) => Tensor;
  export function transpose(x: Tensor): Tensor;
  interface WithGradient {
    readonly value: Tensor;
    readonly gradFunc: (dy: Tensor, kept: Tensor[]) => Tensor[];
  }
  export type Save = (kept: Tensor[]) => void;
  export function customGrad(f: (x: Tensor, save: Save) => WithGradient): (x: Tensor) => Tensor;
  export function customGrad(f: (a: Tensor, b: Tensor, save: Save) => WithGradient): (a: Tensor, b: Tensor) => Tensor;
  export const train: {
    adam(rate: number): {
      minimize(loss: () => Scalar, returnCost: boolean, variables: Variable[]): Scalar | null;
      dispose(): void;
    };
  };
}

declare module "@jax-js/jax" {
  export interface Array {
    readonly ref: Array;
    add(x: Array): Array;
    mul(x: Array): Array;
    div(x: number): Array;
    sum(): Array;
    reshape(shape: number[]): Array;
    dataSync(): Float32Array | Int32Array;
    dispose(): void;
  }
  export type Jit<A extends readonly Array[]> = (...args: A) => Array;

  export const numpy: {
    array(values: Float32Array): Array;
    matmul(a: Array, b: Array): Array;
  };
  export const nn: { softmax(x: Array): Array };
  export const random: {
    key(seed: number): Array;
    gumbel(key: Array, shape: number[]): Array;
    normal(key: Array, shape: number[]): Array;
    categorical(key: Array, logits: Array): Array;
  };
  export function jit<A extends readonly Array[]>(f: (...args: A) => Array): Jit<A>;
  export function grad(f: (x: Array) => Array): (x: Array) => Array;
  export function blockUntilReady(x: Array): Promise<Array>;
}
