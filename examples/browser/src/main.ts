import { Annealing } from "./anneal.ts";
import { Controls } from "./controls.ts";
import { byId } from "./elements.ts";
import { describeError, notify, notifyOfErrors } from "./notice.ts";
import { describeRuntime } from "./runtime.ts";
import { Sampler } from "./sampler.ts";
import { fromHash, initial, type Settings, toHash } from "./settings.ts";
import { View } from "./view.ts";

/** Milliseconds without a change after which the address is written and the speed measured. */
const QUIET = 300;

function start(): void {
  const sampler = new Sampler();
  const view = new View(sampler);
  byId("build").textContent = sampler.core.build;
  byId("runtime").textContent = describeRuntime();

  let settings: Settings = initial;
  let frame = 0;
  let rest = 0;
  let mustFit = true;

  const settle = (): void => {
    history.replaceState(null, "", toHash(settings));
    const nanoseconds = sampler.measure(settings);
    byId("speed").textContent = `${nanoseconds.toFixed(1)} ns an element`;
  };
  const paint = (): void => {
    frame = 0;
    if (mustFit) view.refit();
    mustFit = false;
    view.show(settings);
    clearTimeout(rest);
    rest = window.setTimeout(settle, QUIET);
  };
  /** However many events there are, one redraw a frame. */
  const redraw = (): void => {
    if (frame === 0) frame = requestAnimationFrame(paint);
  };
  const change = (changes: Partial<Settings>): void => {
    settings = { ...settings, ...changes };
    controls.show(settings);
    redraw();
  };

  const annealing = new Annealing(
    (tau) => change({ tau }),
    (isRunning) => byId("play").setAttribute("aria-pressed", String(isRunning)),
  );
  const controls = new Controls((changes) => {
    annealing.stop();
    change(changes);
  });
  byId("redraw").addEventListener("click", () => change({ draw: settings.draw + 1 }));
  byId("play").addEventListener("click", () => (annealing.isRunning ? annealing.stop() : annealing.start()));

  const refit = (): void => {
    mustFit = true;
    redraw();
  };
  const readAddress = (): void => {
    const complaints: string[] = [];
    change(fromHash(location.hash, (complaint) => complaints.push(complaint)));
    notify(complaints.join(" "));
  };
  addEventListener("hashchange", readAddress);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refit);
  new ResizeObserver(refit).observe(document.body);
  document.fonts.ready.then(redraw);
  readAddress();
}

notifyOfErrors();
try {
  start();
} catch (error) {
  notify(`This page cannot draw. ${describeError(error)}`);
}
