import { digits, provenance } from "../format.ts";
import { BLUE, card, FAINT, fixed, GRID, line, longest, MARGIN, ORANGE, TEXT, text } from "../svg.ts";
import type { Roofline, Row } from "./results.ts";
import { share100 } from "./table.ts";

const SPAN = 340;
const GAP = 12;
const TOP = 106;
const ROW = 20;
const BOTTOM = 44;
const TICKS = [0, 25, 50, 75, 100];
/** Between the numbers at the right. */
const COLUMN = 62;

/** A bar a kernel: the whole is the time that was measured, what is filled the least the machine allows. */
export function drawRoofline(results: Roofline): string {
  const { rows } = results;
  const name = Math.ceil(MARGIN + longest(rows.map(({ kernel }) => kernel)));
  const size = Math.ceil(name + GAP + longest(rows.map((row) => row.size)));
  const left = size + GAP;
  const right = left + SPAN;
  const columns = [1, 2, 3].map((column) => right + COLUMN * column);
  const reason = columns[2] + GAP;
  const width = Math.ceil(reason + longest(rows.map(({ bounds }) => bounds[0].by)) + MARGIN);
  const bottom = TOP + ROW * rows.length;
  const x = (percent: number): number => left + (SPAN * percent) / 100;
  return card(width, bottom + BOTTOM, "Share of the machine's rate that each kernel reaches", [
    ...heading(),
    ...TICKS.flatMap((tick) => [
      line(x(tick), TOP - 4, x(tick), bottom, GRID),
      text(x(tick), TOP - 10, `${tick}%`, { fill: FAINT, size: 10, anchor: "middle" }),
    ]),
    ...["share", "bound", "measured"].map((title, i) =>
      text(columns[i], TOP - 10, title, { fill: FAINT, size: 10, anchor: "end" }),
    ),
    text(reason, TOP - 10, "bound by", { fill: FAINT, size: 10 }),
    ...rows.flatMap((row, i) => bar(row, TOP + ROW * i, { name, size, left, columns, reason })),
    text(MARGIN, bottom + BOTTOM - 18, `${provenance(results, [results.engine])}; ${results.architecture}`, {
      fill: FAINT,
      size: 10.5,
    }),
  ]);
}

function heading(): string[] {
  return [
    text(MARGIN, 30, "reparam: how near each kernel comes to what the machine can do", {
      fill: TEXT,
      size: 16,
      weight: 600,
    }),
    text(
      MARGIN,
      50,
      "the least time for a kernel's instructions and memory, in percent of the measured time; ns an element",
      {
        fill: FAINT,
      },
    ),
    swatch(MARGIN, BLUE),
    text(MARGIN + 28, 72, "bound by instructions or the units that execute them", { fill: FAINT }),
    swatch(MARGIN + 350, ORANGE),
    text(MARGIN + 378, 72, "bound by loads, stores or memory", { fill: FAINT }),
  ];
}

const swatch = (x: number, fill: string): string =>
  `<rect x="${x}" y="63" width="22" height="10" rx="2" fill="${fill}"/>`;

const MEMORY: readonly string[] = ["load", "store", "memory"];

interface Places {
  readonly name: number;
  readonly size: number;
  readonly left: number;
  readonly columns: readonly number[];
  readonly reason: number;
}

function bar({ kernel, size, bounds, measured, share }: Row, y: number, places: Places): string[] {
  const [{ by, time }] = bounds;
  const baseline = y + 14;
  const numbers = [share100(share), digits(time), digits(measured.median)];
  return [
    text(places.name, baseline, kernel, { fill: TEXT, anchor: "end" }),
    text(places.size, baseline, size, { fill: FAINT, size: 11, anchor: "end" }),
    `<rect x="${fixed(places.left)}" y="${y + 4}" width="${SPAN}" height="${ROW - 7}" rx="2" fill="${GRID}"/>`,
    `<rect x="${fixed(places.left)}" y="${y + 4}" width="${fixed(SPAN * Math.min(1, share))}" height="${ROW - 7}" rx="2" fill="${MEMORY.includes(by) ? ORANGE : BLUE}"/>`,
    ...numbers.map((number, i) =>
      text(places.columns[i], baseline, number, {
        fill: i === 0 ? TEXT : FAINT,
        anchor: "end",
        ...(i === 0 && { weight: 600 }),
      }),
    ),
    text(places.reason, baseline, by, { fill: FAINT }),
  ];
}
