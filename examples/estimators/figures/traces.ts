import { CHARACTER, card, dot, FAINT, fixed, GRID, line, MARGIN, ring, TEXT, text } from "../../../bench/svg.ts";
import { short } from "../blocks.ts";
import type { StandardProblem } from "../problems/problem.ts";
import type { Run } from "../results.ts";

const WIDTH = 820;
const LEFT = 58;
const PLOT = 470;
const HEIGHT = 200;
const TOP = 82;
const GAP = 62;
/** Between two labels. */
const LEAD = 15;

const UNBIASED = ["#0969da", "#1a7f37", "#8250df", "#1b7c83", "#57606a", "#4d2d00", "#218bff"];
const BIASED = ["#bc4c00", "#bf3989", "#9a6700", "#a40e26", "#6639ba", "#0a3069", "#116329"];

/** The measure against the step, unbiased estimators above, biased ones below; a ring is where the mean gradient comes to rest. */
export function drawTraces(problem: StandardProblem, runs: readonly Run[], subtitle: string): string {
  const panels = [
    { title: "unbiased", runs: runs.filter(({ unbiased }) => unbiased), colours: UNBIASED },
    { title: "biased", runs: runs.filter(({ unbiased }) => !unbiased), colours: BIASED },
  ].filter(({ runs }) => runs.length > 0);
  const height = TOP + panels.length * (HEIGHT + GAP) - GAP + 44;
  return card(WIDTH, height, `${problem.title}: ${problem.measure.name} against the step`, [
    text(MARGIN, 28, problem.title, { fill: TEXT, size: 15, weight: 600 }),
    text(MARGIN, 46, subtitle, { fill: FAINT }),
    ...panels.flatMap((each, i) => panel(problem, each, TOP + i * (HEIGHT + GAP))),
  ]);
}

interface Panel {
  readonly title: string;
  readonly runs: readonly Run[];
  readonly colours: readonly string[];
}

function panel({ measure, steps }: StandardProblem, { title, runs, colours }: Panel, top: number): string[] {
  const bottom = top + HEIGHT;
  const last = runs[0]?.points.at(-1)?.[0] ?? steps;
  const x = (step: number): number => LEFT + (PLOT * step) / last;
  const [low, high] = measure.range;
  const place = measure.scale === "log" ? Math.log : (value: number) => value;
  const y = (value: number): number => {
    const clamped = Math.min(high, Math.max(low, value));
    return bottom - (HEIGHT * (place(clamped) - place(low))) / (place(high) - place(low));
  };
  const ticks = measure.scale === "log" ? decades(low, high) : even(low, high);
  const labels = spread(
    runs.map((run, i) => ({
      run,
      colour: colours[i % colours.length] as string,
      at: y(run.points.at(-1)?.[1] as number),
    })),
    top,
    bottom,
  );
  return [
    text(LEFT, top - 8, `${measure.name}, ${title}`, { fill: TEXT, weight: 600 }),
    ...ticks.flatMap((tick) => [
      line(LEFT, y(tick), LEFT + PLOT, y(tick), GRID),
      text(LEFT - 6, y(tick) + 4, short(tick), { fill: FAINT, size: 10.5, anchor: "end" }),
    ]),
    ...even(0, last).map((tick) =>
      text(x(tick), bottom + 16, String(tick), { fill: FAINT, size: 10.5, anchor: "middle" }),
    ),
    text(LEFT + PLOT, bottom + 31, "Adam steps", { fill: FAINT, size: 10.5, anchor: "end" }),
    ...labels.map(({ run, colour }) =>
      curve(
        run.points.map(([step, value]) => [x(step), y(value)]),
        colour,
      ),
    ),
    ...labels.flatMap(({ run, colour, at, label }) => [
      ...(run.rest === undefined || run.unbiased ? [] : [ring(LEFT + PLOT, y(run.rest))]),
      run.unbiased ? dot(LEFT + PLOT, at, colour) : "",
      `<path d="M${fixed(LEFT + PLOT + 5)} ${fixed(at)}L${fixed(LEFT + PLOT + 22)} ${fixed(label)}" stroke="${colour}" stroke-opacity="0.5" fill="none"/>`,
      text(LEFT + PLOT + 26, label + 4, caption(run), { fill: colour }),
    ]),
  ];
}

const ROOM = Math.floor((WIDTH - LEFT - PLOT - 26 - MARGIN) / CHARACTER);

function caption({ estimator, end, rest, unbiased }: Run): string {
  const name = estimator.replace("Gumbel-Softmax", "GS");
  const full = `${name}: ${short(end)}${unbiased || rest === undefined ? "" : ` (rests at ${short(rest)})`}`;
  return full.length <= ROOM + 8 ? full : `${name}: ${short(end)}`;
}

const curve = (points: readonly (readonly [number, number])[], colour: string): string =>
  `<polyline points="${points.map(([x, y]) => `${fixed(x)},${fixed(y)}`).join(" ")}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linejoin="round"/>`;

/** Labels beside the ends of lines, pushed apart where they would run into one another. */
function spread<T extends { readonly at: number }>(
  given: readonly T[],
  top: number,
  bottom: number,
): (T & { readonly label: number })[] {
  const sorted = given.map((each) => ({ ...each, label: each.at })).sort((a, b) => a.at - b.at);
  for (const [i, each] of sorted.entries())
    each.label = Math.max(each.label, i === 0 ? top : (sorted[i - 1]?.label as number) + LEAD);
  let limit = bottom;
  for (const each of sorted.reverse()) {
    each.label = Math.min(each.label, limit);
    limit = each.label - LEAD;
  }
  return sorted.reverse();
}

const decades = (low: number, high: number): number[] => {
  const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = to - from > 6 ? 2 : 1;
  return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, i) => Number(`1e${from + stride * i}`));
};

/** At most eight, at multiples of 1, 2 or 5 times a power of 10. */
function even(low: number, high: number): number[] {
  const power = 10 ** Math.floor(Math.log10(high - low) - 1);
  const stride = [1, 2, 5, 10].map((each) => each * power).find((each) => (high - low) / each <= 7.01) as number;
  const count = Math.floor((high - low) / stride + 1e-9) + 1;
  return Array.from({ length: count }, (_, i) => Number((low + i * stride).toPrecision(6)));
}
