import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PIXELS, packagedData } from "../../examples/mnist-vae/mnist.ts";

/** A new empty folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "mnist-vae-"));
}

/** Writes IDX files of the first images of the real ones. Returns their folder. */
export function writeTinyMnist(trainCount: number, testCount: number): string {
  const folder = join(temporaryFolder(), "data");
  mkdirSync(folder);
  shorten("train-images-idx3-ubyte", trainCount, folder);
  shorten("t10k-images-idx3-ubyte", testCount, folder);
  return folder;
}

function shorten(name: string, count: number, folder: string): void {
  const bytes = Buffer.from(readFileSync(join(packagedData(), name)).subarray(0, 16 + count * PIXELS));
  bytes.writeUInt32BE(count, 4);
  writeFileSync(join(folder, name), bytes);
}
