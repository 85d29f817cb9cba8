import { checkOptions } from "../../core/index.ts";
import type { Bias, Diagnosis, Report } from "./report.ts";
import { logScale, type Scale } from "./scale.ts";
import { atMost, BLUE, CHARACTER, card, dot, FAINT, GRID, line, ORANGE, text } from "./svg.ts";
import { noteOf } from "./table.ts";

const WIDTH = 720;
const HEIGHT = 500;
/** Of the axes. */
const [LEFT, RIGHT, TOP, BOTTOM] = [84, WIDTH - 24, 86, HEIGHT - 82];

/** How far a name may be moved from its point. */
const SHIFTS = Array.from({ length: 61 }, (_, i) => (i % 2 === 1 ? 2 : -2) * i);

interface Point {
  readonly name: string;
  readonly detected: boolean;
  readonly x: number;
  readonly y: number;
  readonly ends: readonly [number, number];
}

/**
 * Length of the bias against variance. A dot is a bias that was detected, with its interval; a hollow mark with an arrow one that was
 * not: it is below.
 */
export function plotOf(report: Report, options: { readonly title?: string }): string {
  const { title = "Bias and variance of gradient estimators" } = checkOptions(options, ["title"]);
  const entries = Object.entries<Diagnosis>(report.estimators);
  const x = logScale(
    entries.map(([, { variance }]) => variance),
    LEFT,
    RIGHT,
  );
  const y = logScale(
    entries.flatMap(([, { bias }]) => heightsOf(bias)),
    BOTTOM,
    TOP,
  );
  const points = entries.map(([name, { bias }], i): Point => {
    const [place, least, most] = y.places.slice(3 * i, 3 * i + 3) as [number, number, number];
    return { name, detected: bias.detected, x: x.places[i] as number, y: place, ends: [least, most] };
  });
  return card(WIDTH, HEIGHT, title, [
    text(16, 30, title, { "font-size": 16, "font-weight": 600 }),
    dot(24, 51, ORANGE),
    text(36, 55, "bias detected, with its interval", { fill: FAINT }),
    atMost(258, 47, BLUE),
    text(270, 55, "none detected: below this", { fill: FAINT }),
    ...axes(x, y),
    ...points.map(mark),
    ...labels(points),
    text(16, HEIGHT - 14, noteOf(report), { fill: FAINT, "font-size": 10.5 }),
  ]);
}

/** Where its mark is, and the ends of its line. */
const heightsOf = ({ detected, norm, normInterval: [least, most] }: Bias): number[] =>
  detected ? [norm, least, most] : [most, most, most];

const axes = (x: Scale, y: Scale): string[] => [
  ...x.ticks.flatMap(({ at, label }) => [
    line(at, TOP, at, BOTTOM, GRID),
    text(at, BOTTOM + 18, label, { fill: FAINT, "text-anchor": "middle" }),
  ]),
  ...y.ticks.flatMap(({ at, label }) => [
    line(LEFT, at, RIGHT, at, GRID),
    text(LEFT - 8, at + 4, label, { fill: FAINT, "text-anchor": "end" }),
  ]),
  line(LEFT, BOTTOM, RIGHT, BOTTOM, FAINT),
  line(LEFT, TOP, LEFT, BOTTOM, FAINT),
  text((LEFT + RIGHT) / 2, BOTTOM + 40, "variance of the gradient (trace of the covariance)", {
    "text-anchor": "middle",
  }),
  text(24, (TOP + BOTTOM) / 2, "bias of the gradient (length)", {
    "text-anchor": "middle",
    transform: `rotate(-90 24 ${(TOP + BOTTOM) / 2})`,
  }),
];

const mark = ({ detected, x, y, ends: [least, most] }: Point): string =>
  detected ? line(x, least, x, most, ORANGE, 1.5) + dot(x, y, ORANGE) : atMost(x, y, BLUE);

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Names beside their points, at the nearest place where they meet neither one another nor a mark. */
function labels(points: readonly Point[]): string[] {
  const taken: Box[] = points.map(({ x, y, detected, ends: [least, most] }) => ({
    left: x - 6,
    right: x + 6,
    top: Math.min(most, y - 6),
    bottom: detected ? Math.max(least, y + 6) : y + 20,
  }));
  return [...points]
    .sort((a, b) => a.y - b.y || a.x - b.x)
    .map(({ name, x, y }) => {
      const width = CHARACTER * name.length;
      const places = SHIFTS.flatMap((shift) =>
        [x + 10, x - 10 - width].map((left) => ({
          left,
          right: left + width,
          top: y - 6 + shift,
          bottom: y + 6 + shift,
        })),
      ).filter(({ left, right, top, bottom }) => left > LEFT && right < WIDTH - 4 && top > TOP - 12 && bottom < BOTTOM);
      const free = places.find(
        (a) => !taken.some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom),
      );
      const { left, right, top } = free ?? (places[0] as Box);
      taken.push({ left, right, top, bottom: top + 12 });
      const anchor = left < x ? "end" : undefined;
      return text(anchor ? right : left, top + 10, name, { "text-anchor": anchor });
    });
}
