import { SingleBar } from "cli-progress";
import type { Standing } from "./program.ts";

/** Time between two plain lines, ms. */
const INTERVAL = 3000;

/** A bar on a terminal, lines elsewhere. */
export function createDisplay(output: NodeJS.WriteStream): {
  readonly show: (standing: Standing) => void;
  readonly close: () => void;
} {
  const options = { format: "{what} {bar} {value}/{total}{bound} · {eta_formatted} left", stream: output, barsize: 24 };
  const bar = output.isTTY ? new SingleBar({ ...options, hideCursor: true, clearOnComplete: true }) : undefined;
  let running: string | undefined;
  let due = performance.now() + INTERVAL;
  const close = (): void => {
    if (running !== undefined) bar?.stop();
    running = undefined;
  };
  return {
    close,
    show({ step, of, doing = "fit", bound }) {
      const payload = { what: doing, bound: bound === undefined ? "" : ` · bound ${bound.toFixed(1)} nats` };
      if (bar) {
        if (running !== doing) {
          close();
          bar.start(of, step, payload);
          running = doing;
        }
        bar.update(step, payload);
      } else if (performance.now() >= due) {
        due = performance.now() + INTERVAL;
        output.write(`${doing} ${step}/${of}${payload.bound}\n`);
      }
    },
  };
}
