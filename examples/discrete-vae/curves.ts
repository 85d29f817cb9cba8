import { card, FAINT, fixed, GRID, line, logScale, MARGIN, TEXT, text, ticksAround } from "../../bench/svg.ts";
import type { Run } from "./train.ts";

const [WIDTH, HEIGHT] = [860, 480];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 220, 70, 52];
const COLOURS = [
  "#0969da", "#bc4c00", "#1a7f37", "#8250df", "#cf222e", "#9a6700", "#0550ae", "#bf3989",
  "#116329", "#57606a", "#953800", "#6639ba", "#1b7c83", "#a40e26",
]; // biome-ignore format: a palette

type Point = readonly [step: number, value: number];

interface Picture {
  readonly title: string;
  readonly subtitle: string;
  readonly curves: readonly { readonly run: Run; readonly points: readonly Point[] }[];
  readonly ticks: readonly number[];
  readonly y: (value: number) => number;
}

/** −ELBO of the training steps' hard codes, averaged over windows of steps. */
export function drawBounds(runs: readonly Run[]): string {
  const curves = runs.map((run) => ({ run, points: run.curve }));
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value));
  const low = Math.floor(Math.min(...values) / 10) * 10;
  const high = Math.ceil(Math.max(...values) / 10) * 10;
  const every = Math.max(10, Math.ceil((high - low) / 100) * 10);
  return draw({
    title: "−ELBO in training",
    subtitle: "nats an image, of hard codes, the mean of the steps since the point before; lower is better",
    curves,
    ticks: Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => low + i * every),
    y: (value) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * (value - low)) / (high - low),
  });
}

/** Variance of the encoder's gradient along each run, on a logarithmic scale. */
export function drawVariances(runs: readonly Run[]): string {
  const curves = runs.map((run) => ({ run, points: run.checkpoints.map((each): Point => [each.step, each.variance]) }));
  const around = ticksAround(curves.flatMap(({ points }) => points.map(([, value]) => value)));
  return draw({
    title: "Variance of the encoder's gradient",
    subtitle: "of a fixed batch of 100 images, summed over the parameters, along each estimator's own run; log scale",
    curves,
    ticks: around.filter((tick) => Number.isInteger(Math.log10(tick))),
    y: logScale(around[0], around[around.length - 1], HEIGHT - BOTTOM, TOP),
  });
}

function draw({ title, subtitle, curves, ticks, y }: Picture): string {
  const steps = Math.max(...curves.flatMap(({ points }) => points.map(([step]) => step)));
  const x = (step: number): number => LEFT + ((WIDTH - RIGHT - LEFT) * step) / steps;
  const bottom = HEIGHT - BOTTOM;
  const labels = spreadOut(curves.map(({ points }) => y(points[points.length - 1][1])));
  return card(WIDTH, HEIGHT, title, [
    text(MARGIN, 30, title, { fill: TEXT, size: 16, weight: 600 }),
    text(MARGIN, 50, subtitle, { fill: FAINT }),
    ...ticks.flatMap((tick) => [
      line(LEFT, y(tick), x(steps), y(tick), GRID),
      text(LEFT - 8, y(tick) + 4, tick >= 1e-3 && tick < 1e5 ? `${tick}` : tick.toExponential(), {
        fill: FAINT,
        size: 10,
        anchor: "end",
      }),
    ]),
    ...[0, 0.25, 0.5, 0.75, 1].map((part) => {
      const step = Math.round(part * steps);
      return text(x(step), bottom + 18, `${step}`, { fill: FAINT, size: 10, anchor: "middle" });
    }),
    text((LEFT + x(steps)) / 2, bottom + 36, "step; dashed: biased estimators", { fill: FAINT, anchor: "middle" }),
    ...curves.flatMap(({ run, points }, i) => {
      const colour = COLOURS[i % COLOURS.length];
      const end = y(points[points.length - 1][1]);
      const path = points.map(([step, value]) => `${fixed(x(step))},${fixed(y(value))}`).join(" ");
      const dashes = run.unbiased ? "" : ' stroke-dasharray="5 3"';
      return [
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.6"${dashes}/>`,
        `<line x1="${fixed(x(steps))}" y1="${fixed(end)}" x2="${fixed(x(steps) + 14)}" y2="${fixed(labels[i])}" stroke="${colour}" stroke-width="0.7"/>`,
        text(x(steps) + 18, labels[i] + 4, run.estimator, { fill: colour, size: 11 }),
      ];
    }),
  ]);
}

/** Places for labels, near where they belong and a line apart. */
function spreadOut(wanted: readonly number[]): number[] {
  const gap = 14;
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed: number[] = [...wanted];
  order.forEach((i, rank) => {
    if (rank > 0) placed[i] = Math.max(placed[i], placed[order[rank - 1]] + gap);
  });
  const over = placed[order[order.length - 1]] - (HEIGHT - 16);
  if (over > 0)
    for (let rank = order.length - 1, limit = HEIGHT - 16; rank >= 0; rank--, limit -= gap)
      placed[order[rank]] = Math.min(placed[order[rank]], limit);
  return placed;
}
