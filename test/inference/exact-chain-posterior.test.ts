import { describe, expect, test } from "vitest";
import { backward, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { chain, elbo, MarkovChain, rloo, scoreFunction } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { enumerate, factorsOfChain, type PlainChain, uniforms } from "../reference/exact.ts";

/** Two plates of a hidden Markov model with 3 states and 4 times, the second of which has 3. */
const [T, K, PLATES] = [4, 3, 2];
const LENGTHS = [4, 3];
const random = uniforms(14);
const fill = (n: number): Float32Array => Float32Array.from({ length: n }, () => 5 * random() - 3);
const INITIAL = fill(K);
const TRANSITION = fill((T - 1) * K * K);
TRANSITION[4] = -Infinity;
const EMISSION = fill(PLATES * T * K);

const plain = (plate: number): PlainChain => ({
  length: LENGTHS[plate],
  states: K,
  initial: (k) => INITIAL[k],
  transition: (t, i, k) => TRANSITION[(t * K + i) * K + k],
  emission: (t, k) => EMISSION[(plate * T + t) * K + k],
});

const exact = () =>
  chain({
    initial: tensor(INITIAL),
    transition: tensor(TRANSITION, [T - 1, K, K]),
    emission: tensor(EMISSION, [PLATES, T, K]),
    lengths: LENGTHS,
  });

/** log p(x, z) of points [n, plates, T], from the tables as they are. */
function logJoint(z: Tensor): Tensor {
  const states = z.toArray();
  const logs = Array.from({ length: states.length / T }, (_, row) => {
    const { length, initial, transition, emission } = plain(row % PLATES);
    const path = states.subarray(row * T, row * T + length);
    let sum = initial(path[0]) + emission(0, path[0]);
    for (let t = 1; t < length; t++) sum += transition(t - 1, path[t - 1], path[t]) + emission(t, path[t]);
    return sum;
  });
  return tensor(logs, [states.length / T / PLATES, PLATES]);
}

const truths = LENGTHS.map((length, plate) => enumerate(factorsOfChain(plain(plate)), Array(length).fill(K)));
const evidence = truths.map(({ logSum }) => logSum);

const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, within: number): void => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(actual[i] - expected[i]), `element ${i}`).toBeLessThan(within);
};

describe("the posterior of a chain as a law", () => {
  test("has the probability of each path, and is in state 0 after the end", () => {
    step(() => {
      const law = exact().posterior();
      expect([law.batchShape, law.eventShape]).toEqual([[PLATES], [T]]);
      for (const [plate, { states, probabilities }] of truths.entries()) {
        const paths = states.map((z) => [...z, ...Array<number>(T - z.length).fill(0)]);
        const all = law.logProb(tensor(paths.flat(), [paths.length, 1, T])).toArray();
        near(
          paths.map((_, i) => Math.exp(all[i * PLATES + plate])),
          probabilities,
          1e-6,
        );
      }
      const drawn = law.sample(key(1), { shape: [50] }).toArray();
      for (let s = 0; s < 50; s++) expect(drawn[(s * PLATES + 1) * T + 3]).toBe(0);
    });
  });

  test("leaves no gap: the bound is the log evidence, whatever the sample", () => {
    for (let seed = 0; seed < 50; seed++)
      step(() => {
        const { bound, of } = elbo(exact().posterior(), logJoint, { key: key(seed), estimator: scoreFunction() });
        expect(of).toBe("discrete");
        near(bound.toArray(), evidence, 2e-6);
      });
  });

  test("has no gradient as a guide, by RLOO that sticks the landing, whatever the samples; another guide has one", () => {
    const gradientsAt = (change: number): number => {
      const [first, next] = step(() => {
        const { initial, transition } = exact().posterior();
        return [initial, transition].map((x) => ({ shape: x.shape, values: x.toArray().map((l) => l * change) }));
      });
      const [a, b] = [first, next].map((each) => parameter(each?.shape ?? [], each?.values));
      step(() => {
        const guide = new MarkovChain({ initial: a, transition: b, length: T });
        const options = { key: key(3), estimator: rloo(), samples: 4, stickingTheLanding: true };
        backward(sum(elbo(guide, logJoint, options).bound));
      });
      const largest = Math.max(...[a, b].flatMap((x) => [...x.grad()]).map(Math.abs));
      for (const x of [a, b]) x.dispose();
      return largest;
    };
    expect(gradientsAt(1)).toBeLessThan(2e-6);
    expect(gradientsAt(0.5)).toBeGreaterThan(0.05);
  });

  test("is refused where nothing is possible", () => {
    step(() => {
      const emission = tensor([0, 0, 0, 0, -Infinity, -Infinity, 0, 0], [2, 2, 2]);
      const never = chain({ initial: tensor([0, 0]), transition: tensor([0, 0, 0, 0], [2, 2]), emission });
      expect(() => never.posterior()).toThrow(/logEvidence: .*-Infinity in plate 1/);
    });
  });
});
