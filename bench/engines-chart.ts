import { fullName, shortName } from "./engines/engine.ts";
import { digits, provenance } from "./format.ts";
import type { EngineResults, Result, Results } from "./results.ts";
import { type Row, sideBySide } from "./side-by-side.ts";
import {
  card,
  dot,
  FAINT,
  GRID,
  line,
  logScale,
  longest,
  MARGIN,
  ring,
  TEXT,
  text,
  thinned,
  ticksAround,
} from "./svg.ts";

/** What the package is for; the graph's operations are many and made of the same kernels. */
const MAIN: readonly (readonly [name: string, size: string])[] = [
  ["uniform", "1M"],
  ["gumbel", "1M"],
  ["normal", "1M"],
  ["softmax", "16384×10"],
  ["softmax", "1024×1024"],
  ["gumbelSoftmax", "16384×10"],
  ["gumbelSoftmax", "1024×1024"],
  ["gumbelSoftmax", "8×131072"],
  ["gumbelSoftmax hard", "1024×1024"],
  ["gumbelSoftmax, then its gradient", "16384×10"],
  ["categorical", "1×151936"],
  ["topK 50", "1×151936"],
  ["gumbelSoftmax, new array", "1×8"],
  ["matmul", "512³"],
];

/** Apart in hue and in lightness, so that they stay apart for every eye; by place, the reference first. */
const COLOURS = ["#0969da", "#54aeff", "#8250df", "#d4a72c", "#bc4c00", "#1a7f37"];

const SPAN = 460;
const RIGHT = 80;
const TOP = 98;
/** Of one engine, within a kernel. */
const LANE = 8;
const KERNEL_GAP = 10;
const GAP = 12;
const BOTTOM = 56;
const MOST_TICKS = 14;

const isMain = ({ reference: { name, size } }: Row): boolean =>
  MAIN.some(([mainName, mainSize]) => name === mainName && size === mainSize);

/**
 * The engines side by side: nanoseconds an element, a dot an engine, and a circle for plain JavaScript in the same engine.
 * Undefined when there are no two engines to compare.
 */
export function drawEngines(results: Results): string | undefined {
  const { reference, others, rows } = sideBySide(results);
  const main = rows.filter(isMain);
  if (others.length === 0 || main.length === 0) return undefined;
  const engines = [reference, ...others];
  const names = main.map(({ reference: { name, size } }) => `${name}  ${size}`);
  const left = Math.ceil(MARGIN + longest(names) + GAP);
  const width = left + SPAN + RIGHT;
  const row = LANE * engines.length + KERNEL_GAP;
  const bottom = TOP + row * main.length;
  const height = bottom + BOTTOM;
  const ticks = ticksAround(
    main.flatMap(inEngines).flatMap((each) => (each ? [each.ours.median, each.baseline.median] : [])),
  );
  const x = logScale(ticks[0], ticks[ticks.length - 1], left, left + SPAN);
  const source = provenance(results, []);
  const versions = engines.map(fullName).join(", ");
  return card(width, height, "Time an element of reparam in each engine", [
    ...heading(engines),
    ...thinned(ticks, MOST_TICKS).flatMap((tick) => [
      line(x(tick), TOP - 4, x(tick), bottom, GRID),
      text(x(tick), TOP - 10, `${tick} ns`, { fill: FAINT, size: 10, anchor: "middle" }),
    ]),
    text(width - MARGIN, TOP - 10, shortName(reference), { fill: FAINT, size: 10, anchor: "end" }),
    ...main.flatMap((kernel, i) => {
      const top = TOP + row * i + KERNEL_GAP / 2;
      const middle = top + (row - KERNEL_GAP) / 2 + 4;
      return [
        text(left - GAP, middle, names[i], { fill: TEXT, anchor: "end" }),
        ...lanes(kernel, top, x),
        text(width - MARGIN, middle, `${digits(kernel.reference.ours.median)} ns`, {
          fill: TEXT,
          weight: 600,
          anchor: "end",
        }),
      ];
    }),
    text(MARGIN, height - 32, source, { fill: FAINT, size: 10.5 }),
    text(MARGIN, height - 16, versions, { fill: FAINT, size: 10.5 }),
  ]);
}

/** The reference first. */
const inEngines = ({ reference, others }: Row): (Result | undefined)[] => [
  reference,
  ...others.map((cell) => cell?.result),
];

/** A kernel: a line an engine, from our time to that of plain JavaScript. */
function lanes(kernel: Row, top: number, x: (value: number) => number): string[] {
  return inEngines(kernel).flatMap((result, i) => {
    if (!result) return [];
    const y = top + LANE * (i + 0.5);
    const [ours, plain] = [x(result.ours.median), x(result.baseline.median)];
    return [line(ours, y, plain, y, GRID), ring(plain, y, 2.5), dot(ours, y, colour(i))];
  });
}

function heading(engines: readonly EngineResults[]): string[] {
  let x = MARGIN + 4;
  return [
    text(MARGIN, 30, "reparam: the engines side by side", { fill: TEXT, size: 16, weight: 600 }),
    text(
      MARGIN,
      50,
      "nanoseconds an element, log scale; lower is better. Circles: good plain JavaScript in the same engine.",
      {
        fill: FAINT,
      },
    ),
    ...engines.flatMap((engine, i) => {
      const at = x;
      x += longest([shortName(engine)]) + 32;
      return [dot(at, 68, colour(i)), text(at + 9, 72, shortName(engine), { fill: FAINT })];
    }),
  ];
}

const colour = (place: number): string => COLOURS[place % COLOURS.length];
