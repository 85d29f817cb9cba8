import { ArgumentError, describe, ShapeError } from "../core/index.ts";

/** Lengths of the dimensions, each 1 or more; [] is a single number. */
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const show = (shape: Shape): string => `[${shape.join(", ")}]`;

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

export function checkShape(name: string, shape: unknown): Shape {
  if (!Array.isArray(shape)) throw new ArgumentError(name, "an array of dimensions", describe(shape));
  const wrong = shape.findIndex((n) => !Number.isSafeInteger(n) || n < 1);
  if (wrong >= 0)
    throw new ArgumentError(`${name}[${wrong}]`, "a dimension: an integer of 1 or more", describe(shape[wrong]));
  return [...shape];
}

/** A shape seen as rows of its last dimension. */
export function asRows(name: string, shape: Shape): { rows: number; cols: number; leading: Shape } {
  const cols = shape.at(-1);
  if (cols === undefined) throw new ShapeError(name, "at least one dimension", "a single number, []");
  return { rows: sizeOf(shape) / cols, cols, leading: shape.slice(0, -1) };
}

/** The shape two operands meet in: aligned at the last dimension, 1 stretches (the rule of NumPy). */
export function broadcast(a: Shape, b: Shape, name = "b"): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (m !== n && m !== 1 && n !== 1) throw new ShapeError(name, `a shape that broadcasts with ${show(a)}`, show(b));
    return Math.max(m, n);
  });
}

/** Whether a stretches to b, as `broadcast` would have it. */
export const broadcastsTo = (a: Shape, b: Shape): boolean =>
  a.length <= b.length && a.every((n, i) => n === 1 || n === b[i + b.length - a.length]);

/** 0 or -1 of a shape of one or two dimensions. */
export function checkAxis(axis: unknown, shape: Shape): 0 | -1 {
  if (shape.length === 0)
    throw new ArgumentError("axis", "an axis of a tensor with dimensions", `${describe(axis)} of a single number, []`);
  if (axis === -1 || axis === shape.length - 1) return -1;
  if (axis === 0) return 0;
  throw new ArgumentError("axis", `0 (the first) or -1 (the last) of ${show(shape)}`, describe(axis));
}

/** The shape with another length along an axis. */
export function withLength(shape: Shape, axis: 0 | -1, n: number): Shape {
  const changed = [...shape];
  changed[axis === 0 ? 0 : shape.length - 1] = n;
  return changed;
}
