import { expand } from "../../graph/extend.ts";
import { concatenate, reshape, slice, sub, type Tensor } from "../../graph/index.ts";
import type { Concrete } from "./concrete.ts";

/** The parameters of binary Concrete laws. */
export type BinaryLaw = Readonly<Record<"logits" | "temperature", Tensor>>;

/** The laws of each of two categories against the other: [...batch, 2], and temperatures that broadcast with them. */
export function oddsOfTwo({ logits: given, temperature, batchShape }: Concrete): BinaryLaw {
  const logits = expand(given, [...batchShape, 2]);
  const [first, second] = [slice(logits, { end: 1 }), slice(logits, { start: 1 })];
  return {
    logits: concatenate([sub(first, second), sub(second, first)]),
    temperature: reshape(expand(temperature, batchShape), [...batchShape, 1]),
  };
}

/** The law of the first of two categories: [...batch]. */
export function oddsOfFirst(law: Concrete): BinaryLaw {
  const { logits, temperature } = oddsOfTwo(law);
  return {
    logits: reshape(slice(logits, { end: 1 }), law.batchShape),
    temperature: reshape(temperature, law.batchShape),
  };
}
