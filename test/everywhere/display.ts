import { SingleBar } from "cli-progress";

/** What came of one of the things tried. */
interface Ended {
  readonly title: string;
  readonly status: string;
  readonly reason?: string;
  readonly seconds?: number;
}

/** What is going on, said to a person: a bar on a terminal, lines elsewhere. */
export interface Display {
  note(text: string): void;
  begin(title: string): void;
  end(result: Ended): void;
  close(): void;
}

export function createDisplay(output: NodeJS.WriteStream, total: number): Display {
  const running = new Set<string>();
  let done = 0;
  const bar = output.isTTY ? createBar(output) : undefined;
  let shown = false;
  const hide = () => {
    if (shown) bar?.stop();
    shown = false;
  };
  const show = () => {
    const payload = { running: [...running].join(", ") };
    if (shown) bar?.update(done, payload);
    else bar?.start(total, done, payload);
    shown = bar !== undefined;
  };
  const note = (text: string) => {
    hide();
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
    close: hide,
  };
}

/** A short bar, and what is running now. */
export const createBar = (stream: NodeJS.WriteStream): SingleBar =>
  new SingleBar({
    format: "{bar} {value}/{total} {running}",
    stream,
    barsize: 20,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: true,
    clearOnComplete: true,
  });

function describe({ title, status, reason, seconds }: Ended): string {
  const time = seconds === undefined ? "" : ` (${seconds.toFixed(1)} s)`;
  return `${title}: ${status}${time}${reason === undefined ? "" : `: ${reason}`}`;
}
