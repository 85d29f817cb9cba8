import { html, svg } from "./elements.ts";
import type { Summary, Triple } from "./statistics.ts";

const WIDTH = 200;
const ROW = 40;

/** A row for each category: its probability, and its two estimates with their errors, as numbers and as a picture. */
export function showLaw(body: HTMLElement, probabilities: Triple, summary: Summary): void {
  // The scale follows the largest number, in steps, so that small probabilities can be told apart.
  const most = Math.max(...probabilities, ...summary.frequency, ...summary.mean);
  const scale = WIDTH / Math.min(1, Math.ceil(most * 5 + 0.25) / 5);
  body.replaceChildren(
    ...["A", "B", "C"].map((name, k) => {
      const estimates = [
        [summary.frequency[k], summary.frequencyError[k]],
        [summary.mean[k], summary.meanError[k]],
      ] as const;
      return html(
        "tr",
        { class: name.toLowerCase(), "data-category": name },
        html("th", { scope: "row" }, name),
        html("td", { class: "wide" }, picture(scale, probabilities[k], estimates)),
        html("td", {}, number(probabilities[k])),
        ...estimates.map(([value, error]) =>
          html("td", {}, number(value), html("small", {}, `±${(2 * error).toFixed(3)}`)),
        ),
      );
    }),
  );
}

const number = (value: number): HTMLElement => html("data", { value }, value.toFixed(3));

type Estimate = readonly [value: number, error: number];

function picture(scale: number, probability: number, [frequency, mean]: readonly [Estimate, Estimate]): SVGElement {
  const whisker = ([value, error]: Estimate, y: number): SVGElement =>
    svg("path", { class: "whisker", d: `M${scale * (value - 2 * error)} ${y}H${scale * (value + 2 * error)}` });
  const x = scale * mean[0];
  return svg(
    "svg",
    { viewBox: `-6 0 ${WIDTH + 12} ${ROW}`, "aria-hidden": "true" },
    svg("rect", { class: "bar", x: 0, y: 4, width: scale * probability, height: ROW - 8 }),
    svg("path", { class: "edge", d: `M${scale * probability} 2V${ROW - 2}` }),
    whisker(frequency, 13),
    svg("circle", { class: "frequency", cx: scale * frequency[0], cy: 13, r: 4 }),
    whisker(mean, 28),
    svg("path", { class: "mean", d: `M${x} 22.5l5.5 5.5-5.5 5.5-5.5-5.5Z` }),
  );
}
