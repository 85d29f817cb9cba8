import { provenance } from "../format.ts";
import {
  BLUE,
  card,
  dot,
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
import type { Axis } from "./cases.ts";
import type { Curve, Growth, Point } from "./results.ts";

const PLOT = { width: 340, height: 200 };
const LEFT = 64;
const TOP = 116;
const PANEL = { width: LEFT + PLOT.width + 32, height: PLOT.height + 80 };
const BOTTOM = 12;
const MOST_TICKS = 8;

interface Panel {
  readonly axis: Axis;
  readonly title: string;
  readonly x: string;
  readonly y: string;
}

const panels: readonly Panel[] = [
  { axis: "rows", title: "More rows of 10", x: "rows", y: "ns an element" },
  { axis: "columns", title: "Longer rows, 1M elements", x: "columns", y: "ns an element" },
  { axis: "categories", title: "One categorical draw", x: "categories", y: "ns a category" },
  { axis: "draws", title: "More categorical draws from 1024 categories", x: "draws", y: "ns a draw" },
];

const COLOURS: Readonly<Record<string, string>> = { softmax: ORANGE, gumbelSoftmax: BLUE, categorical: BLUE };

/** How cost grows: a panel for each thing that grows, both axes logarithmic; dashed is plain JavaScript. */
export function drawGrowth(growth: Growth): string {
  const present = panels.filter(({ axis }) => growth.curves.some((curve) => curve.axis === axis));
  const width = PANEL.width * Math.min(2, present.length) + MARGIN;
  const height = TOP + PANEL.height * Math.ceil(present.length / 2) + BOTTOM;
  return card(width, height, "How the cost of reparam grows with sizes", [
    ...heading(),
    ...present.flatMap((panel, i) => {
      const curves = growth.curves.filter(({ axis }) => axis === panel.axis);
      return drawPanel(panel, curves, LEFT + PANEL.width * (i % 2), TOP + PANEL.height * Math.floor(i / 2));
    }),
    text(MARGIN, height - 16, provenance(growth, [growth.engine]), { fill: FAINT, size: 10.5 }),
  ]);
}

function heading(): string[] {
  return [
    text(MARGIN, 30, "reparam: how cost grows", { fill: TEXT, size: 16, weight: 600 }),
    text(MARGIN, 50, "time for each element, both axes logarithmic: a flat line is a cost in proportion to the size", {
      fill: FAINT,
    }),
    dot(MARGIN + 4, 68, FAINT),
    text(MARGIN + 14, 72, "reparam, copies included", { fill: FAINT }),
    path([MARGIN + 180, 68, MARGIN + 204, 68], FAINT, true),
    text(MARGIN + 210, 72, "good plain JavaScript", { fill: FAINT }),
  ];
}

function drawPanel({ title, x, y }: Panel, curves: readonly Curve[], left: number, top: number): string[] {
  const points = curves.flatMap((curve) => curve.points);
  const [right, bottom] = [left + PLOT.width, top + PLOT.height];
  const xTicks = ticksAround(points.map(({ at }) => at));
  const yTicks = ticksAround(points.flatMap(({ ours, baseline }) => [ours.median, baseline.median]));
  const toX = logScale(xTicks[0], xTicks[xTicks.length - 1], left, right);
  const toY = logScale(yTicks[0], yTicks[yTicks.length - 1], bottom, top);
  return [
    text(left, top - 12, title, { fill: TEXT, weight: 600 }),
    ...thinned(xTicks, MOST_TICKS).flatMap((tick) => [
      line(toX(tick), top, toX(tick), bottom, GRID),
      text(toX(tick), bottom + 15, short(tick), { fill: FAINT, size: 10, anchor: "middle" }),
    ]),
    ...thinned(yTicks, MOST_TICKS).flatMap((tick) => [
      line(left, toY(tick), right, toY(tick), GRID),
      text(left - 6, toY(tick) + 3, short(tick), { fill: FAINT, size: 10, anchor: "end" }),
    ]),
    text((left + right) / 2, bottom + 33, x, { fill: FAINT, anchor: "middle" }),
    text(left - 40, (top + bottom) / 2, y, { fill: FAINT, anchor: "middle", rotate: -90 }),
    ...curves.flatMap((curve) => drawCurve(curve, toX, toY)),
  ];
}

type ToPlace = (value: number) => number;

function drawCurve({ name, points }: Curve, toX: ToPlace, toY: ToPlace): string[] {
  const colour = COLOURS[name] ?? TEXT;
  const places = (time: (point: Point) => number) => points.flatMap((point) => [toX(point.at), toY(time(point))]);
  const last = points[points.length - 1];
  return [
    path(
      places(({ baseline }) => baseline.median),
      colour,
      true,
    ),
    path(
      places(({ ours }) => ours.median),
      colour,
      false,
    ),
    ...points.map(({ at, ours }) => dot(toX(at), toY(ours.median), colour)),
    text(toX(last.at), toY(last.ours.median) + 18, name, { fill: colour, weight: 600, anchor: "end" }),
  ];
}

/** Through x, y, x, y, ... */
const path = (places: readonly number[], stroke: string, dashed: boolean): string =>
  `<polyline points="${places.map(fixed).join(" ")}" fill="none" stroke="${stroke}" stroke-width="1.5"${dashed ? ' stroke-dasharray="4 3" opacity="0.7"' : ""}/>`;

/** 0.5, 200, 20k, 1M */
function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3 ? `${value / 1e3}k` : String(value);
}
