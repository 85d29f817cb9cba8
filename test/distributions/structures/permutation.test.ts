import { expect, test } from "vitest";
import { RelaxedPermutation, sinkhorn } from "../../../bindings/distributions/index.ts";
import { add, backward, mul, parameter, step, sum, type Tensor, tensor } from "../../../bindings/graph/index.ts";
import { gumbel, key, normal } from "../../../bindings/index.ts";
import { onEveryBuild } from "../../builds.ts";
import { chiSquare, chiSquarePValue } from "../../reference/statistics.ts";
import { integrate } from "../quadrature.ts";
import { permutations } from "./oracle.ts";

onEveryBuild("RelaxedPermutation", () => {
  test("a sample is the best of all permutations for the perturbed logits", () => {
    for (const n of [1, 2, 3, 5]) {
      const logits = normal(key(1), n * n);
      const draws = 20;
      const noise = gumbel(key(2), draws * n * n);
      const sample = step(() => {
        const d = new RelaxedPermutation({ temperature: 1, logits: tensor(logits, [n, n]) });
        const drawn = d.sample(key(2), { shape: [draws] });
        expect(drawn.shape).toEqual([draws, n, n]);
        expect(d.support.firstOutside(drawn.toArray(), n)).toBe(-1);
        return drawn.toArray();
      });
      for (let draw = 0; draw < draws; draw++) {
        const at = (i: number, j: number): number => draw * n * n + i * n + j;
        const worth = (columns: readonly number[]): number =>
          columns.reduce((t, j, i) => t + (noise[at(i, j)] as number) + (logits[i * n + j] as number), 0);
        const columns = Array.from({ length: n }, (_, i) => sample.subarray(at(i, 0), at(i, n)).indexOf(1));
        const best = permutations(n).reduce((a, b) => (worth(b) > worth(a) ? b : a));
        expect(columns).toEqual(best);
      }
    }
  });

  test("rsample is sinkhorn of the perturbed logits; its gradient passes hard samples, none passes `sample`", () => {
    const logits = parameter([2, 3, 3], normal(key(3), 18));
    const temperature = parameter([2], [0.4, 2]);
    const run = (body: () => Tensor) => {
      logits.clear();
      temperature.clear();
      const value = step(() => {
        const y = body();
        backward(sum(mul(y, tensor(normal(key(4), y.size), y.shape))));
        return y.toArray();
      });
      return { value, gradients: [logits.grad(), temperature.grad()] };
    };
    const make = (): RelaxedPermutation => new RelaxedPermutation({ temperature, logits, iterations: 7 });
    const options = { shape: [4], offset: 9 };
    const soft = run(() => make().rsample(key(5), options));
    const direct = run(() => {
      const noise = tensor(gumbel(key(5), 72, { offset: 9 }), [4, 2, 3, 3]);
      return sinkhorn(add(logits, noise), { tau: temperature, iterations: 7 });
    });
    const hard = run(() => make().rsample(key(5), { ...options, hard: true }));
    const sample = run(() => make().sample(key(5), options));
    expect(soft).toEqual(direct);
    expect(hard.gradients).toEqual(soft.gradients);
    expect(hard.value).toEqual(sample.value);
    expect(sample.gradients.flatMap((g) => [...g]).every((g) => g === 0)).toBe(true);
    expect(soft.gradients.every((g) => g.every((x) => x !== 0))).toBe(true);
    logits.dispose();
    temperature.dispose();
  });

  test("its support is the permutation matrices; it has no density", () => {
    step(() => {
      const d = new RelaxedPermutation({ temperature: [1, 2], logits: tensor([0, 1, 2, 3], [2, 2]) });
      expect([d.batchShape, d.eventShape, d.hasRsample, d.iterations]).toEqual([[2], [2, 2], true, 20]);
      expect("logProb" in d).toBe(false);
      const outside = [
        [1, 0, 1, 0],
        [1, 1, 0, 0],
        [0.5, 0.5, 0.5, 0.5],
        [0, 0, 0, 1],
      ];
      for (const matrix of outside)
        expect(d.support.firstOutside(Float32Array.from([0, 1, 1, 0, ...matrix]), 2)).toBe(4);
    });
  });
});

// Of two by two the identity comes out where L > -(x00 + x11 - x01 - x10), L the sum of two standard logistic variates.
// The seed is fixed; an exact sampler fails one in 10^6 of the seeds.
test("samples of two by two follow the law", () => {
  const [a, b, c, d] = [0.4, 0.7, -0.2, 1.1];
  const draws = 40_000;
  const sample = step(() =>
    new RelaxedPermutation({ temperature: 1, logits: tensor([a, b, c, d], [2, 2]) })
      .sample(key(6), { shape: [draws] })
      .toArray(),
  );
  let identities = 0;
  for (let at = 0; at < sample.length; at += 4) identities += sample[at] as number;
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const p = integrate((x) => sigmoid(x) * sigmoid(-x) * sigmoid(x + a + d - b - c), -60, 60, [0]);
  const expected = [draws * p, draws * (1 - p)];
  expect(chiSquarePValue(chiSquare([identities, draws - identities], expected), 1)).toBeGreaterThan(1e-6);
});
