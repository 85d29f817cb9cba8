import { SingleBar } from "cli-progress";
import { type Settings, trainedModel } from "./options.ts";
import type { EpochBounds } from "./state.ts";
import type { TrainEvent } from "./train.ts";

/** What there is to be shown; `share` is that of an evaluation, from 0 to 1. */
export type ShownEvent = TrainEvent | { type: "evaluating"; share: number };

/** Time between two plain lines, ms. */
const LINE_INTERVAL = 5000;

/** Where training stands, said to a person. */
export interface Display {
  note(text: string): void;
  show(event: ShownEvent): void;
  close(): void;
}

/** A bar on a terminal, lines elsewhere. `total` counts the gradient steps of all epochs, `from` those taken by an earlier session. */
export function createDisplay(output: NodeJS.WriteStream, settings: Settings, total: number, from: number): Display {
  const pace = createPace(total, from);
  return output.isTTY ? barDisplay(output, settings, total, pace) : lineDisplay(output, settings, total, pace);
}

/** What an epoch reached; every number is named for what it is. */
export function describeEpoch({ epoch, train, testDiscrete, testIwae100 }: EpochBounds, settings: Settings): string {
  return [
    `epoch ${epoch}: −ELBO of the ${trainedModel(settings)} model, training images, mean over the epoch ${train.toFixed(2)}`,
    `−ELBO of the discrete model, test images ${testDiscrete.toFixed(2)}`,
    `100-sample importance-weighted bound, 500 test images ${testIwae100.toFixed(2)} nats (lower is better)`,
  ].join(" | ");
}

interface Pace {
  /** Call at each step; evaluation between two steps counts into the time left, not into the images per second. */
  step(event: TrainEvent & { type: "step" }): { speed: string; bound: string; tau: string; left: string };
  pause(): void;
}

/** Smooths the numbers that jump from step to step over about the last 50 steps. */
function createPace(total: number, from: number): Pace {
  const begun = performance.now();
  let last = begun;
  let perImage = 0;
  let bound = 0;
  let steps = 0;
  return {
    step(event) {
      const now = performance.now();
      const weight = 1 / Math.min(++steps, 50);
      perImage += weight * ((now - last) / event.images - perImage);
      bound += weight * (event.bound - bound);
      last = now;
      const left = ((now - begun) / (event.step - from)) * (total - event.step);
      return {
        speed: `${Math.round(1000 / perImage)}`,
        bound: bound.toFixed(1),
        tau: event.tau.toFixed(3),
        left: clock(left / 1000),
      };
    },
    pause() {
      last = performance.now();
    },
  };
}

function barDisplay(output: NodeJS.WriteStream, settings: Settings, total: number, pace: Pace): Display {
  const format = `epoch {epoch}/${settings.epochs} {bar} {speed} images/s · ${trainedModel(settings)} −ELBO {bound} · τ {tau} · {left} left{doing}`;
  const bar = new SingleBar({
    format,
    stream: output,
    barsize: 12,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: true,
    clearOnComplete: true,
  });
  let running = false;
  const close = () => {
    if (running) bar.stop();
    running = false;
  };
  return {
    note(text) {
      close();
      output.write(`${text}\n`);
    },
    show(event) {
      if (event.type === "epoch") {
        pace.pause();
        this.note(describeEpoch(event.bounds, settings));
      } else if (event.type === "evaluating") {
        if (running) bar.update({ doing: ` · evaluating, ${Math.floor(100 * event.share)} %` });
      } else {
        const payload = { epoch: event.epoch + 1, doing: "", ...pace.step(event) };
        if (!running) bar.start(total, event.step, payload);
        running = true;
        bar.update(event.step, payload);
      }
    },
    close,
  };
}

function lineDisplay(output: NodeJS.WriteStream, settings: Settings, total: number, pace: Pace): Display {
  let due = 0;
  return {
    note(text) {
      output.write(`${text}\n`);
    },
    show(event) {
      if (event.type === "epoch") {
        pace.pause();
        this.note(describeEpoch(event.bounds, settings));
      } else if (event.type === "step") {
        const { speed, bound, tau, left } = pace.step(event);
        if (performance.now() < due) return;
        due = performance.now() + LINE_INTERVAL;
        const where = `epoch ${event.epoch + 1}/${settings.epochs}, step ${event.step}/${total}`;
        this.note(
          `${where} | ${speed} images/s | ${trainedModel(settings)} −ELBO ${bound} nats | τ ${tau} | ${left} left`,
        );
      }
    },
    close() {},
  };
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
