import { foldIn, type Key } from "reparam";
import { CODE, type Parameters } from "../model.ts";
import { picture, section } from "./html.ts";
import { drawCode, imageOf } from "./images.ts";

const SAMPLES = 60;

/** What the decoder makes of codes that no image has asked for. */
export function priorSection(parameters: Parameters, key: Key): string {
  const uniformLogits = new Float32Array(CODE);
  const images = Array.from({ length: SAMPLES }, (_, i) =>
    imageOf(parameters, drawCode(foldIn(key, i), uniformLogits)),
  );
  return section(
    "prior",
    "Samples from the prior",
    `Codes drawn uniformly, every variable at one of its ten values regardless of the others, then decoded. The closer these
come to handwriting, the better the codes of real images fill the space of all codes.`,
    picture(images, 10, 3, `${SAMPLES} images decoded from random codes`),
  );
}
