// Works of the tests of threads and Web Workers, and what goes wrong in them.
import { closeSync, openSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { Bernoulli } from "reparam/distributions";
import { add, mul, parameter, reshape } from "reparam/graph";
import { rloo } from "reparam/inference";
import { shared } from "reparam/parallel";

const FAULTS = {
  exit: () => process.exit(3),
  loop: () => {
    for (;;);
  },
  memory: () => {
    const all = [];
    for (;;) all.push(new Array(1e6).fill(all.length));
  },
  later: () => {
    setTimeout(() => {
      throw new Error("thrown by nobody's shard");
    });
    // Until then.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  },
  throw: () => {
    throw new RangeError("the poison");
  },
};

/** Whether this is the first one to ask, of all threads. */
function isFirst(file) {
  try {
    closeSync(openSync(file, "wx"));
    return true;
  } catch {
    return false;
  }
}

/** `once` is a file that does not exist: the fault happens once. Without it always. In each thread so many calls go well `before` it. */
export const dice = shared(
  "dice",
  (/** @type {{ shift: number, fault?: string, once?: string, before?: number, slow?: number }} */ input) => {
    const { shift, fault, once, before = 0, slow } = input;
    let calls = 0;
    const parameters = { logits: parameter([1], [0.5]), offset: parameter([1], [shift]) };
    return {
      parameters,
      distribution: () => new Bernoulli({ logits: add(parameters.logits, parameters.offset) }),
      cost: (z) => {
        if (fault && !isMainThread && calls++ >= before && (!once || isFirst(once))) FAULTS[fault]();
        for (const end = performance.now() + (slow ?? 0); performance.now() < end; );
        const row = reshape(z, [z.size]);
        return add(row, mul(row, 2));
      },
      estimator: rloo(),
    };
  },
);
