import { fullName } from "./engines/engine.ts";
import type { EngineResults, Machine, Results } from "./results.ts";

/** Three digits, and no exponent: 0.0482, 5.62, 147,000. */
export function digits(value: number): string {
  if (value >= 1000) return Number(value.toPrecision(3)).toLocaleString("en");
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toFixed(Math.max(0, 2 - magnitude(value)));
}

const magnitude = (value: number): number => Math.floor(Math.log10(Number(value.toPrecision(3))));

/** Two digits, three above 100: 0.74×, 6.3×, 48×, 112×. */
export const times = (ratio: number): string =>
  `${ratio >= 10 ? ratio.toFixed(0) : ratio >= 1 ? ratio.toFixed(1) : ratio.toFixed(2)}×`;

export const percent = (value: number): string => `±${value < 9.95 ? value.toFixed(1) : value.toFixed(0)}%`;

/** A time in nanoseconds with the unit that suits it. */
export function duration(nanoseconds: number): string {
  const [value, unit] =
    nanoseconds < 1e3
      ? [nanoseconds, "ns"]
      : nanoseconds < 1e6
        ? [nanoseconds / 1e3, "µs"]
        : nanoseconds < 1e9
          ? [nanoseconds / 1e6, "ms"]
          : [nanoseconds / 1e9, "s"];
  return `${digits(value)} ${unit}`;
}

export const describeMachine = ({ cpu, cores }: Machine): string => `${cpu}, ${cores} cores (one used)`;

type Described = Pick<EngineResults, "runtime" | "version" | "build">;

export const describeEngine = (engine: Described): string => `${fullName(engine)}, ${engine.build} build`;

/** What stands under a table or a chart. */
export const provenance = ({ machine, date, quick }: Omit<Results, "engines">, engines: readonly Described[]): string =>
  [
    describeMachine(machine),
    ...engines.map(describeEngine),
    `${date}${quick ? ", QUICK RUN: not for publication" : ""}`,
  ].join("; ");

/** 2026-11-23 */
export const today = (): string => new Date().toISOString().slice(0, 10);
