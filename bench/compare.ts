import { fullName } from "./engines/engine.ts";
import { describeEngine, describeMachine, digits, percent } from "./format.ts";
import type { Measurement } from "./measure.ts";
import { type EngineResults, engineKey, identity, type Result, type Results } from "./results.ts";

/** Below this nothing is called a change, however steady the runs: in percent of the base's median. */
const FLOOR = 3;

export const RULE = `A case counts as faster or slower than the base when its median has left the noise: when the intervals of median ± spread
of the two runs do not overlap (the spread is the whole interquartile range), and the medians differ by more than ${FLOOR} %.
How far the plain JavaScript of the same case moved is printed beside: it is what the machine did meanwhile.`;

interface Change {
  readonly result: Result;
  readonly before: Result;
  /** By which our time moved, in percent of the base's; below 0 is faster. */
  readonly moved: number;
}

/** What changed from the base, engine by engine, the greatest changes first. */
export function compare(results: Results, base: Results): string {
  const bases = new Map(base.engines.map((each) => [engineKey(each), each]));
  return [
    `Against the run of ${base.date}:`,
    ...warnings(results, base),
    ...results.engines.flatMap((engine) => {
      const before = bases.get(engineKey(engine));
      return before ? compareEngine(engine, before) : [`${fullName(engine)}: not in the base`];
    }),
  ].join("\n");
}

function compareEngine(engine: EngineResults, base: EngineResults): string[] {
  const bases = new Map(base.cases.map((each) => [identity(each), each]));
  const pairs = engine.cases.flatMap((result): Change[] => {
    const before = bases.get(identity(result));
    return before ? [{ result, before, moved: movement(result.ours, before.ours) }] : [];
  });
  const changes = pairs.filter(isChange);
  const slower = changes.filter(({ moved }) => moved > 0).sort((a, b) => b.moved - a.moved);
  const faster = changes.filter(({ moved }) => moved < 0).sort((a, b) => a.moved - b.moved);
  const unmatched = engine.cases.length - pairs.length;
  const [here, there] = [describeEngine(engine), describeEngine(base)];
  return [
    `${fullName(engine)}: ${pairs.length - changes.length} of ${pairs.length} cases within the noise${unmatched > 0 ? `; ${unmatched} not in the base` : ""}`,
    ...(here === there ? [] : [`  the base is ${there}, this is ${here}`]),
    ...list("Slower", slower),
    ...list("Faster", faster),
  ];
}

const movement = (now: Measurement, then: Measurement): number => 100 * (now.median / then.median - 1);

function isChange({ result, before, moved }: Change): boolean {
  const width = ({ median, spread }: Measurement) => (median * spread) / 100;
  const apart = Math.abs(result.ours.median - before.ours.median) > width(result.ours) + width(before.ours);
  return apart && Math.abs(moved) > FLOOR;
}

function warnings(results: Results, base: Results): string[] {
  const [here, there] = [describeMachine(results.machine), describeMachine(base.machine)];
  return [
    ...(here === there ? [] : [`  another machine: the base is ${there}`]),
    ...(results.quick || base.quick ? ["  a quick run says little about speed"] : []),
  ];
}

function list(title: string, changes: readonly Change[]): string[] {
  if (changes.length === 0) return [];
  const names = changes.map(({ result: { group, name, size } }) => `${group}: ${name} ${size}`);
  const width = Math.max(...names.map(({ length }) => length));
  return [
    `  ${title} (ns/element):`,
    ...changes.map(({ result, before, moved }, i) => {
      const times = [before.ours, result.ours].map(({ median, spread }) => `${digits(median)} ${percent(spread)}`);
      const drift = signed(movement(result.baseline, before.baseline));
      return `    ${names[i].padEnd(width)}  ${signed(moved).padStart(6)}  ${times.join(" → ")}  (plain JavaScript ${drift})`;
    }),
  ];
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(0)}%`;
