import { softmax } from "reparam";
import { categoricalKl, exp, log, mul, step, sum, tensor } from "reparam/graph";
import { type Images, PIXELS, pixelsOf } from "../mnist.ts";
import { CATEGORIES, CODE, encode, LOG_CATEGORIES, type Parameters, VARIABLES } from "../model.ts";
import { decimals, section } from "./html.ts";

const CHUNK = 500;

/** How the test images use the codes; one entry a variable. */
export interface Usage {
  /** Mean of q(category | image) over the images: [variable][category]; a row sums to 1. */
  share: number[][];
  /** exp of the entropy of a row: how many of the ten categories the variable uses, 1 to 10. */
  perplexity: number[];
  /** Mean KL(q(· | image) || uniform), nats: how much the variable says about an image, 0 to log 10 ≈ 2.303. */
  information: number[];
}

export function measureUsage(parameters: Parameters, test: Images): Usage {
  const share = new Float64Array(CODE);
  const information = new Float64Array(VARIABLES);
  for (let start = 0; start < test.count; start += CHUNK) {
    const count = Math.min(CHUNK, test.count - start);
    const pixels = pixelsOf(test, start, count);
    const [logits, kl] = step(
      () => {
        const codes = encode(parameters, tensor(pixels, [count, PIXELS]));
        return [codes.toArray(), categoricalKl(codes).toArray()];
      },
      { gradients: false },
    );
    softmax(logits, { cols: CATEGORIES }).forEach((probability, i) => {
      share[i % CODE] += probability / test.count;
    });
    kl.forEach((nats, i) => {
      information[i % VARIABLES] += nats / test.count;
    });
  }
  const rows = Array.from({ length: VARIABLES }, (_, v) => [...share.subarray(v * CATEGORIES, (v + 1) * CATEGORIES)]);
  return { share: rows, perplexity: rows.map(perplexity), information: [...information] };
}

/** The `count` variables that say most about an image, in their own order. */
export function mostInformative({ information }: Usage, count: number): number[] {
  const ranked = information.map((_, variable) => variable).sort((a, b) => information[b] - information[a]);
  return ranked.slice(0, count).sort((a, b) => a - b);
}

export function usageSection(usage: Usage, images: number): string {
  const peak = Math.max(...usage.share.flat());
  const rows = usage.share.map((row, variable) => {
    const cells = row.map(
      (share) =>
        `<td class="heat" style="--heat:${decimals(share / peak, 3)}" title="${decimals(100 * share, 1)} %"></td>`,
    );
    const used = meter(usage.perplexity[variable] / CATEGORIES, decimals(usage.perplexity[variable], 2));
    const said = meter(usage.information[variable] / LOG_CATEGORIES, decimals(usage.information[variable], 2));
    return `<tr><th scope="row">${variable + 1}</th>${cells.join("")}${used}${said}</tr>`;
  });
  const categories = Array.from({ length: CATEGORIES }, (_, category) => `<th scope="col">${category}</th>`);
  return section(
    "usage",
    "What the codes are used for",
    `One row a variable, one column a category, over ${images} test images; the stronger the colour, the more often the
encoder chooses it (strongest: ${decimals(100 * peak, 0)} %). <em>Perplexity</em> is the number of categories in effective use, 10 when all
are used alike. <em>Information</em> is the KL divergence from the uniform prior, averaged over images: how many nats the variable
says about an image, at most log 10 ≈ 2.30. A variable near 0 has been given up.`,
    `<div class="wide"><table class="usage"><thead><tr><td></td>${categories.join("")}<th scope="col">perplexity</th><th scope="col">information, nats</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`,
  );
}

/** exp(−Σ p log p), by the library's log and exp, so that every engine prints the same digits. */
function perplexity(row: number[]): number {
  const used = row.filter((share) => share > 0);
  return step(
    () => {
      const p = tensor(used);
      return exp(mul(sum(mul(p, log(p))), -1)).item();
    },
    { gradients: false },
  );
}

function meter(fraction: number, text: string): string {
  return `<td class="meter"><span style="--fill:${decimals(fraction, 3)}"></span>${text}</td>`;
}
