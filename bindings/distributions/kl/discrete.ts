import { Bernoulli } from "../discrete/bernoulli.ts";
import { fused } from "../fused.ts";
import { type Entry, entry } from "./form.ts";

export const DISCRETE: readonly Entry[] = [
  entry(Bernoulli, Bernoulli, (p, q) => fused("bernoulliKl", { logits: p.logits, otherLogits: q.logits })),
];
