import { TAU } from "./settings.ts";

const FROM = 5;
const TO = 0.05;
/** Milliseconds for the whole way. */
const TIME = 8000;

/** Lowers the temperature from frame to frame, evenly on its logarithmic scale, until it is there or stopped. */
export class Annealing {
  readonly #set: (tau: number) => void;
  readonly #tell: (isRunning: boolean) => void;
  #frame = 0;

  constructor(set: (tau: number) => void, tell: (isRunning: boolean) => void) {
    this.#set = set;
    this.#tell = tell;
  }

  get isRunning(): boolean {
    return this.#frame !== 0;
  }

  start(): void {
    const begin = performance.now();
    const next = (now: number): void => {
      const done = Math.min(1, Math.max(0, now - begin) / TIME);
      this.#frame = done < 1 ? requestAnimationFrame(next) : 0;
      this.#set(Math.max(TAU.least, Number((FROM * (TO / FROM) ** done).toPrecision(3))));
      if (done === 1) this.#tell(false);
    };
    this.#frame = requestAnimationFrame(next);
    this.#tell(true);
  }

  stop(): void {
    if (!this.isRunning) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#tell(false);
  }
}
