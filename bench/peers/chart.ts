import { duration, provenance, times } from "../format.ts";
import {
  BLUE,
  CARD,
  card,
  FAINT,
  fixed,
  GRID,
  line,
  logScale,
  MARGIN,
  ORANGE,
  TEXT,
  text,
  thinned,
  ticksAround,
} from "../svg.ts";
import { type ContestantId, IDS, OURS, TITLES } from "./contestants.ts";
import { type CaseResult, type PeersResults, type Timed, timeOf } from "./results.ts";
import { targets } from "./targets.ts";

const WIDTH = 820;
/** Where the names of contestants end. */
const NAME = 136;
const BARS = NAME + 12;
/** Between the least and the greatest ratio. */
const SPAN = 500;
const RATIO = 720;
const TOP = 84;
const ROW = 16;
const HEAD = 30;
const GROUP = 34;
const BOTTOM = 56;

const FASTER = BLUE;
const SLOWER = ORANGE;

const MOST_TICKS = 12;

interface Scale {
  readonly ticks: readonly number[];
  readonly x: (ratio: number) => number;
}

interface Row {
  readonly title: string;
  readonly timed: Timed;
  readonly required: number | undefined;
}

/** Logarithmic, from tick to tick around all values and from 1 to 2. */
function scaleFor(cases: readonly CaseResult[]): Scale {
  const ratios = cases.flatMap((each) =>
    rowsOf(each).flatMap(({ timed, required }) => [timed.ratio, required ?? timed.ratio]),
  );
  const around = ticksAround([1, 2, ...ratios]);
  return { ticks: thinned(around, MOST_TICKS), x: logScale(around[0], around[around.length - 1], BARS, BARS + SPAN) };
}

function rowsOf(result: CaseResult): Row[] {
  return IDS.flatMap((id): Row[] => {
    const timed = id === OURS ? undefined : timeOf(result, id);
    return timed ? [{ title: TITLES[id], timed, required: requiredOf(result, id) }] : [];
  });
}

function requiredOf(result: CaseResult, id: ContestantId): number | undefined {
  for (const target of targets)
    if (target.work === result.id && "against" in target && target.against === id) return target.atLeast;
  return undefined;
}

/**
 * How many times as fast reparam is as each contestant: horizontal bars from 1×, work by work, with the times at the right.
 * A mark shows the ratio that is required. The scale stands above each group, so that it is never a screen away.
 */
export function drawChart(results: PeersResults): string {
  const scale = scaleFor(results.cases);
  const parts: string[] = [];
  let y = TOP;
  for (const group of new Set(results.cases.map((each) => each.group))) {
    y += GROUP;
    parts.push(text(MARGIN, y - 6, group, { fill: TEXT, size: 13, weight: 600 }), ...labels(scale, y - 7));
    for (const result of results.cases.filter((each) => each.group === group)) {
      const rows = rowsOf(result);
      y += HEAD;
      parts.push(...head(result, y - 7), ...grid(scale, y, y + ROW * rows.length));
      parts.push(...rows.map((row, i) => bar(row, y + ROW * i, scale)));
      y += ROW * rows.length;
    }
  }
  const height = y + BOTTOM;
  return card(WIDTH, height, "Speed of reparam beside other libraries", [
    ...heading(),
    ...parts,
    ...footer(results, height),
  ]);
}

function head(result: CaseResult, y: number): string[] {
  const ours = timeOf(result, OURS);
  const own = ours ? `reparam: ${duration(ours.median)}${result.elements > 1 ? " an element" : ""}` : "";
  return [
    text(BARS, y, `${result.name}, ${result.size}`, { fill: TEXT, weight: 600 }),
    text(WIDTH - MARGIN, y, own, { fill: TEXT, anchor: "end" }),
  ];
}

function heading(): string[] {
  return [
    text(MARGIN, 30, "reparam beside other libraries, one thread each", { fill: TEXT, size: 16, weight: 600 }),
    text(MARGIN, 50, "how many times as fast reparam is, log scale. At the right, the time of the other.", {
      fill: FAINT,
    }),
    `<rect x="${MARGIN}" y="63" width="22" height="10" rx="2" fill="${FASTER}"/>`,
    text(44, 72, "reparam is faster", { fill: FAINT }),
    `<rect x="156" y="63" width="22" height="10" rx="2" fill="${SLOWER}"/>`,
    text(184, 72, "the other is faster", { fill: FAINT }),
    mark(312, 62),
    text(322, 72, "what the project requires", { fill: FAINT }),
  ];
}

function footer(results: PeersResults, height: number): string[] {
  const versions = results.contestants.flatMap(({ title, versions }) => {
    const [version] = Object.values(versions);
    return version ? [`${title} ${version}`] : [];
  });
  const small = { fill: FAINT, size: 10.5 };
  return [
    text(MARGIN, height - 34, provenance(results, [results.engine]), small),
    text(MARGIN, height - 18, versions.join(" · "), small),
  ];
}

const labels = ({ ticks, x }: Scale, y: number): string[] =>
  ticks.map((tick) => text(x(tick), y, `${tick}×`, { fill: FAINT, size: 10, anchor: "middle" }));

const grid = ({ ticks, x }: Scale, top: number, bottom: number): string[] =>
  ticks.map((tick) => line(x(tick), top, x(tick), bottom, tick === 1 ? FAINT : GRID));

function bar({ title, timed, required }: Row, y: number, { x }: Scale): string {
  const { ratio, median } = timed;
  const [from, to] = [x(1), x(ratio)].sort((a, b) => a - b);
  const baseline = y + 12;
  return [
    text(NAME, baseline, title, { fill: TEXT, anchor: "end" }),
    `<rect x="${fixed(from)}" y="${y + 3}" width="${fixed(Math.max(to - from, 1))}" height="${ROW - 6}" rx="2" fill="${ratio < 1 ? SLOWER : FASTER}"/>`,
    required === undefined ? "" : mark(x(required), y + 2),
    text(RATIO, baseline, times(ratio), { fill: TEXT, weight: 600, anchor: "end" }),
    text(WIDTH - MARGIN, baseline, duration(median), { fill: FAINT, anchor: "end" }),
  ].join("");
}

/** Dark within light, to be seen on a bar and beside it. */
const mark = (x: number, y: number): string =>
  `<rect x="${fixed(x - 2)}" y="${y}" width="4" height="12" fill="${TEXT}" stroke="${CARD}"/>`;
