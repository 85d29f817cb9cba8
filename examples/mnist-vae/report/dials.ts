import type { Key } from "reparam";
import { CATEGORIES, type Parameters } from "../model.ts";
import { picture, section } from "./html.ts";
import { codeLogits, drawCode, imageOf } from "./images.ts";

/** One image's code with one variable at a time put to each of its ten categories. */
export function dialsSection(parameters: Parameters, image: Float32Array, key: Key, variables: number[]): string {
  const code = drawCode(key, codeLogits(parameters, image));
  const rows = variables.map((variable) => {
    const start = variable * CATEGORIES;
    const tiles = Array.from({ length: CATEGORIES }, (_, category) => {
      const turned = code.slice();
      turned.fill(0, start, start + CATEGORIES);
      turned[start + category] = 1;
      const drawn = code[start + category] === 1 ? ' class="drawn"' : "";
      return `<td${drawn}>${picture([imageOf(parameters, turned)], 1, 2, `variable ${variable + 1} at ${category}`)}</td>`;
    });
    return `<tr><th scope="row">variable ${variable + 1}</th>${tiles.join("")}</tr>`;
  });
  return section(
    "dials",
    "Turning one dial",
    `The hard code of the figure above, decoded again with a single variable put to each of its ten categories and the other
nineteen left alone. The framed image in each row is the code as it was drawn.`,
    `<div class="wide"><table class="dials"><tbody>${rows.join("\n")}</tbody></table></div>`,
  );
}
