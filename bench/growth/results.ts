import type { Measurement } from "../measure.ts";
import type { Machine, Result, Runtime } from "../results.ts";
import type { Axis, GrowthCase } from "./cases.ts";

/** The file format of bench/results/growth.json. Times are nanoseconds an element. */
export interface Growth {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly engine: {
    readonly id: string;
    readonly runtime: Runtime;
    readonly version: string;
    readonly build: string;
  };
  readonly curves: readonly Curve[];
}

export interface Curve {
  readonly axis: Axis;
  readonly name: string;
  /** How the plain JavaScript does it. */
  readonly method: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly at: number;
  readonly size: string;
  readonly elements: number;
  readonly ours: Measurement;
  readonly baseline: Measurement;
}

/** Results, in the order of the cases, as curves. */
export function curvesOf(cases: readonly GrowthCase[], results: readonly Result[]): Curve[] {
  const curves = new Map<string, Curve & { points: Point[] }>();
  results.forEach(({ ours, baseline: { method, ...baseline }, size, elements }, i) => {
    const { axis, name, at } = cases[i];
    const key = `${axis} ${name}`;
    const curve = curves.get(key) ?? { axis, name, method, points: [] };
    curve.points.push({ at, size, elements, ours, baseline });
    curves.set(key, curve);
  });
  return [...curves.values()];
}
