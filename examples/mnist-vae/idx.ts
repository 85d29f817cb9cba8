import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ArgumentError } from "reparam";

/** Grey images as they lie in the file: one byte a pixel, 0 (paper) to 255 (ink), row-major [count, rows, cols]. */
export interface GreyImages {
  count: number;
  rows: number;
  cols: number;
  pixels: Uint8Array;
}

/** Two zero bytes, 0x08 = unsigned bytes, 3 dimensions (LeCun, Cortes, Burges: the MNIST database, "IDX file format"). */
const UBYTE_3D = 0x0000_0803;
const HEADER_BYTES = 16;

/**
 * Reads an IDX file of images.
 * @throws ArgumentError naming the file when it is missing, is no IDX image file, is empty, or is not exactly as long as its header says.
 */
export function readIdxImages(path: string): GreyImages {
  const name = basename(path);
  const bytes = readBytes(path, name);
  if (bytes.length < HEADER_BYTES) {
    throw new ArgumentError(name, `an IDX header of ${HEADER_BYTES} bytes`, `a file of ${bytes.length} bytes`);
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const magic = header.getUint32(0);
  if (magic !== UBYTE_3D) {
    throw new ArgumentError(name, "the IDX magic number 0x00000803 (unsigned bytes, 3 dimensions)", hex(magic));
  }
  const count = header.getUint32(4);
  const rows = header.getUint32(8);
  const cols = header.getUint32(12);
  const expected = HEADER_BYTES + count * rows * cols;
  if (bytes.length !== expected) {
    throw new ArgumentError(name, `${expected} bytes (${count} images of ${rows}×${cols})`, `${bytes.length} bytes`);
  }
  if (count === 0) throw new ArgumentError(name, "at least one image", "none");
  return { count, rows, cols, pixels: bytes.subarray(HEADER_BYTES) };
}

function readBytes(path: string, name: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ArgumentError(name, "a readable IDX file", (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}
