import { duration, provenance, times } from "./format.ts";
import type { Result, Results } from "./results.ts";

const MARGIN = 16;
/** Between the least and the greatest ratio. */
const SPAN = 425;
const RIGHT = 145;
const GAP = 12;
/** Of a character at the sizes that are used here, on the wide side: a font is not known before it is drawn. */
const CHARACTER = 6.3;
const TOP = 84;
const ROW = 18;
const GROUP = 30;
const BOTTOM = 44;

/** Fixed colours on a light card: an image on GitHub does not know the theme of the page around it. */
const CARD = "#f6f8fa";
const BORDER = "#d0d7de";
const GRID = "#d8dee4";
const TEXT = "#1f2328";
const FAINT = "#59636e";
const FASTER = "#0969da";
const SLOWER = "#bc4c00";

/** More than these would run into one another; then only powers of 10 are left. */
const MOST_TICKS = 10;
const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

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
  const longest = (pick: (result: Result) => string) =>
    CHARACTER * Math.max(...results.map((each) => pick(each).length));
  const name = Math.ceil(MARGIN + longest(nameOf));
  const size = Math.ceil(name + GAP + longest(({ size }) => size));
  const bars = size + GAP;
  return { name, size, bars, width: bars + SPAN + RIGHT };
}

const nameOf = ({ name, via }: Result): string => (via === "kernel" ? `${name} (kernel)` : name);

/** Logarithmic, from tick to tick around all values and 1. */
function scaleFor(results: readonly Result[], left: number): Scale {
  const values = results.flatMap(({ speedup }) => [speedup.baseline, speedup.naive ?? 1]);
  const first = TICKS.findLastIndex((tick) => tick <= Math.min(1, ...values));
  const last = TICKS.findIndex((tick) => tick >= Math.max(2, ...values));
  const around = TICKS.slice(Math.max(first, 0), last < 0 ? undefined : last + 1);
  const [low, high] = [Math.log(around[0]), Math.log(around[around.length - 1])];
  const ticks = around.length > MOST_TICKS ? around.filter((tick) => Number.isInteger(Math.log10(tick))) : around;
  return { ticks, x: (ratio) => left + (SPAN * (Math.log(ratio) - low)) / (high - low) };
}

/**
 * Speed-up over plain JavaScript as horizontal bars from 1×; a circle marks the speed-up over the naive helper. As high as
 * there are cases; each group has the scale above it, so that it is never a screen away.
 */
export function drawChart(results: Results): string {
  const columns = columnsFor(results.cases);
  const { width } = columns;
  const scale = scaleFor(results.cases, columns.bars);
  const rows: string[] = [];
  let y = TOP;
  for (const group of new Set(results.cases.map((each) => each.group))) {
    const members = results.cases.filter((each) => each.group === group);
    y += GROUP;
    rows.push(text(MARGIN, y - 6, group, { fill: TEXT, weight: 600 }), ...grid(scale, y, y + ROW * members.length));
    for (const result of members) {
      rows.push(bar(result, y, scale, columns));
      y += ROW;
    }
  }
  const height = y + BOTTOM;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif" font-size="12" role="img" aria-label="Speed of reparam over plain JavaScript">
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${CARD}" stroke="${BORDER}"/>
${[...heading(), ...rows, text(MARGIN, height - 18, provenance(results), { fill: FAINT, size: 10.5 })].join("\n")}
</svg>
`;
}

function heading(): string[] {
  return [
    text(MARGIN, 30, "reparam: speed-up over plain JavaScript", { fill: TEXT, size: 16, weight: 600 }),
    text(MARGIN, 50, "times as fast, log scale; higher is better. At the right, time an element.", { fill: FAINT }),
    `<rect x="${MARGIN}" y="63" width="22" height="10" rx="2" fill="${FASTER}"/>`,
    text(44, 72, "over good plain JavaScript (typed arrays, no allocation)", { fill: FAINT }),
    circle(376, 68),
    text(388, 72, "over the usual helper (map, reduce, Math.random)", { fill: FAINT }),
  ];
}

function grid({ ticks, x }: Scale, top: number, bottom: number): string[] {
  return ticks.flatMap((tick) => [
    `<line x1="${fixed(x(tick))}" x2="${fixed(x(tick))}" y1="${top - 2}" y2="${bottom + 1}" stroke="${tick === 1 ? FAINT : GRID}"/>`,
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
    speedup.naive ? circle(x(speedup.naive), y + ROW / 2) : "",
    text(columns.width - RIGHT + 56, baseline, times(speedup.baseline), { fill: TEXT, weight: 600, anchor: "end" }),
    text(columns.width - MARGIN, baseline, duration(ours.median), { fill: FAINT, anchor: "end" }),
  ].join("");
}

const circle = (x: number, y: number): string =>
  `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="3.5" fill="${CARD}" stroke="${FAINT}" stroke-width="1.5"/>`;

interface TextStyle {
  readonly fill: string;
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: "middle" | "end";
}

function text(x: number, y: number, content: string, { fill, size, weight, anchor }: TextStyle): string {
  const attributes = Object.entries({ "font-size": size, "font-weight": weight, "text-anchor": anchor })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");
  return `<text x="${fixed(x)}" y="${fixed(y)}" fill="${fill}"${attributes}>${escapeXml(content)}</text>`;
}

const escapeXml = (content: string): string =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const fixed = (value: number): string => String(Math.round(value * 10) / 10);
