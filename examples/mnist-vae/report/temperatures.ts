import { gumbelSoftmax, type Key } from "reparam";
import { CATEGORIES, type Parameters } from "../model.ts";
import { decimals, picture, section } from "./html.ts";
import { codeLogits, imageOf } from "./images.ts";

const TEMPERATURES = [10, 5, 2, 1, 0.5, 0.2, 0.1];

/** One image and one noise draw at falling temperatures: the bars of some variables, and what is decoded from the code. */
export function temperaturesSection(
  parameters: Parameters,
  image: Float32Array,
  key: Key,
  variables: number[],
): string {
  const logits = codeLogits(parameters, image);
  const soft = TEMPERATURES.map((tau) => ({
    label: `τ = ${tau}`,
    code: gumbelSoftmax(key, logits, { cols: CATEGORIES, tau }),
  }));
  const hard = { label: "hard", code: gumbelSoftmax(key, logits, { cols: CATEGORIES, hard: true }) };
  const columns = [...soft, hard];

  const heads = columns.map(({ label }) => `<th scope="col">${label}</th>`);
  const images = columns.map(
    ({ label, code }) => `<td>${picture([imageOf(parameters, code)], 1, 3, `decoded at ${label}`)}</td>`,
  );
  const rows = variables.map((variable) => {
    const bars = columns.map(
      ({ code }) => `<td>${barsOf(code.subarray(variable * CATEGORIES, (variable + 1) * CATEGORIES))}</td>`,
    );
    return `<tr><th scope="row">variable ${variable + 1}</th>${bars.join("")}</tr>`;
  });
  return section(
    "temperature",
    "One noise draw, seven temperatures and the limit",
    `The same image, the same Gumbel noise, only the temperature falls from left to right. A hot sample is nearly the same for every
image, spread over all ten categories; a cold one commits. At the right end is the hard sample, exactly one-hot, the limit of
τ → 0. Training began at τ = 1, where gradients are calm, and cooled towards the discrete codes the model is judged by.`,
    `<div class="wide"><table class="temperatures"><thead><tr><td>${picture([image], 1, 2, "the encoded image")}</td>${heads.join("")}</tr></thead>
<tbody>${rows.join("\n")}<tr><th scope="row">decoded</th>${images.join("")}</tr></tbody></table></div>`,
  );
}

/** Ten bars of heights 0 to 1. */
function barsOf(values: Float32Array): string {
  const bars = Array.from(values, (value, i) => {
    const height = 38 * value + 0.5;
    return `<rect x="${i * 8 + 1}" y="${decimals(40 - height, 1)}" width="6" height="${decimals(height, 1)}"/>`;
  });
  return `<svg viewBox="0 0 80 40" aria-hidden="true">${bars.join("")}</svg>`;
}
