import { SingleBar } from "cli-progress";
import type { Result } from "./outcome.ts";

/** What is going on, said to a person: a bar on a terminal, lines elsewhere. */
export interface Display {
  note(text: string): void;
  begin(title: string): void;
  end(result: Result): void;
  close(): void;
}

export function createDisplay(output: NodeJS.WriteStream, total: number): Display {
  const running = new Set<string>();
  let done = 0;
  let bar: SingleBar | undefined;
  const close = () => {
    bar?.stop();
    bar = undefined;
  };
  const show = () => {
    if (!output.isTTY) return;
    bar ??= createBar(output, total);
    bar.update(done, { running: [...running].join(", ") });
  };
  const note = (text: string) => {
    close();
    output.write(`${text}\n`);
  };
  return {
    note,
    begin(title) {
      running.add(title);
      show();
    },
    end(result) {
      running.delete(result.title);
      done++;
      note(`${String(done).padStart(2)}/${total} ${describe(result)}`);
      if (done < total) show();
    },
    close,
  };
}

function createBar(stream: NodeJS.WriteStream, total: number): SingleBar {
  const format = "{bar} {value}/{total} {running}";
  const bar = new SingleBar({ format, stream, barsize: 20, hideCursor: true, clearOnComplete: true });
  bar.start(total, 0, { running: "" });
  return bar;
}

function describe({ title, status, reason, seconds }: Result): string {
  const time = seconds === undefined ? "" : ` (${seconds.toFixed(1)} s)`;
  return `${title}: ${status}${time}${reason === undefined ? "" : `: ${reason}`}`;
}
