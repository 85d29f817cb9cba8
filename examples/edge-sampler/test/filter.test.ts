import fc from "fast-check";
import { categorical, foldIn, gumbel, key } from "reparam";
import { expect, test } from "vitest";
import { filter } from "../src/filter.ts";
import { draws, sample } from "../src/sample.ts";
import type { Settings } from "../src/settings.ts";
import { candidates } from "./reference.ts";

const left = (logits: Float32Array): number[] => [...logits.keys()].filter((i) => logits[i] > -Infinity);

const quarter = fc.integer({ min: -40, max: 40 }).map((x) => x / 4);
const logits = fc.array(fc.oneof(quarter, fc.constant(-Infinity)), { minLength: 1, maxLength: 50 });

test("keeps the tokens of the definition, for any temperature, top-k and top-p", () => {
  fc.assert(
    fc.property(
      logits.filter((row) => row.some((x) => x > -Infinity)),
      fc.constantFrom(0.3, 0.5, 1, 1.7, 10),
      fc.integer({ min: 0, max: 60 }),
      // Sums of the service are of float32 probabilities: at a p between two sums both must agree.
      fc.constantFrom(0.0321, 0.2711, 0.5013, 0.9017, 0.9903, 1),
      (row, temperature, topK, topP) => {
        const floats = Float32Array.from(row);
        const count = filter(floats, { temperature, topK, topP });
        expect(left(floats)).toEqual(candidates(row, temperature, topK, topP));
        expect(count).toBe(left(floats).length);
      },
    ),
    { numRuns: 1000 },
  );
});

test("top-p takes probabilities among the tokens that top-k left", () => {
  const row = Float32Array.from([0.4, 0.3, 0.2, 0.1], Math.log);
  filter(row, { temperature: 1, topK: 2, topP: 0.55 });
  expect(left(row)).toEqual([0]); // 0.4 / 0.7 = 0.571; without renormalizing it would take both
});

test("0 and -0 are equal, so the first of them passes", () => {
  for (const temperature of [0.5, 1]) {
    const row = Float32Array.of(-1, -0, 0);
    filter(row, { temperature, topK: 1, topP: 1 });
    expect(left(row)).toEqual([1]);
  }
});

test("a p just below 1 keeps every token that has a probability", () => {
  const row = new Float32Array(151936);
  expect(filter(row, { temperature: 1, topK: 0, topP: 1 - 2 ** -53 })).toBe(151936);
});

const SETTINGS: Settings = { seed: 7n, position: 3, temperature: 1, topK: 0, topP: 1, draws: 1 };
const row = (): Float32Array => Float32Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1000) / 100);

test("without filters the token is the library's own draw", () => {
  expect(sample(row(), SETTINGS).token).toBe(categorical(foldIn(key(7n), 3), row())[0]);
});

test("each token keeps its noise under a filter: the draw is the best perturbed logit of those left", () => {
  const noise = gumbel(foldIn(key(7n), 3), 1000);
  for (const topK of [1, 5, 50, 500]) {
    const kept = row();
    filter(kept, { temperature: 1, topK, topP: 1 });
    const perturbed = kept.map((logit, i) => logit + noise[i]);
    expect(sample(row(), { ...SETTINGS, topK }).token).toBe(perturbed.indexOf(Math.max(...perturbed)));
  }
});

test("temperature 0 is the most probable token, of equals the first, for every seed", () => {
  for (let seed = 0n; seed < 20n; seed++) {
    const drawn = sample(Float32Array.of(1, 4, 4, 2), { ...SETTINGS, seed, temperature: 0 });
    expect(drawn).toEqual({ token: 1, logprob: 0, candidates: 1 });
  }
});

test("draws differ from each other, come best first, begin with the token of sample, and are as many as there are", () => {
  const five = draws(row(), { ...SETTINGS, draws: 5 });
  expect(new Set(five.tokens).size).toBe(5);
  expect(five.scores).toEqual([...five.scores].sort((a, b) => b - a));
  expect(five.tokens[0]).toBe(sample(row(), SETTINGS).token);
  expect(draws(row(), { ...SETTINGS, draws: 5, topK: 3 }).tokens.length).toBe(3);
});

test("logprobs are those of the filtered distribution, and a score is a logprob and its token's noise", () => {
  const noise = gumbel(foldIn(key(7n), 3), 4);
  const all = draws(Float32Array.from([0.4, 0.3, 0.2, 0.1], Math.log), { ...SETTINGS, topK: 3, draws: 3 });
  expect([...all.tokens].sort()).toEqual([0, 1, 2]);
  for (const [d, token] of all.tokens.entries()) {
    expect(all.logprobs[d]).toBeCloseTo(Math.log([4 / 9, 3 / 9, 2 / 9][token]), 6);
    expect(all.scores[d]).toBeCloseTo(all.logprobs[d] + noise[token], 5);
  }
});

test("tokens come as often as the law of top-p says", () => {
  const counts = new Map<number, number>();
  const N = 20_000;
  for (let position = 0; position < N; position++) {
    const logits = Float32Array.from([0.4, 0.3, 0.2, 0.1], Math.log);
    const { token } = sample(logits, { ...SETTINGS, position, topP: 0.85 });
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  expect(counts.has(3)).toBe(false);
  // Pearson's statistic with two degrees of freedom; 0.001 of correct samplers exceed 13.8.
  const expected = [4 / 9, 3 / 9, 2 / 9].map((p) => p * N);
  const statistic = expected.reduce((sum, mean, token) => sum + ((counts.get(token) ?? 0) - mean) ** 2 / mean, 0);
  expect(statistic).toBeLessThan(13.8);
});
