import { expect, test } from "vitest";
import { Kumaraswamy, LogNormal, type Reparameterized, Weibull } from "../../bindings/distributions/index.ts";
import { backward, parameter, step, sum } from "../../bindings/graph/index.ts";
import { key } from "../../bindings/index.ts";

/** Laws with most of their mass beyond the range of float32, or closer to an end than it resolves. */
const EXTREME: [make: (p: never) => Reparameterized, parameters: Record<string, number>][] = [
  [(p) => new LogNormal(p), { loc: 0, scale: 100 }],
  [(p) => new Weibull(p), { scale: 1, concentration: 1e-3 }],
  [(p) => new Weibull(p), { scale: 1e-30, concentration: 0.05 }],
  [(p) => new Kumaraswamy(p), { concentration1: 1e-3, concentration0: 1e-3 }],
  [(p) => new Kumaraswamy(p), { concentration1: 1e-3, concentration0: 5 }],
  [(p) => new Kumaraswamy(p), { concentration1: 1e3, concentration0: 1e-3 }],
];

test.each(EXTREME)(
  "samples at an end stay inside of it, with finite densities and gradients: %s %j",
  (make, setting) => {
    const parameters = Object.fromEntries(Object.entries(setting).map(([name, x]) => [name, parameter([], [x])]));
    const logs = step(() => {
      const d = make(parameters as never);
      const y = d.logProb(d.rsample(key(3), { shape: [2000] })); // refuses what is outside
      backward(sum(y));
      return y.toArray();
    });
    expect(logs.every(Number.isFinite)).toBe(true);
    for (const [name, p] of Object.entries(parameters)) {
      expect(Number.isFinite(p.grad()[0]), `d ${name}: ${p.grad()[0]}`).toBe(true);
      p.dispose();
    }
  },
);
