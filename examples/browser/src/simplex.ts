import { HEIGHT, heightFor, type Triangle, triangleIn, xOf, yOf } from "./geometry.ts";
import { Heat } from "./heat.ts";
import type { Palette } from "./palette.ts";
import type { Settings } from "./settings.ts";
import { CATEGORIES, largest, type Triple } from "./statistics.ts";

export interface Picture {
  readonly settings: Settings;
  /** [n × 3], the relaxed samples, also where the straight-through ones are used. */
  readonly relaxed: Float32Array;
  readonly frequency: Triple;
}

const NAMES = ["A", "B", "C"] as const;
const RADIUS = 1.7;
/** A corner's disc when every sample is there; its area is the share. */
const DISC = 26;
const FULL_INK = 0.42;

/** The triangle: density, samples, and at each corner the share of samples it is the nearest to. */
export class Simplex {
  readonly #canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D;
  readonly #heat = new Heat();
  #width = 0;
  #ratio = 1;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext("2d") as CanvasRenderingContext2D;
  }

  resize(width: number): void {
    this.#width = width;
    this.#ratio = devicePixelRatio;
    this.#canvas.width = Math.round(width * this.#ratio);
    this.#canvas.height = Math.round(heightFor(width) * this.#ratio);
  }

  paint({ settings, relaxed, frequency }: Picture, palette: Palette): void {
    const pen = this.#pen;
    const triangle = triangleIn(this.#width);
    pen.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    pen.clearRect(0, 0, this.#width, heightFor(this.#width));
    pen.save();
    outline(pen, triangle);
    pen.clip();
    this.#heat.paint(pen, triangle, settings.logits, settings.tau, palette.ink, FULL_INK);
    pen.restore();
    regions(pen, triangle, palette.line);
    pen.strokeStyle = palette.faint;
    pen.lineWidth = 1;
    outline(pen, triangle);
    pen.stroke();
    this.#dots(triangle, relaxed, palette, settings.hard ? 0.2 : 0.7);
    if (settings.hard) discs(pen, triangle, frequency, palette);
    corners(pen, triangle, frequency, palette);
  }

  /** A line of length 0 with round ends is a dot; one path of thousands is drawn much faster than each alone. */
  #dots(triangle: Triangle, samples: Float32Array, { categories }: Palette, opacity: number): void {
    const paths = categories.map(() => new Path2D());
    for (let at = 0; at < samples.length; at += CATEGORIES) {
      const x = xOf(triangle, samples[at], samples[at + 2]);
      const y = yOf(triangle, samples[at]);
      const path = paths[largest(samples, at)];
      path.moveTo(x, y);
      path.lineTo(x, y);
    }
    const pen = this.#pen;
    pen.globalAlpha = opacity;
    pen.lineCap = "round";
    pen.lineWidth = 2 * RADIUS;
    paths.forEach((path, k) => {
      pen.strokeStyle = categories[k];
      pen.stroke(path);
    });
    pen.globalAlpha = 1;
    pen.lineCap = "butt";
  }
}

function outline(pen: CanvasRenderingContext2D, { left, top, side }: Triangle): void {
  pen.beginPath();
  pen.moveTo(left + side / 2, top);
  pen.lineTo(left + side, top + side * HEIGHT);
  pen.lineTo(left, top + side * HEIGHT);
  pen.closePath();
}

/** Where two coordinates are equal: from the centre to the middle of each edge. */
function regions(pen: CanvasRenderingContext2D, triangle: Triangle, colour: string): void {
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.setLineDash([3, 4]);
  pen.beginPath();
  for (const [a, c] of [
    [0.5, 0],
    [0, 0.5],
    [0.5, 0.5],
  ]) {
    pen.moveTo(xOf(triangle, 1 / 3, 1 / 3), yOf(triangle, 1 / 3));
    pen.lineTo(xOf(triangle, a, c), yOf(triangle, a));
  }
  pen.stroke();
  pen.setLineDash([]);
}

const CORNERS = [
  { a: 1, c: 0 },
  { a: 0, c: 0 },
  { a: 0, c: 1 },
] as const;

/** All the samples of a category lie on one point: their number shows as an area. */
function discs(pen: CanvasRenderingContext2D, triangle: Triangle, frequency: Triple, { categories }: Palette): void {
  CORNERS.forEach(({ a, c }, k) => {
    pen.fillStyle = categories[k];
    pen.globalAlpha = 0.85;
    pen.beginPath();
    pen.arc(xOf(triangle, a, c), yOf(triangle, a), DISC * Math.sqrt(frequency[k]), 0, 2 * Math.PI);
    pen.fill();
    pen.globalAlpha = 1;
  });
}

function corners(pen: CanvasRenderingContext2D, triangle: Triangle, frequency: Triple, palette: Palette): void {
  const family = getComputedStyle(document.body).fontFamily;
  CORNERS.forEach(({ a, c }, k) => {
    const share = `${(100 * frequency[k]).toFixed(1)} %`;
    const x = xOf(triangle, a, c);
    const y = yOf(triangle, a);
    pen.textAlign = k === 0 ? "left" : "center";
    pen.font = `600 16px ${family}`;
    pen.fillStyle = palette.categories[k];
    pen.fillText(NAMES[k], x + (k === 0 ? 26 : -24), y + (k === 0 ? 3 : 34));
    pen.font = `400 15px ${family}`;
    pen.fillStyle = palette.text;
    pen.fillText(share, x + (k === 0 ? 42 : 8), y + (k === 0 ? 3 : 34));
  });
}
