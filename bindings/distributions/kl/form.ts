import type { Tensor } from "../../graph/index.ts";
import type { Distribution } from "../distribution.ts";

/** A class of distributions, abstract ones too. */
// biome-ignore lint/suspicious/noExplicitAny: a class is looked up by what it is, whatever its constructor takes
export type Family<D extends Distribution = Distribution> = abstract new (...args: any[]) => D;

/** KL(p || q) of two batches, in nats: [...] of the shape that their batches meet in. */
export type KlForm<P extends Distribution, Q extends Distribution> = (p: P, q: Q) => Tensor;

export type Entry = readonly [p: Family, q: Family, form: KlForm<never, never>];

/** A closed form of a pair of families. */
export const entry = <P extends Distribution, Q extends Distribution>(
  p: Family<P>,
  q: Family<Q>,
  form: KlForm<P, Q>,
): Entry => [p, q, form];
