import { BLUE, card, FAINT, fixed, GRID, line, logScale, MARGIN, ORANGE, TEXT, text } from "../svg.ts";
import type { Constants } from "./constants.ts";
import type { Curve, Point } from "./study.ts";
import { settings, WORKERS, workloads } from "./workloads.ts";

const PLOT = { width: 340, height: 170 };
const LEFT = 64;
const TOP = 116;
const PANEL = { width: LEFT + PLOT.width + 32, height: PLOT.height + 78 };
const BOTTOM = 12;
const MOST = WORKERS[WORKERS.length - 1];

const STYLES: Readonly<Record<string, { readonly colour: string; readonly dashes?: string }>> = {
  "1GbE": { colour: ORANGE },
  "10GbE": { colour: BLUE },
  tree: { colour: BLUE, dashes: "4 3" },
};
const TICKS = [1, 10, 100, 1000];
const HALVES = [0, 0.25, 0.5, 0.75, 1];

type ToPlace = (value: number) => number;

/** A row for each workload: speed-up, both axes logarithmic, and efficiency. */
export function drawScaling(curves: readonly Curve[], constants: Constants): string {
  const all = workloads(constants);
  const width = 2 * PANEL.width + MARGIN;
  const height = TOP + PANEL.height * all.length + BOTTOM;
  const panels = all.flatMap(({ id, title }, row) => {
    const shown = curves.filter(({ workload, setting }) => workload === id && STYLES[setting]);
    const top = TOP + PANEL.height * row;
    return [...speedups(title, shown, LEFT, top), ...efficiencies(shown, LEFT + PANEL.width, top)];
  });
  return card(width, height, "Speed-up and efficiency from 1 to 1000 workers, simulated", [
    ...heading(constants),
    ...panels,
    text(MARGIN, height - 16, `Simulated with constants of ${constants.date}: bench/scaling/constants.json`, {
      fill: FAINT,
      size: 10.5,
    }),
  ]);
}

function heading(constants: Constants): string[] {
  return [
    text(MARGIN, 30, "reparam: from 1 to 1000 workers", { fill: TEXT, size: 16, weight: 600 }),
    text(
      MARGIN,
      50,
      "Simulated, not run: left, times as fast as one worker; right, the part of the workers' time that is of use.",
      {
        fill: FAINT,
      },
    ),
    ...settings(constants).flatMap(({ id, title }, i) => {
      const x = MARGIN + i * 150;
      return [path([x, 68, x + 24, 68], STYLES[id]), text(x + 30, 72, title, { fill: FAINT })];
    }),
  ];
}

function axes(
  left: number,
  top: number,
  toX: ToPlace,
  yTicks: readonly number[],
  toY: ToPlace,
  unit: string,
): string[] {
  const [right, bottom] = [left + PLOT.width, top + PLOT.height];
  return [
    ...TICKS.flatMap((tick) => [
      line(toX(tick), top, toX(tick), bottom, GRID),
      text(toX(tick), bottom + 15, String(tick), { fill: FAINT, size: 10, anchor: "middle" }),
    ]),
    ...yTicks.flatMap((tick) => [
      line(left, toY(tick), right, toY(tick), GRID),
      text(left - 6, toY(tick) + 3, unit === "%" ? `${tick * 100} %` : `${tick}×`, {
        fill: FAINT,
        size: 10,
        anchor: "end",
      }),
    ]),
    text((left + right) / 2, bottom + 32, "workers", { fill: FAINT, anchor: "middle" }),
  ];
}

function speedups(title: string, curves: readonly Curve[], left: number, top: number): string[] {
  const toX = logScale(1, MOST, left, left + PLOT.width);
  const toY = logScale(1, MOST, top + PLOT.height, top);
  return [
    text(left, top - 12, title, { fill: TEXT, weight: 600 }),
    ...axes(left, top, toX, TICKS, toY, "×"),
    path([toX(1), toY(1), toX(MOST), toY(MOST)], { colour: FAINT, dashes: "1 4" }),
    ...drawn(curves, toX, ({ speedup }) => toY(Math.max(1, speedup))),
  ];
}

function efficiencies(curves: readonly Curve[], left: number, top: number): string[] {
  const toX = logScale(1, MOST, left, left + PLOT.width);
  const toY = (value: number): number => top + PLOT.height * (1 - value);
  return [
    ...axes(left, top, toX, HALVES, toY, "%"),
    ...drawn(curves, toX, ({ efficiency }) => toY(Math.min(1, efficiency))),
  ];
}

const drawn = (curves: readonly Curve[], toX: ToPlace, toY: (point: Point) => number): string[] =>
  curves.map(({ setting, points }) =>
    path(
      points.flatMap((point) => [toX(point.workers), toY(point)]),
      STYLES[setting],
    ),
  );

/** Through x, y, x, y, ... */
const path = (
  places: readonly number[],
  { colour, dashes }: { readonly colour: string; readonly dashes?: string },
): string =>
  `<polyline points="${places.map(fixed).join(" ")}" fill="none" stroke="${colour}" stroke-width="1.5"${dashes ? ` stroke-dasharray="${dashes}"` : ""}/>`;
