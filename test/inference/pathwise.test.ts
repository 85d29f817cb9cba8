import { expect, test } from "vitest";
import { LogitRelaxedBernoulli, RelaxedBernoulli } from "../../bindings/distributions/index.ts";
import { parameter, step, type Tensor } from "../../bindings/graph/index.ts";
import { estimate, pathwise } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";

/** E log q(z) - log p(z) of samples that round to an end of (0, 1), where the numbers alone do not tell the log-odds. */
function divergenceOf(Family: typeof RelaxedBernoulli | typeof LogitRelaxedBernoulli, samples: number): Float32Array {
  const logits = parameter([3], [12, 9, -11]);
  try {
    return step(() => {
      const q = new Family({ temperature: 0.1, logits });
      const p = new Family({ temperature: 0.2, logits: 0 });
      // A density of a sample and its Jacobian: the same whichever form the sample has, but for the difference of two of them.
      const [atQ, atP] = [q, p].map((law) =>
        estimate(q, (z: Tensor) => law.logProb(z), { key: key(1), estimator: pathwise(), samples }).toArray(),
      ) as [Float32Array, Float32Array];
      return atQ.map((each, i) => each - (atP[i] as number));
    });
  } finally {
    logits.dispose();
  }
}

test.each([1, 3])(
  "log-densities of %d relaxed samples are those of their log-odds, also where they round to an end",
  (n) => {
    const [unit, logOdds] = [divergenceOf(RelaxedBernoulli, n), divergenceOf(LogitRelaxedBernoulli, n)];
    for (const [i, each] of logOdds.entries()) expect(Math.abs((unit[i] as number) - each)).toBeLessThan(1e-3);
  },
);
