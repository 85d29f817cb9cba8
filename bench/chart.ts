import { duration, provenance, times } from "./format.ts";
import type { Result, Results } from "./results.ts";

const WIDTH = 860;
const LEFT = 290;
const SIZE_WIDTH = 80;
const RIGHT = 145;
const TOP = 96;
const ROW = 18;
const GROUP = 26;
const BOTTOM = 52;

/** Fixed colours on a light card: an image on GitHub does not know the theme of the page around it. */
const CARD = "#f6f8fa";
const BORDER = "#d0d7de";
const GRID = "#d8dee4";
const TEXT = "#1f2328";
const FAINT = "#59636e";
const FASTER = "#0969da";
const SLOWER = "#bc4c00";

const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

interface Scale {
  readonly ticks: readonly number[];
  readonly x: (ratio: number) => number;
}

/** Logarithmic, from tick to tick around all values and 1. */
function scaleFor(results: readonly Result[]): Scale {
  const values = results.flatMap(({ speedup }) => [speedup.baseline, speedup.naive ?? 1]);
  const first = TICKS.findLastIndex((tick) => tick <= Math.min(1, ...values));
  const last = TICKS.findIndex((tick) => tick >= Math.max(2, ...values));
  const ticks = TICKS.slice(Math.max(first, 0), last < 0 ? undefined : last + 1);
  const [low, high] = [Math.log(ticks[0]), Math.log(ticks[ticks.length - 1])];
  const span = WIDTH - LEFT - RIGHT;
  return { ticks, x: (ratio) => LEFT + (span * (Math.log(ratio) - low)) / (high - low) };
}

/** Speed-up over plain JavaScript as horizontal bars from 1×; a circle marks the speed-up over the naive helper. */
export function drawChart(results: Results): string {
  const scale = scaleFor(results.cases);
  const rows: string[] = [];
  let y = TOP;
  let group = "";
  for (const result of results.cases) {
    if (result.group !== group) {
      group = result.group;
      y += GROUP;
      rows.push(text(16, y - 6, group, { fill: TEXT, weight: 600 }));
    }
    rows.push(bar(result, y, scale));
    y += ROW;
  }
  const height = y + BOTTOM;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif" font-size="12" role="img" aria-label="Speed of reparam over plain JavaScript">
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="${CARD}" stroke="${BORDER}"/>
${[...heading(), ...grid(scale, y), ...rows, text(16, height - 18, provenance(results), { fill: FAINT, size: 10.5 })].join("\n")}
</svg>
`;
}

function heading(): string[] {
  return [
    text(16, 30, "reparam: speed-up over plain JavaScript", { fill: TEXT, size: 16, weight: 600 }),
    text(16, 50, "times as fast, log scale; higher is better. At the right, time an element.", { fill: FAINT }),
    `<rect x="16" y="63" width="22" height="10" rx="2" fill="${FASTER}"/>`,
    text(44, 72, "over good plain JavaScript (typed arrays, no allocation)", { fill: FAINT }),
    circle(376, 68),
    text(388, 72, "over the usual helper (map, reduce, Math.random)", { fill: FAINT }),
  ];
}

function grid({ ticks, x }: Scale, bottom: number): string[] {
  return ticks.flatMap((tick) => [
    `<line x1="${fixed(x(tick))}" x2="${fixed(x(tick))}" y1="${TOP + 4}" y2="${bottom + 2}" stroke="${tick === 1 ? FAINT : GRID}"/>`,
    text(x(tick), TOP - 2, `${tick}×`, { fill: FAINT, size: 11, anchor: "middle" }),
    text(x(tick), bottom + 15, `${tick}×`, { fill: FAINT, size: 11, anchor: "middle" }),
  ]);
}

function bar({ name, size, ours, speedup }: Result, y: number, { x }: Scale): string {
  const [from, to] = [x(1), x(speedup.baseline)].sort((a, b) => a - b);
  const baseline = y + 12;
  return [
    text(LEFT - 12 - SIZE_WIDTH, baseline, name, { fill: TEXT, anchor: "end" }),
    text(LEFT - 12, baseline, size, { fill: FAINT, size: 11, anchor: "end" }),
    `<rect x="${fixed(from)}" y="${y + 3}" width="${fixed(Math.max(to - from, 1))}" height="${ROW - 6}" rx="2" fill="${speedup.baseline < 1 ? SLOWER : FASTER}"/>`,
    speedup.naive ? circle(x(speedup.naive), y + ROW / 2) : "",
    text(WIDTH - RIGHT + 56, baseline, times(speedup.baseline), { fill: TEXT, weight: 600, anchor: "end" }),
    text(WIDTH - 16, baseline, duration(ours.median), { fill: FAINT, anchor: "end" }),
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
