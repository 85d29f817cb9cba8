import { showLine } from "./chart.ts";
import { byId } from "./elements.ts";
import { hashOf } from "./hash.ts";
import { showLaw } from "./law.ts";
import { readPalette } from "./palette.ts";
import type { Point, Sampler } from "./sampler.ts";
import type { Settings } from "./settings.ts";
import { Simplex } from "./simplex.ts";
import { type Summary, summarize, type Triple, totalVariation } from "./statistics.ts";

/** Draws the samples of some settings and shows all there is to see of them. */
export class View {
  readonly #sampler: Sampler;
  readonly #simplex = new Simplex(byId<HTMLCanvasElement>("simplex"));
  #palette = readPalette();
  #sweep: { readonly of: string; readonly points: readonly Point[] } = { of: "", points: [] };

  constructor(sampler: Sampler) {
    this.#sampler = sampler;
  }

  /** The picture has a new size or the page new colours. */
  refit(): void {
    this.#palette = readPalette();
    this.#simplex.resize(byId("simplex").clientWidth);
  }

  show(settings: Settings): void {
    const start = performance.now();
    const samples = this.#sampler.draw(settings);
    const relaxed = settings.hard ? this.#sampler.draw({ ...settings, hard: false }) : samples;
    const probabilities = this.#sampler.probabilities(settings.logits);
    const summary = summarize(samples);
    this.#simplex.paint({ settings, relaxed, frequency: summary.frequency }, this.#palette);
    showLaw(byId("law"), probabilities, summary);
    this.#showCharts(settings, probabilities, settings.hard ? summarize(relaxed) : summary);
    byId("hash").textContent = hashOf(samples);
    byId("memory").textContent = `${this.#sampler.core.bytes / 1024} KiB`;
    byId("redraw-time").textContent = `${(performance.now() - start).toFixed(1)} ms, all included`;
    byId("simplex").setAttribute("aria-label", describe(settings, summary));
  }

  #showCharts(settings: Settings, probabilities: Triple, relaxed: Summary): void {
    const points = this.#sweepOf(settings);
    const distance = ({ mean }: Summary): number => totalVariation(mean, probabilities);
    const floor = totalVariation(relaxed.frequency, probabilities);
    const { tau } = settings;
    const most = Math.max(0.1, Math.ceil(10 * Math.max(...points.map(distance))) / 10);
    showLine(byId<SVGElement>("distance"), {
      points: points.map((point) => ({ tau: point.tau, value: distance(point) })),
      now: { tau, value: distance(relaxed) },
      most,
      ticks: [0, most / 2, most],
      level: { value: floor, name: `argmax ${floor.toFixed(3)}` },
      side: "left",
      description: `The distance of the mean is ${distance(relaxed).toFixed(3)} at tau ${tau}; it falls with tau.`,
    });
    showLine(byId<SVGElement>("corners"), {
      points: points.map((point) => ({ tau: point.tau, value: point.nearCorner })),
      now: { tau, value: relaxed.nearCorner },
      most: 1,
      ticks: [0, 0.5, 1],
      side: "right",
      description: `At tau ${tau} a share of ${relaxed.nearCorner.toFixed(3)} is near a corner; it rises as tau falls.`,
    });
  }

  /** Anew only when the noise or the logits have changed: what depends on tau is the point on the curve. */
  #sweepOf(settings: Settings): readonly Point[] {
    const { logits, n, seed, draw } = settings;
    const of = [...logits, n, seed, draw].join(" ");
    if (this.#sweep.of !== of) this.#sweep = { of, points: this.#sampler.sweep(settings) };
    return this.#sweep.points;
  }
}

function describe({ n, tau }: Settings, { frequency }: Summary): string {
  const shares = ["A", "B", "C"].map((name, k) => `${(100 * frequency[k]).toFixed(1)} % nearest to ${name}`);
  return `${n} samples on the simplex at temperature ${tau}: ${shares.join(", ")}`;
}
