import { BLUE, card, FAINT, fixed, GRID, line, MARGIN, ORANGE, TEXT, text } from "../../../bench/svg.ts";
import { contactSheet } from "../../mnist-vae/report/png.ts";

export { BLUE, FAINT, GRID, ORANGE, TEXT };

/** Of categories, dark enough on the card. */
export const COLOURS: readonly string[] = [
  BLUE,
  ORANGE,
  "#1a7f37",
  "#8250df",
  "#cf222e",
  "#9a6700",
  "#bf3989",
  "#1b7c83",
];

/** The mean of the first colours, weighted by probabilities. */
export function mixed(probs: readonly number[]): string {
  const channels = [1, 3, 5].map((from) =>
    probs.reduce((sum, prob, k) => sum + prob * Number.parseInt(COLOURS[k].slice(from, from + 2), 16), 0),
  );
  return `#${channels.map((each) => Math.round(each).toString(16).padStart(2, "0")).join("")}`;
}

/** A whole picture: panels and sheets, each placed in it. */
export const picture = (
  { width, height, title, subtitle }: { width: number; height: number; title: string; subtitle: string },
  parts: readonly string[],
): string =>
  card(width, height, title, [
    text(MARGIN, 30, title, { fill: TEXT, size: 16, weight: 600 }),
    text(MARGIN, 50, subtitle, { fill: FAINT }),
    ...parts,
  ]);

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

type Range = readonly [low: number, high: number];

export interface PanelOptions extends Box {
  readonly title?: string;
  readonly x: Range;
  readonly y: Range;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** What is written at whole numbers, for bars by name: 0, 1, 2, ... */
  readonly xNames?: readonly string[];
}

/** Axes in a box of the picture, and what is drawn between them, in the units of the axes; `svg()` is for `picture`. */
export class Panel {
  readonly #options: PanelOptions;
  readonly #parts: string[] = [];

  constructor(options: PanelOptions) {
    this.#options = options;
  }

  /** Where a value is in the picture. */
  x(value: number): number {
    const { left, width, x } = this.#options;
    return left + (width * (value - x[0])) / (x[1] - x[0]);
  }

  y(value: number): number {
    const { top, height, y } = this.#options;
    return top + height - (height * (value - y[0])) / (y[1] - y[0]);
  }

  points(
    x: readonly number[],
    y: readonly number[],
    style: { fill?: string | readonly string[]; radius?: number } = {},
  ): this {
    const { fill = BLUE, radius = 3.5 } = style;
    x.forEach((value, i) => {
      const colour = typeof fill === "string" ? fill : fill[i];
      this.#parts.push(
        `<circle cx="${fixed(this.x(value))}" cy="${fixed(this.y(y[i]))}" r="${radius}" fill="${colour}"/>`,
      );
    });
    return this;
  }

  line(
    x: readonly number[],
    y: readonly number[],
    style: { stroke?: string; width?: number; isDashed?: boolean } = {},
  ): this {
    const { stroke = BLUE, width = 1.6, isDashed = false } = style;
    const places = x.map((value, i) => `${fixed(this.x(value))},${fixed(this.y(y[i]))}`).join(" ");
    const dashes = isDashed ? ' stroke-dasharray="5 3"' : "";
    this.#parts.push(`<polyline points="${places}" fill="none" stroke="${stroke}" stroke-width="${width}"${dashes}/>`);
    return this;
  }

  /** Points with an interval of y about them. */
  intervals(x: readonly number[], y: readonly number[], half: readonly number[], fill = BLUE): this {
    x.forEach((value, i) => {
      this.line([value, value], [y[i] - half[i], y[i] + half[i]], { stroke: fill });
    });
    return this.points(x, y, { fill });
  }

  /** From 0, or the axis, to each height, about x: `width` in the units of the axis. */
  bars(x: readonly number[], heights: readonly number[], style: { fill?: string; width?: number } = {}): this {
    const { fill = BLUE, width = 0.8 } = style;
    const base = this.y(Math.max(0, this.#options.y[0]));
    x.forEach((value, i) => {
      const [left, right, end] = [this.x(value - width / 2), this.x(value + width / 2), this.y(heights[i])];
      const box = `x="${fixed(left)}" y="${fixed(Math.min(base, end))}" width="${fixed(right - left)}"`;
      this.#parts.push(`<rect ${box} height="${fixed(Math.abs(base - end))}" fill="${fill}"/>`);
    });
    return this;
  }

  /** Words at a place of the panel. */
  label(x: number, y: number, words: string, style: { fill?: string; anchor?: "middle" | "end" } = {}): this {
    const { fill = TEXT, ...rest } = style;
    this.#parts.push(text(this.x(x), this.y(y), words, { fill, size: 11, ...rest }));
    return this;
  }

  svg(): string {
    const { left, top, width, height, title, x, y, xLabel, yLabel, xNames } = this.#options;
    const bottom = top + height;
    const faint = { fill: FAINT, size: 10 };
    const xTicks = xNames ? xNames.map((_, i) => i) : ticks(x);
    return [
      ...(title ? [text(left, top - 8, title, { fill: TEXT, size: 12, weight: 600 })] : []),
      ...ticks(y).flatMap((tick) => [
        line(left, this.y(tick), left + width, this.y(tick), GRID),
        text(left - 6, this.y(tick) + 4, String(tick), { ...faint, anchor: "end" }),
      ]),
      ...xTicks.map((tick) =>
        text(this.x(tick), bottom + 14, xNames?.[tick] ?? String(tick), { ...faint, anchor: "middle" }),
      ),
      ...(xLabel ? [text(left + width / 2, bottom + 30, xLabel, { fill: FAINT, size: 11, anchor: "middle" })] : []),
      ...(yLabel
        ? [text(left - 36, top + height / 2, yLabel, { fill: FAINT, size: 11, anchor: "middle", rotate: -90 })]
        : []),
      ...this.#parts,
    ].join("\n");
  }
}

/** Four to ten round numbers of a range: 1, 2 or 5 times a power of 10 apart. */
export function ticks([low, high]: Range): number[] {
  const power = 10 ** Math.floor(Math.log10((high - low) / 4));
  const step = ([5, 2, 1].find((each) => (high - low) / (each * power) >= 4) ?? 1) * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Square images of numbers from 0 (paper) to 1 (ink), row by row, as a part of a picture: `scale` pixels for one of theirs. */
export function images(
  { left, top, scale = 2 }: { left: number; top: number; scale?: number },
  all: readonly ArrayLike<number>[],
  columns: number,
): string {
  const { uri, width, height } = contactSheet(all, columns, Math.round(Math.sqrt(all[0].length)));
  const size = `width="${width * scale}" height="${height * scale}"`;
  return `<image x="${left}" y="${top}" ${size} style="image-rendering: pixelated" href="${uri}"/>`;
}

/** Words at a place of the picture. */
export const words = (x: number, y: number, content: string, { fill = TEXT, size = 12 } = {}): string =>
  text(x, y, content, { fill, size });

/** What the colours of the panels mean, one beside the other. */
export const legend = (
  x: number,
  y: number,
  entries: readonly (readonly [colour: string, meaning: string])[],
): string => {
  let at = x;
  return entries
    .map(([colour, meaning]) => {
      const part = `<circle cx="${at + 4}" cy="${y - 4}" r="4" fill="${colour}"/>${text(at + 13, y, meaning, { fill: TEXT, size: 11 })}`;
      at += 34 + 6.3 * meaning.length;
      return part;
    })
    .join("\n");
};
