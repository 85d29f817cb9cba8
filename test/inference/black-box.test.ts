import { describe, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { backward, parameter, step, sum, tensor } from "../../bindings/graph/index.ts";
import { ArgumentError, key } from "../../bindings/index.ts";
import { asyncStep, blackBox, type Cost, estimate, scoreFunction } from "../../bindings/inference/index.ts";
import { ESTIMATORS, FAMILIES, plainSquare, squareOf, takes } from "./all.ts";

const DISCRETE = FAMILIES.filter(({ name }) => name !== "Normal");

const pairs = step(() =>
  DISCRETE.flatMap((family) => {
    const law = family.law(tensor(new Float32Array(family.shape.reduce((a, b) => a * b, 1)), family.shape));
    return ESTIMATORS.filter(({ make }) => takes(make(), law)).map(({ name, make }) => ({
      title: `${name} of ${family.name}`,
      make,
      family,
    }));
  }),
);

type Pair = (typeof pairs)[number];

/** Runs a step, of one kind or the other, with a cost; the batch is [...rows, ...shape]. */
function program({ make, family }: Pair, rows: readonly number[], cost: Cost<never>) {
  const shape = [...rows, ...family.shape];
  const size = shape.reduce((product, of) => product * of, 1);
  const inputs = parameter(
    shape,
    Float32Array.from({ length: size }, (_, i) => ((i * 5) % 7) / 4 - 0.75),
  );
  return {
    body: (): Float32Array => {
      const costs = estimate(family.law(inputs), cost as never, { key: key(21), estimator: make(), samples: 3 });
      backward(sum(costs));
      return costs.toArray();
    },
    end: (costs: Float32Array) => {
      const gradient = inputs.grad();
      inputs.dispose();
      return { costs, gradient };
    },
  };
}

function now(pair: Pair, rows: readonly number[], cost: Cost<never>) {
  const { body, end } = program(pair, rows, cost);
  return end(step(body));
}

async function later(pair: Pair, rows: readonly number[], cost: Cost<never>) {
  const { body, end } = program(pair, rows, cost);
  return end(await asyncStep(body));
}

const valuesOnly = pairs.filter(({ make }) => !make().differentiates);

describe.each(valuesOnly)("$title", (pair) => {
  const box = (f: (z: Float32Array) => unknown): Cost<never> => blackBox(f as never) as Cost<never>;

  test("takes a plain function of the sample as it takes one of the graph, to the bit", () => {
    expect(
      now(
        pair,
        [],
        box((z) => plainSquare(z, 1)[0]),
      ),
    ).toEqual(now(pair, [], squareOf([]) as never));
  });

  test("takes a function that gives a number for each row", () => {
    const answers: ((costs: number[]) => unknown)[] = [
      (costs) => costs,
      (costs) => Float32Array.from(costs),
      (costs) => Float64Array.from(costs),
    ];
    const expected = now(pair, [3], squareOf([3]) as never);
    for (const answer of answers)
      expect(
        now(
          pair,
          [3],
          box((z) => answer(plainSquare(z, 3))),
        ),
      ).toEqual(expected);
  });

  test("takes one that answers later, and in another order", async () => {
    let calls = 0;
    const slow = box(async (z) => {
      await new Promise((done) => setTimeout(done, calls++ % 2 ? 0 : 2));
      return plainSquare(z, 3);
    });
    expect(await later(pair, [3], slow)).toEqual(now(pair, [3], squareOf([3]) as never));
  });
});

test.each(pairs.filter(({ make }) => make().differentiates))("$title refuses a black box", (pair) => {
  const refused = () => now(pair, [], blackBox((() => 1) as never) as Cost<never>);
  expect(refused).toThrow(ArgumentError);
  expect(refused).toThrow(
    `estimator: expected one that needs no derivative of the cost, which is a black box, got ${pair.make().name}`,
  );
});

test("a black box gets the samples of several distributions by name, each its own copy", () => {
  const [pair] = valuesOnly;
  const logits = parameter([2], [0.5, -0.5]);
  step(() => {
    const law = pair.family.law(logits);
    const cost = blackBox(({ a, b }: { a: Float32Array; b: Float32Array }) => {
      expect([a.length, b.length]).toEqual([2, 2]);
      a.fill(9);
      return b[0];
    });
    const [one, two] = [0, 1].map(() =>
      estimate({ a: law, b: law }, cost, { key: key(3), estimator: pair.make(), samples: 2 }).toArray(),
    );
    expect(one).toEqual(two);
  });
  logits.dispose();
});

test("a number alone has no rows; an array of one number is the row of a batch of one, and of no other batch", () => {
  const shapeOf = (batch: number, answer: number | number[]): readonly number[] =>
    step(() => {
      const law = new Bernoulli({ logits: tensor(new Float32Array(batch)) });
      return estimate(law, blackBox(() => answer) as never, { key: key(1), estimator: scoreFunction() }).shape;
    });
  expect(shapeOf(1, 2)).toEqual([]);
  expect(shapeOf(1, [2])).toEqual([1]);
  expect(shapeOf(3, [2])).toEqual([]);
});
