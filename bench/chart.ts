import { duration, provenance, times } from "./format.ts";
import type { EngineResults, Result, Results } from "./results.ts";
import {
  BLUE,
  card,
  FAINT,
  fixed,
  GRID,
  line,
  logScale,
  longest,
  MARGIN,
  ORANGE,
  ring,
  TEXT,
  text,
  thinned,
  ticksAround,
} from "./svg.ts";

/** Between the least and the greatest ratio. */
const SPAN = 425;
const RIGHT = 145;
const GAP = 12;
const TOP = 84;
const ROW = 18;
const GROUP = 30;
const BOTTOM = 44;

const FASTER = BLUE;
const SLOWER = ORANGE;

const MOST_TICKS = 10;

interface Scale {
  readonly ticks: readonly number[];
  readonly x: (ratio: number) => number;
}

/** Where columns end, by the longest name and the longest size. */
interface Columns {
  readonly name: number;
  readonly size: number;
  readonly bars: number;
  readonly width: number;
}

function columnsFor(results: readonly Result[]): Columns {
  const name = Math.ceil(MARGIN + longest(results.map(nameOf)));
  const size = Math.ceil(name + GAP + longest(results.map(({ size }) => size)));
  const bars = size + GAP;
  return { name, size, bars, width: bars + SPAN + RIGHT };
}

const nameOf = ({ name, via }: Result): string => (via === "kernel" ? `${name} (kernel)` : name);

/** Logarithmic, from tick to tick around all values and from 1 to 2. */
function scaleFor(results: readonly Result[], left: number): Scale {
  const around = ticksAround([1, 2, ...results.flatMap(({ speedup }) => [speedup.baseline, speedup.naive ?? 1])]);
  return { ticks: thinned(around, MOST_TICKS), x: logScale(around[0], around[around.length - 1], left, left + SPAN) };
}

/**
 * Speed-up over plain JavaScript in one engine as horizontal bars from 1×; a circle marks the speed-up over the naive helper.
 * As high as there are cases; each group has the scale above it, so that it is never a screen away.
 */
export function drawChart(results: Results, engine: EngineResults): string {
  const { cases } = engine;
  const columns = columnsFor(cases);
  const scale = scaleFor(cases, columns.bars);
  const rows: string[] = [];
  let y = TOP;
  for (const group of new Set(cases.map((each) => each.group))) {
    const members = cases.filter((each) => each.group === group);
    y += GROUP;
    rows.push(text(MARGIN, y - 6, group, { fill: TEXT, weight: 600 }), ...grid(scale, y, y + ROW * members.length));
    for (const result of members) {
      rows.push(bar(result, y, scale, columns));
      y += ROW;
    }
  }
  const height = y + BOTTOM;
  const source = text(MARGIN, height - 18, provenance(results, [engine]), { fill: FAINT, size: 10.5 });
  return card(columns.width, height, "Speed of reparam over plain JavaScript", [...heading(), ...rows, source]);
}

function heading(): string[] {
  return [
    text(MARGIN, 30, "reparam: speed-up over plain JavaScript", { fill: TEXT, size: 16, weight: 600 }),
    text(MARGIN, 50, "times as fast, log scale; higher is better. At the right, time an element.", { fill: FAINT }),
    `<rect x="${MARGIN}" y="63" width="22" height="10" rx="2" fill="${FASTER}"/>`,
    text(44, 72, "over good plain JavaScript (typed arrays, no allocation)", { fill: FAINT }),
    ring(376, 68),
    text(388, 72, "over the usual helper (map, reduce, Math.random)", { fill: FAINT }),
  ];
}

function grid({ ticks, x }: Scale, top: number, bottom: number): string[] {
  return ticks.flatMap((tick) => [
    line(x(tick), top - 2, x(tick), bottom + 1, tick === 1 ? FAINT : GRID),
    text(x(tick), top - 7, `${tick}×`, { fill: FAINT, size: 10, anchor: "middle" }),
  ]);
}

function bar(result: Result, y: number, { x }: Scale, columns: Columns): string {
  const { size, ours, speedup } = result;
  const [from, to] = [x(1), x(speedup.baseline)].sort((a, b) => a - b);
  const baseline = y + 12;
  return [
    text(columns.name, baseline, nameOf(result), { fill: TEXT, anchor: "end" }),
    text(columns.size, baseline, size, { fill: FAINT, size: 11, anchor: "end" }),
    `<rect x="${fixed(from)}" y="${y + 3}" width="${fixed(Math.max(to - from, 1))}" height="${ROW - 6}" rx="2" fill="${speedup.baseline < 1 ? SLOWER : FASTER}"/>`,
    speedup.naive ? ring(x(speedup.naive), y + ROW / 2) : "",
    text(columns.width - RIGHT + 56, baseline, times(speedup.baseline), { fill: TEXT, weight: 600, anchor: "end" }),
    text(columns.width - MARGIN, baseline, duration(ours.median), { fill: FAINT, anchor: "end" }),
  ].join("");
}
