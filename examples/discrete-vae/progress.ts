import { SingleBar } from "cli-progress";
import type { Job, TrainEvent } from "./train.ts";

/** Time between two plain lines, ms. */
const INTERVAL = 5000;

/** Where a run stands, said to a person: a bar on a terminal, lines elsewhere. */
export interface Display {
  note(text: string): void;
  show(event: TrainEvent): void;
  close(): void;
}

export const titleOf = ({ estimator, latent, samples }: Job): string => `${estimator}, ${latent}, samples: ${samples}`;

export function createDisplay(output: NodeJS.WriteStream, title: string, steps: number): Display {
  const format = `${title} {bar} {value}/{total} steps · −ELBO {bound} · {eta_formatted} left`;
  const options = { format, stream: output, barsize: 16, hideCursor: true, clearOnComplete: true };
  const bar = output.isTTY ? new SingleBar(options) : undefined;
  let running = false;
  let due = performance.now() + INTERVAL;
  const close = () => {
    if (running) bar?.stop();
    running = false;
  };
  const note = (text: string) => {
    close();
    output.write(`${text}\n`);
  };
  return {
    note,
    close,
    show(event) {
      if (event.type === "checkpoint") {
        const { step, train, test, testIwae100, variance } = event.checkpoint;
        const bounds = [
          `training ${train.toFixed(2)}`,
          `test ${test.toFixed(2)}`,
          `IWAE-100 ${testIwae100.toFixed(2)}`,
        ];
        note(`${title} | step ${step}/${steps} | −ELBO ${bounds.join(", ")} | variance ${variance.toPrecision(3)}`);
      } else if (bar) {
        const payload = { bound: event.bound.toFixed(1) };
        if (!running) bar.start(steps, event.step, payload);
        running = true;
        bar.update(event.step, payload);
      } else if (performance.now() >= due) {
        due = performance.now() + INTERVAL;
        note(`${title} | step ${event.step}/${steps} | −ELBO ${event.bound.toFixed(1)} nats`);
      }
    },
  };
}
