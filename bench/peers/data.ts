import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foldIn } from "reparam";
import { he } from "reparam/graph";
import { gradients, logits, noise, pixels } from "../data.ts";
import { PIXELS, widths } from "./model.ts";
import { BATCH, works } from "./work.ts";

/** Batches taken in turn: on a single one the network would soon have nothing left to learn. */
const BATCHES = 8;

/**
 * The arguments of all works as float32 files in a folder of the system's for temporary files: every contestant, whatever
 * its language, reads the very same numbers. A work takes as many from the start of a file as it needs.
 */
export function writeData(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "reparam-peers-"));
  const most = Math.max(...works.map(({ rows, cols }) => rows * cols));
  const files = {
    logits: logits(most),
    gradients: gradients(most),
    images: pixels(BATCHES * BATCH * PIXELS),
    // One after the other, [inputs, outputs] each.
    weights: concatenate(widths.slice(1).map((outputs, i) => he(foldIn(noise, i), [widths[i], outputs]))),
  };
  for (const [name, values] of Object.entries(files)) writeFileSync(join(folder, `${name}.f32`), values);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
