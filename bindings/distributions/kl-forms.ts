import type { Tensor } from "../graph/index.ts";
import { Bernoulli } from "./bernoulli.ts";
import type { Distribution } from "./distribution.ts";
import { fused } from "./fused.ts";
import type { Family, KlForm } from "./kl.ts";
import { Normal } from "./normal.ts";

type Entry = readonly [p: Family, q: Family, form: KlForm<never, never>];

const entry = <P extends Distribution, Q extends Distribution>(
  p: Family<P>,
  q: Family<Q>,
  form: KlForm<P, Q>,
): Entry => [p, q, form];

/** The closed forms of the families here. A table, not calls: a bundle without `klDivergence` drops it. */
export const CLOSED_FORMS: readonly Entry[] = [
  entry(
    Normal,
    Normal,
    (p, q): Tensor => fused("normalKl", { loc: p.loc, scale: p.scale, otherLoc: q.loc, otherScale: q.scale }),
  ),
  entry(Bernoulli, Bernoulli, (p, q): Tensor => fused("bernoulliKl", { logits: p.logits, otherLogits: q.logits })),
];
