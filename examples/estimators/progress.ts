import { SingleBar } from "cli-progress";

/** Time between two plain lines, ms. */
const LINE_INTERVAL = 5000;

export interface Display {
  /** A piece of work begins. */
  doing(what: string): void;
  close(): void;
}

/** A bar on a terminal, lines elsewhere. */
export function createDisplay(output: NodeJS.WriteStream, pieces: number): Display {
  return output.isTTY ? barDisplay(output, pieces) : lineDisplay(output, pieces);
}

function barDisplay(stream: NodeJS.WriteStream, pieces: number): Display {
  const bar = new SingleBar({
    format: "{bar} {value}/{total} · {what} · {eta_formatted} left",
    stream,
    barsize: 24,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: true,
    clearOnComplete: true,
  });
  let begun = -1;
  bar.start(pieces, 0, { what: "" });
  return {
    doing(what) {
      begun++;
      bar.update(begun, { what });
    },
    close: () => bar.stop(),
  };
}

function lineDisplay(output: NodeJS.WriteStream, pieces: number): Display {
  let begun = 0;
  let due = 0;
  return {
    doing(what) {
      begun++;
      if (performance.now() < due) return;
      due = performance.now() + LINE_INTERVAL;
      output.write(`${begun}/${pieces} ${what}\n`);
    },
    close() {},
  };
}
