import { checkPositive } from "../core/index.ts";
import { checkParameters, type Parameters } from "./tensor.ts";

/**
 * Scales all gradients so that their joint Euclidean norm is at most `maxNorm`. A norm that is no finite number is returned
 * and nothing is scaled: there is no direction left to keep.
 * @returns the norm before
 */
export function clipGradients(parameters: Parameters, maxNorm: number): number {
  const named = checkParameters(parameters);
  checkPositive("maxNorm", maxNorm);
  const squares = named.map(([, { core, gradient, size }]) => core.kernels.sumOfSquares(gradient, size));
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  if (norm > maxNorm && norm < Infinity)
    for (const [, { core, gradient, size }] of named) core.kernels.scale(gradient, gradient, maxNorm / norm, size);
  return norm;
}
