import { crc32, deflateSync } from "node:zlib";
import { SIDE } from "../mnist.ts";

/** Paper shows between the images of a sheet, pixels. */
const GAP = 2;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** 8 bits a channel, colour type 4: grey and alpha, so that the gaps take the colour of the page. */
const FORMAT = Uint8Array.of(8, 4, 0, 0, 0);

/** A sheet of square images of ink probabilities, row by row, as a data URI (PNG, W3C Recommendation, 3rd ed.). */
export function contactSheet(
  images: readonly ArrayLike<number>[],
  columns: number,
  side = SIDE,
): { uri: string; width: number; height: number } {
  const rows = Math.ceil(images.length / columns);
  const width = columns * (side + GAP) - GAP;
  const height = rows * (side + GAP) - GAP;
  const stride = 1 + 2 * width;
  const scanlines = new Uint8Array(height * stride);
  images.forEach((image, i) => {
    const left = (i % columns) * (side + GAP);
    const top = Math.floor(i / columns) * (side + GAP);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const at = (top + y) * stride + 1 + 2 * (left + x);
        scanlines[at] = Math.round(255 * (1 - image[y * side + x]));
        scanlines[at + 1] = 255;
      }
    }
  });
  const header = concatenate([bigEndian(width), bigEndian(height), FORMAT]);
  const data = deflateSync(scanlines, { level: 9 });
  const file = concatenate([SIGNATURE, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", new Uint8Array())]);
  return { uri: `data:image/png;base64,${Buffer.from(file).toString("base64")}`, width, height };
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = concatenate([Buffer.from(type, "latin1"), data]);
  return concatenate([bigEndian(data.length), body, bigEndian(crc32(body))]);
}

function bigEndian(word: number): Uint8Array {
  return Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
