import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packagedData } from "../examples/mnist-vae/mnist.ts";
import { loadCities, wayLength } from "../examples/models/data/cities.ts";
import { readColumns } from "../examples/models/data/csv.ts";
import { halvesOf, loadDigits } from "../examples/models/data/digits.ts";
import { loadIris } from "../examples/models/data/iris.ts";
import { assignBernoulli, bernoulliOf, fitBernoulliMixture } from "./reference/models/bernoulli-mixture.ts";
import { expectAll, expectClimbing } from "./reference/models/expect.ts";
import { type CovarianceShape, fitGaussianMixture, gaussianOf } from "./reference/models/gaussian-mixture.ts";
import { normalized, sum } from "./reference/models/log-space.ts";
import { responsibilitiesOf } from "./reference/models/mixture.ts";
import { orders, shortestTrip, shortestWay } from "./reference/models/trips.ts";
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
    const { logLikelihood, objectives, responsibilities, model } = fittedBy(components, shape);
    const parameters = components - 1 + components * (4 + (shape === "full" ? 10 : 4));
    expect(2 * logLikelihood - parameters * Math.log(150)).toBeCloseTo(bic, 4);
    expectClimbing(objectives);
    for (const row of responsibilities) expect(sum(row)).toBeCloseTo(1, 12);
    for (const [i, j] of [
      [0, 1],
      [1, 3],
    ] as const) {
      const [upper, lower] = [model.covariances[0]?.[i]?.[j], model.covariances[0]?.[j]?.[i]];
      expect(upper).toBe(lower);
      expect(upper === 0).toBe(shape === "diagonal");
    }
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

  test("a pixel is 1 where the bytes of the file under it are above half on average", () => {
    const bytes = readFileSync(join(packagedData(), "train-images-idx3-ubyte"));
    const half = loadDigits({ count: 4, shrink: 2 });
    const expected = [0, 1, 2, 3].map((n) =>
      Array.from({ length: 196 }, (_, at) => {
        const corner = 16 + 784 * n + 2 * (Math.floor(at / 14) * 28 + (at % 14));
        return sum([0, 1, 28, 29].map((step) => bytes[corner + step] as number)) / 4 > 127.5 ? 1 : 0;
      }),
    );
    expect(half.pixels.map((image) => [...image])).toEqual(expected);
  });

  test("the M step adds half a one and half a zero to the share of each component", () => {
    const { weights, means } = bernoulliOf(
      [
        [1, 0],
        [0.5, 0.5],
        [0.25, 0.75],
      ],
      [[1], [0], [1]],
      0.5,
    );
    expectAll(weights, [1.75 / 3, 1.25 / 3], 12);
    expectAll(means.flat(), [1.75 / 2.75, 1.25 / 2.25], 12);
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
    const { responsibilities, objectives: posterior } = fitBernoulliMixture(used, pixels, { pseudo: 0.5 });
    expectClimbing(posterior);
    const right = responsibilities.filter((row, n) => [0, 1, 7][row.indexOf(Math.max(...row))] === labels[n]);
    expect(right.length / 300).toBeGreaterThan(0.9);
    const random = mulberry32(3);
    const means = [0, 1, 2].map(() => used.means[0]?.map(() => 0.3 + (0.4 * random()) / 2 ** 32) as number[]);
    const { objectives } = fitBernoulliMixture({ weights: [0.3, 0.3, 0.4], means }, pixels, { tolerance: 1e-9 });
    expectClimbing(objectives);
  });
});

describe("the shortest way", () => {
  test("the distances are TSPLIB's: the shortest round trip of burma14 is 3323 km", () => {
    const { distances } = loadCities();
    const { length, order } = shortestTrip(distances);
    expect(length).toBe(3323);
    const legs = order.map((city, at) => distances[city]?.[order[(at + 1) % 14] as number] as number);
    expect(sum(legs)).toBe(3323);
  });

  test("through 7 cities is the shortest of all 5040 orders, and not the order of their numbers", async () => {
    const cities = loadCities(7);
    let best = Infinity;
    let count = 0;
    for (const order of orders(7)) {
      best = Math.min(best, await wayLength(order, cities));
      count += 1;
    }
    const { length, order } = shortestWay(cities.distances);
    expect([count, length]).toEqual([5040, best]);
    expect(await wayLength(order, cities)).toBe(best);
    expect(await wayLength([0, 1, 2, 3, 4, 5, 6], cities)).toBeGreaterThan(1.5 * best);
    expect(shortestWay(loadCities(8).distances).length).toBe(2000);
  });

  test("of what is no order is refused", async () => {
    const cities = loadCities(3);
    await expect(wayLength([0, 0, 1], cities)).rejects.toThrow("order");
    await expect(wayLength([0, 1], cities)).rejects.toThrow("order");
    await expect(wayLength([1, 2], cities)).rejects.toThrow("order");
    await expect(wayLength([0, 1, 2, 3], cities)).rejects.toThrow("order");
    expect(() => loadCities(15)).toThrow("count");
  });
});

test("a table with other columns than expected is refused", () => {
  expect(() => readColumns("burma14.csv", ["longitude", "latitude"])).toThrow("burma14.csv");
});
