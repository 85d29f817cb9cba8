import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError, key } from "reparam";
import { describe, expect, test } from "vitest";
import { readIdxImages } from "../../examples/mnist-vae/idx.ts";
import { binarize, loadMnist, PIXELS, packagedData } from "../../examples/mnist-vae/mnist.ts";
import { temporaryFolder, writeTinyMnist } from "./tiny-mnist.ts";

const TEST_FILE = "t10k-images-idx3-ubyte";

function fileOf(bytes: Uint8Array): string {
  const path = join(temporaryFolder(), "images");
  writeFileSync(path, bytes);
  return path;
}

/** An IDX file of 2 images of 1×3 pixels, with some header words replaced. */
function idx({ magic = 0x803, count = 2, pixels = 6 } = {}): string {
  const bytes = Buffer.alloc(16 + pixels);
  for (const [i, word] of [magic, count, 1, 3].entries()) bytes.writeUInt32BE(word, 4 * i);
  return fileOf(bytes);
}

describe("IDX files", () => {
  test("give their counts and pixels", () => {
    expect(readIdxImages(idx())).toMatchObject({ count: 2, rows: 1, cols: 3, pixels: { length: 6 } });
  });

  test("of the package hold 10 000 test images", () => {
    expect(readIdxImages(join(packagedData(), TEST_FILE))).toMatchObject({ count: 10_000, rows: 28, cols: 28 });
  });

  test.each([
    ["is missing", () => join(temporaryFolder(), "images"), "ENOENT"],
    ["is too short for a header", () => fileOf(new Uint8Array(7)), "7 bytes"],
    ["has the magic number of labels", () => idx({ magic: 0x801 }), "0x00000801"],
    ["is truncated", () => idx({ pixels: 5 }), "21 bytes"],
    ["has bytes to spare", () => idx({ pixels: 7 }), "23 bytes"],
    ["is empty", () => idx({ count: 0, pixels: 0 }), "none"],
  ])("are refused by name when one %s", (_, path, came) => {
    const read = () => readIdxImages(path());
    expect(read).toThrow(ArgumentError);
    expect(read).toThrow(expect.objectContaining({ argument: "images", message: expect.stringContaining(came) }));
  });

  test("that were cut off in a download are refused when the folder is loaded", () => {
    const folder = writeTinyMnist(10, 10);
    truncateSync(join(folder, TEST_FILE), 5000);
    expect(() => loadMnist(folder, key(0))).toThrow(expect.objectContaining({ argument: TEST_FILE }));
  });
});

describe("binarization", () => {
  const grey = readIdxImages(join(packagedData(), TEST_FILE));

  test("gives the same bits for the same key, others for another", () => {
    const first = { ...grey, count: 1500, pixels: grey.pixels.subarray(0, 1500 * PIXELS) };
    const { pixels } = binarize(first, key(1));
    expect(Buffer.compare(pixels, binarize(first, key(1)).pixels)).toBe(0);
    expect(Buffer.compare(pixels, binarize(first, key(2)).pixels)).not.toBe(0);
    // The noise depends on the position alone, so a longer set begins with the same bits.
    expect(Buffer.compare(pixels, binarize(grey, key(1)).pixels.subarray(0, pixels.length))).toBe(0);
  });

  test("keeps white white, black black, and the mean", () => {
    const { pixels } = binarize(grey, key(3));
    let ink = 0;
    let expected = 0;
    let wrong = 0;
    for (let i = 0; i < pixels.length; i++) {
      ink += pixels[i];
      expected += grey.pixels[i] / 255;
      if ((grey.pixels[i] === 0 && pixels[i] !== 0) || (grey.pixels[i] === 255 && pixels[i] !== 1)) wrong++;
    }
    expect(wrong).toBe(0);
    // Standard deviation of the mean: at most sqrt(1/4 / 7.84e6) = 1.8e-4; five of them.
    expect(Math.abs(ink - expected) / pixels.length).toBeLessThan(9e-4);
  });
});
