import { ArgumentError } from "reparam";

/** A whole number from the command line. @throws ArgumentError naming the flag */
export function integer(flag: string, text: string, low: number, high: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw new ArgumentError(flag, `a whole number from ${low} to ${high}`, JSON.stringify(text));
}

/** The same of a number above 0 and at most 1. */
export function fraction(flag: string, text: string): number {
  const value = /^[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= 1) return value;
  throw new ArgumentError(flag, "a number above 0 and at most 1", JSON.stringify(text));
}
