import type { Key } from "../../bindings/index.ts";

/** Floats of a golden file; all but temperatures are exactly representable in f32. */
type Spelled =
  | readonly (number | "-Infinity")[]
  | { readonly bits: string }
  | {
      readonly weyl: number;
      readonly from: number;
      readonly step: number;
      /** Left out where a shape says it. */
      readonly length?: number;
      /** Elements that are -Infinity instead. */
      readonly absent?: readonly number[];
    };

/** floor(2^32 / golden ratio), odd: its multiples modulo 2^32 are spread evenly (Knuth, TAOCP 3, 6.4). */
const GOLDEN_RATIO = 2654435761;

/** Element i of a `weyl` array: from + step times the upper half of (weyl + i) 2654435761 mod 2^32. */
function weyl(spelled: Extract<Spelled, { weyl: number }>, length: number): Float32Array {
  const x = Float32Array.from(
    { length },
    (_, i) => spelled.from + spelled.step * (Math.imul(spelled.weyl + i, GOLDEN_RATIO) >>> 16),
  );
  for (const i of spelled.absent ?? []) x[i] = -Infinity;
  return x;
}

export function floats(value: unknown, length?: number): Float32Array {
  const spelled = value as Spelled;
  if ("weyl" in spelled) return weyl(spelled, (spelled.length ?? length) as number);
  if ("bits" in spelled)
    return new Float32Array(Uint32Array.from(spelled.bits.split(" "), (word) => Number.parseInt(word, 16)).buffer);
  return Float32Array.from(spelled, Number);
}

export const integers = (value: unknown): readonly number[] => value as readonly number[];
export const number = (value: unknown): number => value as number;
export const text = (value: unknown): string => value as string;
export const key = (value: unknown): Key => value as Key;

/** An object with those of the arguments that are given and named. */
export function pick(a: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, never> {
  return Object.fromEntries(names.filter((name) => name in a).map((name) => [name, a[name]])) as Record<string, never>;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
