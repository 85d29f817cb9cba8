import { describe, expect, test } from "vitest";
import { loadCities, tripLength } from "../examples/models/data/cities.ts";
import { halvesOf, loadDigits } from "../examples/models/data/digits.ts";
import { loadIris } from "../examples/models/data/iris.ts";
import { assignBernoulli, bernoulliOf, fitBernoulliMixture } from "./reference/models/bernoulli-mixture.ts";
import { expectAll, expectClimbing } from "./reference/models/expect.ts";
import { type CovarianceShape, fitGaussianMixture, gaussianOf } from "./reference/models/gaussian-mixture.ts";
import { normalized, sum } from "./reference/models/log-space.ts";
import { responsibilitiesOf } from "./reference/models/mixture.ts";
import { orders, shortestTrip } from "./reference/models/trips.ts";
import { mean, mulberry32 } from "./reference/statistics.ts";

describe("Gaussian mixture on Iris", () => {
  const iris = loadIris();
  const flowers = iris.species.map((_, n) =>
    [iris.sepalLength, iris.sepalWidth, iris.petalLength, iris.petalWidth].map((column) => column[n] as number),
  );
  const fittedBy = (components: number, shape: CovarianceShape) => {
    const labels = iris.species.map((species) => Math.min(species, components - 1));
    return fitGaussianMixture(gaussianOf(responsibilitiesOf(labels, components), flowers, shape), flowers, shape);
  };

  test("the table is Fisher's: means of the columns, 50 of each species", () => {
    expectAll(
      [0, 1, 2, 3].map((at) => mean(flowers.map((x) => x[at] as number))),
      [5.843333, 3.057333, 3.758, 1.199333],
      6,
    );
    expect(iris.species).toEqual(Array.from({ length: 150 }, (_, n) => Math.floor(n / 50)));
  });

  // R: mclust 5, models VVV and VVI, 2 components; norMmix 0.0-1 (which goes on to the maximum), 3 components.
  test.each([
    [2, "full", -574.0178],
    [3, "full", -580.8389],
    [2, "diagonal", -857.5515],
    [3, "diagonal", -743.9974],
  ] as const)("EM of %i components with %s covariances has the published BIC, %f", (components, shape, bic) => {
    const { logLikelihood, objectives, responsibilities } = fittedBy(components, shape);
    const parameters = components - 1 + components * (4 + (shape === "full" ? 10 : 4));
    expect(2 * logLikelihood - parameters * Math.log(150)).toBeCloseTo(bic, 4);
    expectClimbing(objectives);
    for (const row of responsibilities) expect(sum(row)).toBeCloseTo(1, 12);
  });
});

describe("Bernoulli mixture on digits", () => {
  const { pixels, labels, side } = loadDigits({ count: 300, shrink: 2, only: [0, 1, 7] });
  const start = bernoulliOf(responsibilitiesOf(labels, 10), pixels, 0.5);
  const used = {
    weights: [0, 1, 7].map((k) => start.weights[k] as number),
    means: [0, 1, 7].map((k) => start.means[k] as number[]),
  };

  test("digits are those of the file: labels, the ink of the first, halves that make a whole", () => {
    const all = loadDigits({ count: 12 });
    expect(all.labels).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5]);
    const first = all.pixels[0] as Uint8Array;
    expect([side, pixels[0]?.length, first.length]).toEqual([14, 196, 784]);
    const { upper, lower } = halvesOf(first);
    expect([...upper, ...lower]).toEqual([...first]);
    expect(loadDigits({ count: 3, part: "test" }).labels).toEqual([7, 2, 1]);
    expect(() => loadDigits({ count: 1, shrink: 3 })).toThrow("shrink");
    expect(() => loadDigits({ count: 0 })).toThrow("count");
  });

  test("responsibilities and likelihood are those of products of probabilities", () => {
    const few = pixels.slice(0, 5).map((image) => image.slice(60, 80));
    const model = { weights: used.weights, means: used.means.map((row) => row.slice(60, 80)) };
    const joint = few.map((image) =>
      model.weights.map((weight, k) =>
        [...image].reduce(
          (p, bit, i) => p * (bit ? (model.means[k]?.[i] as number) : 1 - (model.means[k]?.[i] as number)),
          weight,
        ),
      ),
    );
    const { logLikelihood, responsibilities } = assignBernoulli(model, few);
    expect(logLikelihood).toBeCloseTo(sum(joint.map((row) => Math.log(sum(row)))), 11);
    responsibilities.forEach((row, n) => {
      expectAll(row, normalized(joint[n] as number[]), 12);
    });
  });

  test("EM climbs the likelihood from any start, and finds zeros, ones and sevens", () => {
    const { responsibilities } = fitBernoulliMixture(used, pixels, { pseudo: 0.5 });
    const right = responsibilities.filter((row, n) => [0, 1, 7][row.indexOf(Math.max(...row))] === labels[n]);
    expect(right.length / 300).toBeGreaterThan(0.9);
    const random = mulberry32(3);
    const means = [0, 1, 2].map(() => used.means[0]?.map(() => 0.3 + (0.4 * random()) / 2 ** 32) as number[]);
    const { objectives } = fitBernoulliMixture({ weights: [0.3, 0.3, 0.4], means }, pixels, { tolerance: 1e-9 });
    expectClimbing(objectives);
  });
});

describe("the shortest trip", () => {
  test("of all 14 cities of burma14 is TSPLIB's, 3323 km", async () => {
    const cities = loadCities();
    const { length, order } = shortestTrip(cities.distances);
    expect(length).toBe(3323);
    expect(await tripLength(order, cities)).toBe(3323);
  });

  test("of 8 cities is the shortest of all 5040 orders, and not the order of their numbers", async () => {
    const cities = loadCities(8);
    let best = Infinity;
    let count = 0;
    for (const order of orders(7)) {
      best = Math.min(best, await tripLength(order, cities));
      count += 1;
    }
    const { length, order } = shortestTrip(cities.distances);
    expect([count, length]).toEqual([5040, best]);
    expect(await tripLength(order, cities)).toBe(best);
    expect(await tripLength([0, 1, 2, 3, 4, 5, 6], cities)).toBeGreaterThan(best + 100);
  });

  test("of what is no order is refused", async () => {
    const cities = loadCities(4);
    await expect(tripLength([0, 0, 1], cities)).rejects.toThrow("order");
    await expect(tripLength([1, 2], cities)).rejects.toThrow("order");
    await expect(tripLength([0, 1, 2, 3], cities)).rejects.toThrow("order");
    expect(() => loadCities(15)).toThrow("count");
  });
});
