import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { at } from "reparam/graph";
import { type Settings, trainedModel } from "../options.ts";
import type { State } from "../state.ts";
import { stepsPerEpoch, temperature } from "../train.ts";
import { decimals, section } from "./html.ts";

const require = createRequire(import.meta.url);

/** The bounds and the temperature over the epochs; drawn by uPlot in the reader's browser, with the numbers in a table below. */
export function curvesSection(state: State): string {
  const model = trainedModel(state.settings);
  const heads = [
    "epoch",
    `${model}, training, mean over the epoch`,
    "discrete, test",
    "importance-weighted, test",
    "τ",
  ];
  const rows = state.progress.history.map(({ epoch, tau, train, testDiscrete, testIwae100 }) => {
    const cells = [decimals(train, 2), decimals(testDiscrete, 2), decimals(testIwae100, 2), decimals(tau, 3)];
    return `<tr><th scope="row">${epoch}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return section(
    "curves",
    "Three bounds, falling",
    caption(state.settings),
    `<div id="bounds-plot" role="img" aria-label="the three bounds over the epochs"></div>
<div id="tau-plot" role="img" aria-label="the temperature over the epochs"></div>
<table class="numbers"><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table>
<script type="application/json" id="curves-data">${JSON.stringify({ model, columns: curvesData(state) })}</script>`,
  );
}

function caption(settings: Settings): string {
  const relaxedCaveat = `The relaxed objective is no bound on any likelihood (soft codes can carry more than the KL term counts),
so compare models by the other two.`;
  return `All in nats per image, lower is better. <em>Training</em>: the −ELBO of the ${trainedModel(settings)} model that is minimized,
a mean over the steps since the point before (in the table: over the epoch), each image at the parameters and temperature of its
step and so behind the epoch's end. <em>Discrete, test</em>: −ELBO of the model with hard codes, the one that is meant.
<em>Importance-weighted, test</em>: 100 codes an image tighten that bound towards the negative log-likelihood.
${settings.hard ? "" : relaxedCaveat}`;
}

type Row = [epochs: number, train: number | null, discrete: number | null, iwae: number | null, tau: number];

/** Columns for uPlot: x in epochs, null where a curve has no point. */
function curvesData({ progress, settings }: State): (number | null)[][] {
  const steps = stepsPerEpoch(progress.images, settings);
  const evaluated = new Map(progress.history.map((bounds) => [bounds.epoch * steps, bounds]));
  const trained = new Map(progress.curve);
  const rows = [...new Set([...trained.keys(), ...evaluated.keys()])]
    .sort((a, b) => a - b)
    .map((step): Row => {
      const bounds = evaluated.get(step);
      const tau = at(temperature(settings), step);
      return [step / steps, trained.get(step) ?? null, bounds?.testDiscrete ?? null, bounds?.testIwae100 ?? null, tau];
    });
  return [0, 1, 2, 3, 4].map((column) => rows.map((row) => row[column]));
}

/** uPlot and the script that calls it, as text to be put inline. */
export function curvesAssets(): { style: string; script: string } {
  const read = (path: string | URL) => readFileSync(path, "utf8");
  const library = read(require.resolve("uplot/dist/uPlot.iife.min.js"));
  // Its banner is a link, and the page holds no address of another site: the licence itself goes in its place.
  const licensed = library.replace(/^\/\*!.*?\*\//s, `/*! uPlot\n${read(require.resolve("uplot/LICENSE"))}\n*/`);
  return {
    style: read(require.resolve("uplot/dist/uPlot.min.css")),
    script: `${licensed}\n${read(new URL("curves.client.js", import.meta.url))}`,
  };
}
