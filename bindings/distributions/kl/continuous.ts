import { Normal } from "../continuous/normal.ts";
import { fused } from "../fused.ts";
import { type Entry, entry } from "./form.ts";

export const CONTINUOUS: readonly Entry[] = [
  entry(Normal, Normal, (p, q) =>
    fused("normalKl", { loc: p.loc, scale: p.scale, otherLoc: q.loc, otherScale: q.scale }),
  ),
];
