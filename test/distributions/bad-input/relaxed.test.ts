import { expect, test } from "vitest";
import {
  ExpRelaxedOneHotCategorical,
  HardConcrete,
  klDivergence,
  LogitRelaxedBernoulli,
  Normal,
  RelaxedBernoulli,
  RelaxedBernoulliStraightThrough,
  RelaxedOneHotCategorical,
  RelaxedOneHotCategoricalStraightThrough,
} from "../../../bindings/distributions/index.ts";
import { step, tensor } from "../../../bindings/graph/index.ts";
import { ArgumentError, KeyError, key, type ReparamError, ShapeError } from "../../../bindings/index.ts";

/** Any options, right or wrong. */
type Family = new (options: never) => RelaxedOneHotCategorical;
type Case = readonly [what: string, call: () => unknown, error: typeof ReparamError, message: string];

const BINARY = { LogitRelaxedBernoulli, RelaxedBernoulli, RelaxedBernoulliStraightThrough, HardConcrete };
const ROWS = { ExpRelaxedOneHotCategorical, RelaxedOneHotCategorical, RelaxedOneHotCategoricalStraightThrough };

function casesOf(name: string, Class: unknown, good: unknown, probs: unknown): Case[] {
  const make =
    (options: object): (() => unknown) =>
    () =>
      new (Class as Family)({ temperature: 1, logits: good, ...options } as never);
  return [
    ...[0, -1, Number.NaN, Infinity].map(
      (tau): Case => [
        `${name}, temperature ${tau}`,
        make({ temperature: tau }),
        ArgumentError,
        `temperature: expected a finite number above 0, got ${tau}`,
      ],
    ),
    [
      `${name}, a temperature of the second row`,
      make({
        temperature: [1, 0],
        logits: tensor(Array(2).fill(good).flat(), [2, ...(Array.isArray(good) ? [3] : [])]),
      }),
      ArgumentError,
      "temperature: expected a finite number above 0, got 0 at index 1 of [2]",
    ],
    [`${name}, both`, make({ probs }), ArgumentError, "logits, probs: expected exactly one of them, got both"],
    [
      `${name}, neither`,
      make({ logits: undefined }),
      ArgumentError,
      "logits, probs: expected exactly one of them, got neither",
    ],
    [
      `${name}, tau`,
      make({ tau: 1 }),
      ArgumentError,
      name === "HardConcrete"
        ? 'options: expected no options but temperature, stretch, logits, probs, validateArgs, got one named "tau"'
        : 'options: expected no options but temperature, logits, probs, validateArgs, got one named "tau"',
    ],
  ];
}

const binary = (options: object = {}): RelaxedBernoulli =>
  new RelaxedBernoulli({ temperature: 1, logits: 0, ...options });
const rows = (options: object = {}): RelaxedOneHotCategorical =>
  new RelaxedOneHotCategorical({ temperature: 1, logits: [0, 1, 2], ...options });
const logs = (): ExpRelaxedOneHotCategorical => new ExpRelaxedOneHotCategorical({ temperature: 1, logits: [0, 1, 2] });
const anything = <T>(value: unknown): T => value as T;

const CASES = (): Case[] => [
  ...Object.entries(BINARY).flatMap(([name, Class]) => casesOf(name, Class, 0.5, 0.5)),
  ...Object.entries(ROWS).flatMap(([name, Class]) => casesOf(name, Class, [0, 1, 2], [0.5, 0.25, 0.25])),
  [
    "no temperature",
    () => new RelaxedBernoulli(anything({ logits: 0 })),
    ArgumentError,
    "temperature: expected a number, an array of numbers or a tensor, got undefined",
  ],
  [
    "probs of 1",
    () => binary({ logits: undefined, probs: 1 }),
    ArgumentError,
    "probs: expected a number between 0 and 1, got 1",
  ],
  [
    "infinite logits",
    () => binary({ logits: Infinity }),
    ArgumentError,
    "logits: expected a finite number, got Infinity",
  ],
  [
    "probs that do not sum to 1",
    () => rows({ logits: undefined, probs: [0.5, 0.5, 0.5] }),
    ArgumentError,
    "probs: expected numbers of 0 or more whose sum is 1 (within 0.0001), got [0.5, 0.5, 0.5]",
  ],
  [
    "logits without a category",
    () => rows({ logits: [-Infinity, -Infinity] }),
    ArgumentError,
    "logits: expected finite numbers or -Infinity, at least one of them finite, got [-Infinity, -Infinity]",
  ],
  [
    "one number as a row",
    () => rows({ logits: 3 }),
    ShapeError,
    "logits: expected at least one dimension, got a single number, []",
  ],
  [
    "batches that do not meet",
    () => rows({ temperature: [1, 2, 3], logits: tensor([0, 1, 2, 3], [2, 2]) }),
    ShapeError,
    "logits: expected a shape that broadcasts with [3], got [2]",
  ],
  [
    "a temperature for each category",
    () => rows({ temperature: [1, 2, 3], logits: tensor([0, 1, 2, 3, 4, 5], [2, 3]) }),
    ShapeError,
    "logits: expected a shape that broadcasts with [3], got [2]",
  ],
  [
    "a value off the simplex",
    () => rows().logProb([0.5, 0.5, 0.5]),
    ArgumentError,
    "value: expected numbers of 0 or more whose sum is 1 (within 0.0001), got [0.5, 0.5, 0.5]",
  ],
  [
    "a value with a negative component",
    () => rows().logProb([1.5, -0.5, 0]),
    ArgumentError,
    "value: expected numbers of 0 or more whose sum is 1 (within 0.0001), got [1.5, -0.5, 0]",
  ],
  [
    "logarithms of no simplex",
    () => logs().logProb([-1, -1, -2]),
    ArgumentError,
    "value: expected numbers of 0 or less, or -Infinity, whose exponentials add up to 1 (within 0.0001), got [-1, -1, -2]",
  ],
  ...[
    [Number.NaN, 0, 0],
    [-Infinity, -Infinity, -Infinity],
    [0, 1, -Infinity],
  ].map(
    (value): Case => [
      `logarithms [${value.join(", ")}]`,
      () => logs().logProb(value),
      ArgumentError,
      "value: expected numbers of 0 or less, or -Infinity, whose exponentials add up to 1 (within 0.0001), " +
        `got [${value.join(", ")}]`,
    ],
  ),
  ["a value of other categories", () => rows().logProb([0.5, 0.5]), ShapeError, "value: expected [..., 3], got [2]"],
  ["a value beyond 1", () => binary().logProb(1.5), ArgumentError, "value: expected a number from 0 to 1, got 1.5"],
  ["a share beyond 1", () => binary().icdf(1.5), ArgumentError, "p: expected a number from 0 to 1, got 1.5"],
  ...[RelaxedBernoulli, LogitRelaxedBernoulli, HardConcrete].map(
    (Family): Case => [
      `shares of another batch, ${Family.name}`,
      () => new Family({ temperature: 1, logits: [0, 1] }).icdf([0.1, 0.2, 0.3]),
      ShapeError,
      "p: expected a shape that broadcasts with [2], got [3]",
    ],
  ),
  [
    "log-odds that are infinite",
    () => new LogitRelaxedBernoulli({ temperature: 1, logits: 0 }).cdf([Infinity]),
    ArgumentError,
    "value: expected a finite number, got Infinity",
  ],
  ...[[0, 1.1], [-0.1, 1], [-0.1], [Number.NaN, 2], [-Infinity, 2], ["-1", 2]].map(
    (stretch): Case => [
      `a stretch of [${stretch.join(", ")}]`,
      () => new HardConcrete({ logits: 0, stretch: anything(stretch) }),
      ArgumentError,
      "stretch: expected [low, high], finite, low below 0 and high above 1, got " +
        `[${stretch.map((x) => (typeof x === "string" ? `"${x}"` : x)).join(", ")}]`,
    ],
  ),
  [
    "a stretch that is none",
    () => new HardConcrete({ logits: 0, stretch: anything(2) }),
    ArgumentError,
    "stretch: expected [low, high], finite, low below 0 and high above 1, got 2",
  ],
  [
    "an estimate from one sample",
    () => rows().mean({ key: key(1), samples: 1 }),
    ArgumentError,
    "samples: expected an integer of 2 or more, got 1",
  ],
  [
    "options of an exact functional",
    () => binary().mean(anything({ sample: 5 })),
    ArgumentError,
    'options: expected no options but key, samples, got one named "sample"',
  ],
  [
    "an estimate with a seed for a key",
    () => rows().entropy({ key: anything(3) }),
    KeyError,
    "key: expected a Key from key(), split(), foldIn() or named(): { hi, lo }, two unsigned 32-bit integers, got 3",
  ],
  [
    "a divergence without a key",
    () => klDivergence(rows(), rows()),
    KeyError,
    "key: expected a key: this has no closed form and is estimated from samples, got undefined",
  ],
  [
    "a divergence between numbers of categories",
    () => klDivergence(rows(), rows({ logits: [0, 1] }), { key: key(1) }),
    ShapeError,
    "q: expected 3 categories, got 2",
  ],
  [
    "a divergence between families",
    () => klDivergence(rows(), anything<RelaxedOneHotCategorical>(logs())),
    ArgumentError,
    "q: expected a family whose divergence from RelaxedOneHotCategorical is known (registerKl makes it known), " +
      "got ExpRelaxedOneHotCategorical",
  ],
  [
    "a divergence between stretches",
    () => klDivergence(new HardConcrete({ logits: 0 }), new HardConcrete({ logits: 0, stretch: [-0.1, 1.5] })),
    ArgumentError,
    "q: expected a stretch of [-0.1, 1.1], as p has, got [-0.1, 1.5]",
  ],
  [
    "options of a closed form",
    () =>
      klDivergence(anything<RelaxedBernoulli>(new Normal()), anything<RelaxedBernoulli>(new Normal()), { key: key(1) }),
    ArgumentError,
    "options: expected none: this has a closed form, got an object (Object)",
  ],
];

/** The names, outside of a step, in which the calls are made anew. */
const NAMES = step(() => CASES().map(([name]) => name));

test.each(NAMES.map((name, i) => [name, i] as const))("%s is refused, and says why", (_, i) => {
  step(() => {
    const [, call, error, message] = CASES()[i] as Case;
    let failure: unknown;
    try {
      call();
    } catch (thrown) {
      failure = thrown;
    }
    expect(failure).toBeInstanceOf(error);
    expect((failure as ReparamError).message).toBe(message);
  });
});

test("without validation a value outside of the support has the log-probability -Infinity", () => {
  step(() => {
    expect(binary({ validateArgs: false }).logProb([-0.5, 1.5]).toArray()).toEqual(
      Float32Array.of(-Infinity, -Infinity),
    );
    const hard = new HardConcrete({ logits: 0, validateArgs: false });
    expect(hard.logProb([-0.5, 1.5]).toArray()).toEqual(Float32Array.of(-Infinity, -Infinity));
  });
});
