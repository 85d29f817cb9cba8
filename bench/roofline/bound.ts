import { type Class, type Counts, total, vectorTotal } from "./lowering.ts";
import type { Rates } from "./rates.ts";

/** The least time, and what takes it. */
export interface Bound {
  readonly time: number;
  readonly by: string;
}

/** Nanoseconds that each of the machine's resources needs for these instructions when nothing waits for anything else. */
export function needs(counts: Counts, { each, vector, all, groups }: Rates): Bound[] {
  const time = (name: Class): number => (counts[name] ?? 0) / (each[name] ?? Infinity);
  const used = (group: readonly Class[]): Class[] => group.filter((name) => (counts[name] ?? 0) > 0);
  return [
    { by: "all instructions", time: total(counts) / all },
    { by: "all vector", time: vectorTotal(counts) / vector },
    ...(["load", "store", "scalar"] as const).map((name) => ({ by: name, time: time(name) })),
    ...groups.map((group) => ({
      by: used(group).join(", "),
      time: group.reduce((sum, name) => sum + time(name), 0),
    })),
  ];
}

export const greatest = (bounds: readonly Bound[]): Bound => bounds.reduce((a, b) => (b.time > a.time ? b : a));
