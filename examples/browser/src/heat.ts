import { log2Density } from "./density.ts";
import { barycentric, HEIGHT, type Triangle } from "./geometry.ts";
import type { Triple } from "./statistics.ts";

/** Binary logarithms of the density relative to the uniform one, from blank to full ink. */
const RANGE = { least: -6, most: 6 } as const;

/** CSS pixels of a pixel of the picture: it is smooth, so it can be scaled up. */
const GRAIN = 3;

interface Place {
  /** In the image, of the opacity of the pixel. */
  readonly at: number;
  /** Logarithms of the coordinates of the pixel's middle. */
  readonly logY: Triple;
}

/** The density as a picture of one ink. */
export class Heat {
  readonly #canvas = document.createElement("canvas");
  readonly #pen = this.#canvas.getContext("2d") as CanvasRenderingContext2D;
  #image = new ImageData(1, 1);
  #places: readonly Place[] = [];

  /** @param ink a colour, used up to the opacity `most` */
  paint(
    to: CanvasRenderingContext2D,
    triangle: Triangle,
    logits: Triple,
    tau: number,
    ink: string,
    most: number,
  ): void {
    this.#resize(Math.round(triangle.side / GRAIN));
    const { data, width, height } = this.#image;
    for (const { at, logY } of this.#places) {
      const level = (log2Density(logits, tau, logY) - RANGE.least) / (RANGE.most - RANGE.least);
      data[at] = 255 * most * Math.min(1, Math.max(0, level));
    }
    this.#pen.putImageData(this.#image, 0, 0);
    this.#pen.globalCompositeOperation = "source-in";
    this.#pen.fillStyle = ink;
    this.#pen.fillRect(0, 0, width, height);
    to.drawImage(this.#canvas, triangle.left, triangle.top, triangle.side, triangle.side * HEIGHT);
  }

  #resize(width: number): void {
    if (this.#image.width === width) return;
    const height = Math.round(width * HEIGHT);
    Object.assign(this.#canvas, { width, height });
    this.#image = new ImageData(width, height);
    this.#places = Array.from({ length: width * height }, (_, i) => {
      const y = barycentric(((i % width) + 0.5) / width, (Math.floor(i / width) + 0.5) / height);
      return { at: 4 * i + 3, y };
    })
      // One pixel more than the triangle, whose edge cuts through them; the caller clips.
      .filter(({ y }) => Math.min(...y) > -1.5 / width)
      .map(({ at, y }) => ({ at, logY: logarithms(y, 0.5 / width) }));
  }
}

/** Not of less than `least`: at the border itself the density is 0 or infinite. */
const logarithms = ([a, b, c]: Triple, least: number): Triple => [
  Math.log(Math.max(a, least)),
  Math.log(Math.max(b, least)),
  Math.log(Math.max(c, least)),
];
