import { describe, expect, test } from "vitest";
import { loadEarthquakes } from "../../examples/models/data/earthquakes.ts";
import * as example from "../../examples/models/hidden-markov.ts";
import { runShort } from "../../examples/models/support/program.ts";
import { poissonChainGradient } from "../reference/models/hidden-markov.ts";
import { mean, variance } from "../reference/statistics.ts";

describe("hidden Markov model", () => {
  test("sampled states learn what exact sums learn, and a chain of them has the states of forward-backward", async () => {
    const { numbers, picture } = await runShort(example);
    // The published maximum: see reference-models-markov.test.ts.
    const best = -328.5275;
    expect(Math.abs(numbers["log likelihood, learned by exact sums"] - best)).toBeLessThan(0.01);
    const reached = numbers["learned by sampling"];
    expect(reached).toBeLessThan(best + 0.01);
    expect(reached).toBeGreaterThan(best - 0.2);

    const [bound, error] = [numbers["bound of the chain"], numbers["its standard error"]];
    expect(bound).toBeLessThan(reached + 4 * error);
    expect(bound).toBeGreaterThan(reached - 0.2);
    expect(numbers["largest difference of a state's probability, chain"]).toBeLessThan(0.02);
    // States that know nothing of each other cannot have it: the best of them leaves nats, and is sure of what is not.
    expect(numbers["bound of mean-field"]).toBeLessThan(reached - 5);
    expect(numbers["of mean-field"]).toBeGreaterThan(0.2);
    expect(picture).toContain("</svg>");
  }, 60_000);

  test("the sampled gradient is on average that of forward-backward", () => {
    const row = (own: number): number[] => [0, 1, 2].map((to) => Math.exp(own === to ? 2 : 0) / (Math.exp(2) + 2));
    const start = { initial: [1 / 3, 1 / 3, 1 / 3], transition: [0, 1, 2].map(row), rates: [10, 20, 25] };
    const { initial, transition, logRates } = poissonChainGradient(start, [...loadEarthquakes().count]);
    const each = Array.from({ length: 100 }, (_, seed) => example.gradients(seed, 32));
    [...initial, ...transition.flat(), ...logRates].forEach((expected, i) => {
      expect(Math.abs(each[0].exact[i] - expected)).toBeLessThan(2e-4);
      const own = each.map(({ sampled }) => sampled[i]);
      const standardError = Math.sqrt(variance(own) / own.length);
      // Beyond 4 standard errors of one of 15 gradients: once in 1000 keys.
      expect(Math.abs(mean(own) - expected)).toBeLessThan(4 * standardError + 2e-4);
      expect(standardError).toBeLessThan(0.5);
    });
  });
});
