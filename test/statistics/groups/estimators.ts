import { foldIn } from "reparam";
import { Bernoulli } from "reparam/distributions";
import { backward, mul, parameter, reshape, step, sub, sum, type Tensor } from "reparam/graph";
import * as inference from "reparam/inference";
import { type Moments, toy } from "../../reference/toy.ts";
import { type Job, keyFor } from "../job.ts";
import { hitsTest } from "../tools/hits.ts";
import { momentTests, Powers } from "../tools/moments.ts";

const DRAWS = 1e7;
const ROWS = 1e5;
const PARTS = 20;

/** Estimators of the toy at theta = 1/2, by the names that test/reference/toy.ts has them under, and samples of each estimate. */
const ESTIMATORS: Readonly<Record<string, readonly [make: () => inference.Estimator, samples?: number]>> = {
  scoreFunction: [() => inference.scoreFunction()],
  rloo: [() => inference.rloo(), 2],
  arm: [() => inference.arm()],
  disarm: [() => inference.disarm()],
  muProp: [() => inference.muProp()],
  "rebar 0.5": [() => inference.rebar({ tau: 0.5 })],
  "gumbelSoftmax 0.1": [() => inference.gumbelSoftmax({ tau: 0.1 })],
  "gumbelSoftmax 0.5": [() => inference.gumbelSoftmax({ tau: 0.5 })],
  "gumbelSoftmax 1": [() => inference.gumbelSoftmax({ tau: 1 })],
  "straightThroughGumbelSoftmax 0.5": [() => inference.straightThroughGumbelSoftmax({ tau: 0.5 })],
  straightThrough: [() => inference.straightThrough()],
};

/** (b - t)^2 of points [n, rows, 1]: [n, rows]. */
const costOf = (t: number) => (b: Tensor) => {
  const miss = sub(b, t);
  return reshape(mul(miss, miss), b.shape.slice(0, 2));
};

function toyJob(t: number, name: string, exact: Moments): Job<Float64Array> {
  const [make, samples = 1] = ESTIMATORS[name];
  const title = `toy at t = ${t}, ${name}`;
  return {
    name: title,
    parts: PARTS,
    run(part) {
      const powers = new Powers(exact.mean);
      let others = 0;
      const phi = parameter([ROWS, 1]);
      for (let i = 0; i < DRAWS / PARTS / ROWS; i++) {
        step(() => {
          const key = foldIn(foldIn(keyFor(title), part), i);
          const options = { key, estimator: make(), samples };
          backward(sum(inference.estimate(new Bernoulli({ logits: phi }), costOf(t), options)));
        });
        const gradients = phi.grad();
        powers.add(gradients);
        for (const g of gradients) if (Math.abs(g - exact.mean) > 1e-7 * exact.mean) others++;
        phi.clear();
      }
      phi.dispose();
      return Float64Array.of(powers.n, powers.first, powers.second, powers.fourth, others);
    },
    conclude(parts) {
      const powers = new Powers(exact.mean);
      for (const [n, first, second, fourth] of parts) {
        powers.n += n;
        powers.first += first;
        powers.second += second;
        powers.fourth += fourth;
      }
      if (exact.variance > 0) return momentTests(title, powers, exact);
      const others = parts.reduce((sum, part) => sum + part[4], 0);
      return [hitsTest(`${title}: gradients that are not the exact one`, others, powers.n, 0)];
    },
  };
}

export const estimatorJobs: readonly Job[] = [0.45, 0.499].flatMap((t) => {
  // t and the costs as float32 has them.
  const exact = toy(Math.fround(t), 0, Math.fround);
  return Object.keys(ESTIMATORS).map((name) => toyJob(t, name, exact[name]) as Job);
});
