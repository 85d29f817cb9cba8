import { createBar } from "../everywhere/display.ts";
import { hasPassed } from "./outcome.ts";
import type { Watcher } from "./processes.ts";

/** A bar of the parts that are done on a terminal; a line for each job everywhere. */
export function createDisplay(
  output: NodeJS.WriteStream,
  total: number,
): Watcher & { note(text: string): void; close(): void } {
  const bar = output.isTTY ? createBar(output) : undefined;
  const begun = performance.now();
  const running: string[] = [];
  let done = 0;
  const update = () => bar?.update(done, { running: [...new Set(running)].join(", ") });
  const note = (text: string) => {
    bar?.stop();
    output.write(`${text}\n`);
    bar?.start(total, done, { running: "" });
    update();
  };
  bar?.start(total, 0, { running: "" });
  return {
    note,
    begin(name) {
      running.push(name);
      update();
    },
    end(name) {
      running.splice(running.indexOf(name), 1);
      done++;
      update();
    },
    conclude(name, outcomes) {
      const failed = outcomes.filter((outcome) => !hasPassed(outcome));
      const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(4);
      note(`${seconds} s  ${failed.length > 0 ? "FAILED" : "passed"}  ${name}: ${outcomes.length} tests`);
    },
    close: () => bar?.stop(),
  };
}
