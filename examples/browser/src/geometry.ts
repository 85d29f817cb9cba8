import type { Triple } from "./statistics.ts";

/** Height of an equilateral triangle of side 1. */
export const HEIGHT = Math.sqrt(3) / 2;

/** Where the triangle lies, in CSS pixels: A on top, B on the left, C on the right. */
export interface Triangle {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** Room for the names of the corners. */
const MARGIN = { side: 46, top: 28, bottom: 44 } as const;

export const triangleIn = (width: number): Triangle => ({
  left: MARGIN.side,
  top: MARGIN.top,
  side: width - 2 * MARGIN.side,
});

export const heightFor = (width: number): number =>
  Math.ceil(triangleIn(width).side * HEIGHT + MARGIN.top + MARGIN.bottom);

export const xOf = ({ left, side }: Triangle, a: number, c: number): number => left + side * (c + a / 2);
export const yOf = ({ top, side }: Triangle, a: number): number => top + side * HEIGHT * (1 - a);

/** Coordinates on the simplex of a point given as fractions of the triangle's box; some are negative outside. */
export function barycentric(x: number, y: number): Triple {
  const a = 1 - y;
  const c = x - a / 2;
  return [a, 1 - a - c, c];
}
