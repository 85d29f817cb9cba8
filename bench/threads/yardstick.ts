import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Multiplications, some 20 ms of them, in registers: no memory, no messages to speak of. */
const LOOP = `
const { parentPort } = require("node:worker_threads");
parentPort.on("message", () => {
  let x = 1;
  for (let i = 0; i < 2e7; i++) x = Math.imul(x ^ i, 0x9e3779b1);
  parentPort.postMessage(x);
});`;

/** What two cores are worth: on a machine that others use too, two that are busy may lose what one does not. */
export class Yardstick {
  readonly #workers = [1, 2].map(() => new Worker(LOOP, { eval: true }));

  /** How many times as much two threads do as one does, at this moment: 2 of two cores. */
  async worth(): Promise<number> {
    const [alone, both] = [await this.#time(1), await this.#time(2)];
    return (2 * alone) / both;
  }

  async #time(count: number): Promise<number> {
    const begun = performance.now();
    await Promise.all(
      this.#workers.slice(0, count).map((worker) => {
        const answer = once(worker, "message");
        worker.postMessage(undefined);
        return answer;
      }),
    );
    return performance.now() - begun;
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
