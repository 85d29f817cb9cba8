import autocannon from "autocannon";
import type { Work } from "./work.ts";

export interface Bound {
  readonly connections: number;
  /** Seconds, or a number of requests. */
  readonly seconds?: number;
  readonly requests?: number;
}

export interface Shots {
  readonly seconds: number;
  /** Milliseconds of each answer, in the order in which they came. */
  readonly times: readonly number[];
}

const TIMEOUT = 30;

/**
 * Sends `works` in turn over kept-alive connections, each connection one request at a time.
 * @throws Error if any is not answered with 200: such a rate says nothing
 */
export function shoot(
  url: string,
  works: readonly Work[],
  { connections, seconds, requests }: Bound,
  signal: AbortSignal,
  onAnswer: (count: number) => void = () => {},
): Promise<Shots> {
  return new Promise((resolve, reject) => {
    const times: number[] = [];
    const begun = performance.now();
    const run = autocannon(
      {
        url,
        connections,
        timeout: TIMEOUT,
        ...(requests === undefined ? { duration: seconds ?? 1 } : { amount: requests }),
        requests: works.map(({ path, type, body }) =>
          body.length === 0
            ? { method: "GET", path }
            : { method: "POST", path, body, headers: { "content-type": type } },
        ),
      },
      (error, result) => {
        signal.removeEventListener("abort", stop);
        const elapsed = (performance.now() - begun) / 1000;
        const bad = result.non2xx + result.errors + result.timeouts;
        if (error) reject(error);
        else if (signal.aborted) reject(signal.reason);
        else if (bad > 0) reject(new Error(`${bad} of ${result.requests.sent} requests were not answered with 200`));
        else resolve({ seconds: elapsed, times });
      },
    );
    const stop = () => run.stop();
    signal.addEventListener("abort", stop);
    run.on("response", (_client, _status, _bytes, milliseconds) => {
      times.push(milliseconds);
      onAnswer(times.length);
    });
  });
}
