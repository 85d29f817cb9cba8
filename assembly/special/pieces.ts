import { COUNT, node, weight } from "./quadrature";

/**
 * Quadrature of functions that bend somewhere: Gauss-Legendre on equal pieces, short ones where f bends. f(x, w) adds what it
 * has at x, w times, to its own sums. With pieces shorter than the distance of the poles of f the error is that of rounding.
 */
type Term = (x: f64, w: f64) => void;

export function inPieces(f: Term, from: f64, to: f64, longest: f64): void {
  const pieces = Math.ceil((to - from) / longest);
  const width = (to - from) / pieces;
  for (let piece: f64 = 0; piece < pieces; piece++)
    for (let i: usize = 0; i < COUNT; i++) f(from + width * (piece + node(i)), width * weight(i));
}

/** Pieces of `short` within `reach` of `bend`, of `long` outside. */
export function inPiecesAround(f: Term, from: f64, to: f64, bend: f64, reach: f64, long: f64, short: f64): void {
  const a = Math.max(from, Math.min(bend - reach, to));
  const b = Math.max(from, Math.min(bend + reach, to));
  inPieces(f, from, a, long);
  inPieces(f, a, b, Math.min(short, long));
  inPieces(f, b, to, long);
}
