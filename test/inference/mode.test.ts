import { key } from "reparam";
import { Bernoulli, Categorical, LogNormal, Normal } from "reparam/distributions";
import { mul, parameter, reshape, sub, sum, type Tensor, tensor } from "reparam/graph";
import { mode, model } from "reparam/inference";
import { describe, expect, test } from "vitest";

const closeTo = (a: number, b: number, within: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(within);

describe("mode", () => {
  // Weights that pull against each other: all 2^6 states are compared.
  const fields = [0.3, -0.2, 0.5, -0.4, 0.1, -0.6];
  const couplings = [1.2, -0.9, 0.8, -1.5, 1.1];
  const energy = (bits: readonly number[]): number =>
    fields.reduce((so, field, i) => so + field * (bits[i] as number), 0) +
    couplings.reduce((so, w, i) => so + w * (bits[i] as number) * (bits[i + 1] as number), 0) -
    6 * Math.log(2);
  const chain = model((p) => {
    const z = p.latent("z", new Bernoulli({ logits: [0, 0, 0, 0, 0, 0] }));
    const [n] = z.shape as [number];
    const at = (i: number): Tensor =>
      reshape(sum(mul(z, tensor(fields.map((_, j) => Number(i === j)))), { axis: -1 }), [n]);
    p.factor("fields", sum(mul(z, tensor(fields)), { axis: -1 }));
    for (const [i, w] of couplings.entries()) p.factor(`coupling ${i}`, mul(w, mul(at(i), at(i + 1))));
  });

  test("of coupled bits is the best of all states, and says its density", async () => {
    const states = Array.from({ length: 64 }, (_, s) => fields.map((_, i) => (s >> i) & 1));
    const best = states.reduce((so, each) => (energy(each) > energy(so) ? each : so));
    const { values, logJoint, logJoints } = await mode(chain, undefined, { key: key(1), steps: 200, starts: 3 });
    expect([...(values.z?.values ?? [])]).toEqual(best);
    closeTo(logJoint, energy(best), 1e-5);
    expect(logJoints.length).toBe(3);
    expect(Math.max(...logJoints)).toBe(logJoint);
  });

  test("of a Gaussian with a Gaussian prior is the posterior mean, and the model's parameters stay", async () => {
    const scale = parameter([], [2]);
    const gaussian = model(
      (p, { x }: { x: Tensor }) => {
        const mu = p.latent("mu", new Normal({ loc: 1, scale: 3 }));
        p.observe("x", new Normal({ loc: p.perRow(mu), scale }), x);
      },
      { parameters: { scale } },
    );
    const x = [2, 3.5, 5];
    const precision = 1 / 9 + x.length / 4;
    const exact = (1 / 9 + x.reduce((so, each) => so + each, 0) / 4) / precision;
    const { values } = await mode(gaussian, { x }, { key: key(2), steps: 400, starts: 1 });
    closeTo(values.mu?.values[0] as number, exact, 0.05);
    expect(scale.toArray()).toEqual(Float32Array.of(2));
  });

  test("of latents of rows beside one of all", async () => {
    const both = model((p, { x }: { x: Tensor }) => {
      const size = p.latent("size", new LogNormal({ loc: 0, scale: 0.3 }));
      const z = p.local("z", new Categorical({ logits: [0.5, 0, -0.5] }));
      p.observe("x", new Normal({ loc: mul(p.perRow(size), sub(z, 1)), scale: 0.2 }), x);
    });
    const x = [1.1, -0.9, 0.02, 1, -1.1];
    const signs = [1, -1, 0, 1, -1];
    const { values } = await mode(both, { x }, { key: key(3), steps: 300, starts: 2 });
    expect(values.z).toEqual({ values: Float32Array.of(2, 0, 1, 2, 0), shape: [5] });
    // d log p / d log size = 0: a grid is enough.
    const logJoint = (s: number): number =>
      -Math.log(s) -
      Math.log(s) ** 2 / 0.18 -
      x.reduce((so, each, i) => so + (each - s * (signs[i] as number)) ** 2, 0) / 0.08;
    const grid = Array.from({ length: 2001 }, (_, i) => 0.5 + i / 2000);
    const best = grid.reduce((so, s) => (logJoint(s) > logJoint(so) ? s : so));
    closeTo(values.size?.values[0] as number, best, 0.03);
  });

  test("the same key gives the same mode; a signal ends it", async () => {
    const run = () => mode(chain, undefined, { key: key(4), steps: 20, starts: 2 });
    expect(await run()).toEqual(await run());
    const controller = new AbortController();
    const stopped = mode(chain, undefined, {
      key: key(4),
      signal: controller.signal,
      onProgress: ({ step }) => step >= 10 && controller.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
  });
});
