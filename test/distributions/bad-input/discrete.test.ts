import { describe, expect, test } from "vitest";
import {
  Bernoulli,
  Binomial,
  Categorical,
  Geometric,
  NegativeBinomial,
  OneHotCategorical,
  OneHotCategoricalStraightThrough,
  PlackettLuce,
  Poisson,
} from "../../../bindings/distributions/index.ts";
import { step, tensor } from "../../../bindings/graph/index.ts";
import { ArgumentError, key, ReparamError, ShapeError } from "../../../bindings/index.ts";

/** The error of a call, checked for its words. */
function refusal(call: () => unknown): ReparamError {
  try {
    call();
  } catch (error) {
    if (error instanceof ReparamError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const PROBS = "a number from 0 to 1";
const NONE = Number.NaN;

type Row = [name: string, make: (value: never) => unknown, argument: string, allowed: string, bad: readonly number[]];

describe.each<Row>([
  ["Bernoulli", (probs) => new Bernoulli({ probs }), "probs", PROBS, [-0.1, 1.5, NONE]],
  ["Bernoulli", (logits) => new Bernoulli({ logits }), "logits", "a number, or an infinity", [NONE]],
  ["Geometric", (probs) => new Geometric({ probs }), "probs", "a number above 0, of 1 at most", [0, 1.5, NONE]],
  ["Geometric", (logits) => new Geometric({ logits }), "logits", "a number, or Infinity", [-Infinity, NONE]],
  ["Poisson", (rate) => new Poisson({ rate }), "rate", "a number from 0 to 16000000", [-1, 2 ** 24, Infinity, NONE]],
  ["Binomial", (probs) => new Binomial({ totalCount: 3, probs }), "probs", PROBS, [-0.1, 1.5, NONE]],
  [
    "Binomial",
    (totalCount) => new Binomial({ totalCount, probs: 0.5 }),
    "totalCount",
    "an integer from 0 to 16777216",
    [-1, 2.5, 2 ** 25, NONE],
  ],
  [
    "NegativeBinomial",
    (totalCount) => new NegativeBinomial({ totalCount, probs: 0.5 }),
    "totalCount",
    "a finite number above 0",
    [0, -2, Infinity, NONE],
  ],
  [
    "NegativeBinomial",
    (probs) => new NegativeBinomial({ totalCount: 1, probs }),
    "probs",
    "a number of 0 or more, below 1",
    [-0.5, 1, NONE],
  ],
  [
    "NegativeBinomial",
    (logits) => new NegativeBinomial({ totalCount: 1, logits }),
    "logits",
    "a number, or -Infinity",
    [Infinity, NONE],
  ],
])("%s", (_, make, argument, allowed, bad) => {
  test(`${argument} is ${allowed}`, () => {
    for (const value of bad) {
      const shown = Math.fround(value);
      expect(refusal(() => make(value as never)).message).toBe(`${argument}: expected ${allowed}, got ${shown}`);
      expect(refusal(() => make([0.5, value] as never)).message).toContain(`${argument}: expected ${allowed}, got `);
    }
    expect(refusal(() => make("1" as never)).message).toMatch(new RegExp(`^${argument}: expected .*, got "1"$`));
    expect(refusal(() => make([] as never))).toBeInstanceOf(ShapeError);
  });
});

const CATEGORIES = { Categorical, OneHotCategorical, OneHotCategoricalStraightThrough };

describe.each(Object.entries(CATEGORIES))("%s", (_, Family) => {
  test("probs are rows that sum to 1", () => {
    const allowed = "numbers of 0 or more whose sum is 1 (within 0.0001)";
    expect(refusal(() => new Family({ probs: [0.5, 0.4] })).message).toContain(
      `probs: expected ${allowed}, got [0.5, `,
    );
    expect(refusal(() => new Family({ probs: [1.5, -0.5] })).argument).toBe("probs");
    expect(refusal(() => new Family({ probs: [NONE, 1] })).argument).toBe("probs");
    const rows = () => step(() => new Family({ probs: tensor([0.5, 0.5, 1, 1], [2, 2]) }));
    expect(refusal(rows).message).toBe(`probs: expected ${allowed}, got [1, 1] at index 2 of [2, 2]`);
  });

  test("logits have a category above -Infinity in every row, and none of NaN or Infinity", () => {
    for (const bad of [
      [NONE, 0],
      [Infinity, 0],
      [-Infinity, -Infinity],
    ])
      expect(refusal(() => new Family({ logits: bad })).message).toBe(
        `logits: expected finite numbers or -Infinity, at least one of them finite, got [${bad.join(", ")}]`,
      );
  });

  test("there is a dimension of categories", () => {
    expect(refusal(() => new Family({ logits: 0 })).message).toMatch(/^logits: expected at least one dimension, got /);
    expect(refusal(() => new Family({ logits: [] }))).toBeInstanceOf(ShapeError);
  });
});

describe.each(Object.entries({ ...CATEGORIES, Bernoulli, Geometric }))("%s", (_, Family) => {
  test("logits or probs, not both, and nothing else", () => {
    const both = { logits: [0, 0], probs: [0.5, 0.5] };
    expect(refusal(() => new Family(both)).message).toBe("logits, probs: expected exactly one of them, got both");
    expect(refusal(() => new Family({})).message).toBe("logits, probs: expected exactly one of them, got neither");
    expect(refusal(() => new Family({ logits: null } as never))).toBeInstanceOf(ArgumentError);
    expect(refusal(() => new Family({ prob: 1 } as never)).message).toBe(
      'options: expected no options but logits, probs, validateArgs, got one named "prob"',
    );
  });
});

describe("PlackettLuce", () => {
  test("logits are rows of finite numbers", () => {
    expect(refusal(() => new PlackettLuce({ logits: [0, -Infinity] })).message).toBe(
      "logits: expected a finite number, got -Infinity at index 1 of [2]",
    );
    expect(refusal(() => new PlackettLuce({ logits: 1 })).message).toBe(
      "logits: expected at least 1 dimension, got []",
    );
    expect(refusal(() => new PlackettLuce({} as never)).argument).toBe("logits");
  });

  test("an order has the items' length", () => {
    const call = () => step(() => new PlackettLuce({ logits: [0, 1, 2] }).logProb([0, 1]));
    expect(refusal(call).message).toBe("value: expected [..., 3], got [2]");
  });

  test("more than 8 items have too many orders to list", () => {
    const call = () => step(() => new PlackettLuce({ logits: new Float32Array(9) }).enumerateSupport());
    expect(refusal(call).message).toBe("logits: expected 8 items at most, for a list of their orders, got 9");
  });
});

test("batches that do not broadcast, keys and offsets that are none", () => {
  const shapes = [
    () => new Binomial({ totalCount: [1, 2], probs: [0.1, 0.2, 0.3] }),
    () => step(() => new Poisson({ rate: [1, 2] }).logProb([1, 2, 3])),
    () => step(() => new Categorical({ logits: tensor(new Float32Array(6), [2, 3]) }).logProb([0, 1, 2])),
  ];
  for (const call of shapes) expect(refusal(call)).toBeInstanceOf(ShapeError);
  expect(refusal(() => step(() => new Poisson({ rate: 1 }).sample(5 as never))).argument).toBe("key");
  for (const family of [() => new Poisson({ rate: 1 }), () => new Categorical({ logits: [0, 1] })])
    expect(refusal(() => step(() => family().sample(key(1), { offset: -1 }))).argument).toBe("offset");
});

test("a count above one of several totals is refused", () => {
  const call = (x: number) => () => step(() => new Binomial({ totalCount: [3, 4], probs: 0.5 }).logProb([x, 4]));
  expect(call(4)).toThrow("value: expected a number from 0 to totalCount, got 4 at index 0 of [2]");
  expect(call(1.5)).toThrow("value: expected an integer of 0 or more, got 1.5 at index 0 of [2]");
  expect(call(3)).not.toThrow();
});
