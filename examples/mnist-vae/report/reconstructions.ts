import { foldIn, type Key } from "reparam";
import { type Images, pixelsOf } from "../mnist.ts";
import type { Parameters } from "../model.ts";
import { picture, section } from "./html.ts";
import { codeLogits, drawCode, imageOf } from "./images.ts";

const PAIRS = 35;

/** Test images beside what the decoder makes of one discrete code of each. */
export function reconstructionsSection(parameters: Parameters, test: Images, key: Key): string {
  const count = Math.min(PAIRS, test.count);
  const pairs = Array.from({ length: count }, (_, i) => {
    const original = pixelsOf(test, i);
    const code = drawCode(foldIn(key, i), codeLogits(parameters, original));
    return picture([original, imageOf(parameters, code)], 2, 2, `test image ${i} and its reconstruction`);
  });
  return section(
    "reconstructions",
    "Originals beside reconstructions",
    `The first ${count} test images. Left of each pair: the binarized original. Right: the probability of ink in each pixel,
decoded from one code of twenty one-hot variables drawn for it. Everything the decoder knows about an image went through
those twenty choices, at most 20 × log<sub>2</sub> 10 ≈ 66 bits.`,
    `<div class="pairs">${pairs.join("")}</div>`,
  );
}
