/** Milliseconds after which other work gets its turn: with a chunk as long that began just before, two thirds of a frame. */
const TURN = 5;

export const now = (): number => (typeof performance === "undefined" ? Date.now() : performance.now());

/** Lets the event loop run when long enough nothing else did: a page stays responsive, a signal arrives. */
export class Frame {
  #since = now();

  async breathe(): Promise<void> {
    if (now() - this.#since < TURN) return;
    await turn();
    this.#since = now();
  }
}

/** Of Node, Deno and Bun. */
declare const setImmediate: ((f: () => void) => unknown) | undefined;

/** After what waits now; timers are held back in browsers, by 4 ms or a second. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else if (typeof MessageChannel === "function") {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    } else setTimeout(resolve, 0);
  });
}
