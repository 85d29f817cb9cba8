import { afterAll, beforeAll, expect, test } from "vitest";
import { core } from "../../bindings/core/index.ts";
import { Bernoulli, Categorical, Normal, OneHotCategorical, Poisson } from "../../bindings/distributions/index.ts";
import {
  add,
  backward,
  div,
  type Parameter,
  parameter,
  step,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { ArgumentError, DisposedError, KeyError, key, type ReparamError, ShapeError } from "../../bindings/index.ts";
import * as inference from "../../bindings/inference/index.ts";

const { blackBox, categoricalDisarm, disarm, enumeration, estimate, pathwise, rloo, scoreFunction, vimco } = inference;

let logits: Parameter;
beforeAll(() => {
  logits = parameter([2, 3], [0.5, -1, 2, 0, 1, -0.5]);
});
afterAll(() => logits.dispose());

const K = key(1);
const bits = () => new Bernoulli({ logits });
const cost = (z: Tensor): Tensor => sum(z, { axis: -1 });
const box = (f: (z: Float32Array) => unknown) => blackBox(f as never) as never;
/** Of values of any type where the types would not let them pass. */
const call = (law: unknown, f: unknown, options: unknown): Tensor =>
  (estimate as (...given: unknown[]) => Tensor)(law, f, options);
const answering = (answer: unknown) => () =>
  call(
    bits(),
    box(() => answer),
    { key: K, estimator: rloo(), samples: 2 },
  );
let asked = 0;

const REFUSED: [string, () => unknown, new (a: string, b: string, c: string) => ReparamError, string][] = [
  [
    "no options",
    () => call(bits(), cost, undefined),
    ArgumentError,
    "options: expected an object of named options, got undefined",
  ],
  [
    "a misspelt option",
    () => call(bits(), cost, { key: K, estimator: rloo(), sample: 2 }),
    ArgumentError,
    "options: expected no options but key, estimator, samples, firstRow",
  ],
  ["no key", () => call(bits(), cost, { estimator: rloo(), samples: 2 }), KeyError, "key: expected"],
  [
    "a number for a key",
    () => call(bits(), cost, { key: 5, estimator: rloo(), samples: 2 }),
    KeyError,
    "key: expected",
  ],
  [
    "no estimator",
    () => call(bits(), cost, { key: K }),
    ArgumentError,
    "estimator: expected an estimator, such as rloo(), got undefined",
  ],
  [
    "an estimator that was not made",
    () => call(bits(), cost, { key: K, estimator: rloo }),
    ArgumentError,
    "estimator: expected an estimator, such as rloo(), got a function",
  ],
  [
    "samples 0",
    () => call(bits(), cost, { key: K, estimator: disarm(), samples: 0 }),
    ArgumentError,
    "samples: expected an integer of 1 or more, got 0",
  ],
  [
    "samples 1.5",
    () => call(bits(), cost, { key: K, estimator: disarm(), samples: 1.5 }),
    ArgumentError,
    "samples: expected an integer of 1 or more, got 1.5",
  ],
  [
    "one sample where two are compared",
    () => call(bits(), cost, { key: K, estimator: rloo() }),
    ArgumentError,
    "samples: expected 2 or more for RLOO, got 1, the default",
  ],
  [
    "one sample, asked for, where two are compared",
    () => call(bits(), cost, { key: K, estimator: vimco(), samples: 1 }),
    ArgumentError,
    "samples: expected 2 or more for VIMCO, got 1",
  ],
  [
    "firstRow -1",
    () => call(bits(), cost, { key: K, estimator: disarm(), firstRow: -1 }),
    ArgumentError,
    "firstRow: expected an integer of 0 or more, got -1",
  ],
  [
    "no distribution",
    () => call(undefined, cost, { key: K, estimator: disarm() }),
    ArgumentError,
    "distribution: expected a distribution, or an object of distributions by name, got undefined",
  ],
  [
    "an empty object",
    () => call({}, cost, { key: K, estimator: disarm() }),
    ArgumentError,
    "distribution: expected at least one distribution, got an empty object",
  ],
  [
    "a factor that is none",
    () => call({ a: bits(), b: logits }, cost, { key: K, estimator: disarm() }),
    ArgumentError,
    "b: expected a distribution, got an object",
  ],
  [
    "no cost",
    () => call(bits(), undefined, { key: K, estimator: disarm() }),
    ArgumentError,
    "cost: expected a function of the sample, or blackBox(...), got undefined",
  ],
  ["a black box of nothing", () => blackBox(3 as never), ArgumentError, "f: expected a function, got 3"],
  [
    "categories for DisARM",
    () => call(new OneHotCategorical({ logits }), cost, { key: K, estimator: disarm() }),
    ArgumentError,
    "distribution: expected a Bernoulli distribution for DisARM, got one that draws one 1 and zeros",
  ],
  [
    "bits for categorical DisARM",
    () => call(bits(), cost, { key: K, estimator: categoricalDisarm() }),
    ArgumentError,
    "distribution: expected a Categorical or OneHotCategorical distribution for categorical DisARM, got one that draws",
  ],
  [
    "numbers for the path",
    () => call({ n: new Categorical({ logits }) }, cost, { key: K, estimator: pathwise() }),
    ArgumentError,
    "n: expected a distribution with rsample for pathwise, got one that draws",
  ],
  [
    "counts for enumeration",
    () => call(new Poisson({ rate: 2 }), cost, { key: K, estimator: enumeration() }),
    ArgumentError,
    "distribution: expected a distribution whose support can be listed for enumeration, got one that draws",
  ],
  [
    "more states than allowed",
    () => call(bits(), cost, { key: K, estimator: enumeration({ limit: 7 }) }),
    ArgumentError,
    "distribution: expected at most 7 joint values of the variables of a row (option limit), got 2^3",
  ],
  [
    "a black box for the path",
    () =>
      call(
        new Normal({ loc: 0, scale: 1 }),
        box(() => 1),
        { key: K, estimator: pathwise() },
      ),
    ArgumentError,
    "estimator: expected one that needs no derivative of the cost, which is a black box, got pathwise",
  ],
  [
    "a graph cost that gives a number",
    () => call(bits(), () => 3, { key: K, estimator: disarm() }),
    ArgumentError,
    "cost: expected a function that gives a tensor (a plain function of numbers goes through blackBox), got one that gave 3",
  ],
  [
    "a cost of all points together",
    () => call(bits(), (z: Tensor) => sum(z), { key: K, estimator: rloo(), samples: 4 }),
    ShapeError,
    "cost: expected [4, ...rows], a cost for each point (a sum over the last dimensions, not over all), got []",
  ],
  [
    "rows that are not the batch's",
    () => call(bits(), () => tensor([1, 2, 3], [1, 3]), { key: K, estimator: scoreFunction() }),
    ShapeError,
    "cost: expected [points, ...rows], rows being the first dimensions of the batch [2, 3] of distribution, got rows of [3]",
  ],
  [
    "rows that change between points",
    () => call(bits(), (z: Tensor) => (asked++ % 2 ? cost(z) : z), { key: K, estimator: disarm() }),
    ShapeError,
    "cost: expected rows of [2, 3], as at other points, got rows of [2]",
  ],
  [
    "a graph cost that is not finite",
    () => call(bits(), (z: Tensor) => div(cost(z), 0), { key: K, estimator: disarm() }),
    ArgumentError,
    "cost: expected finite numbers, got",
  ],
  [
    "a graph cost of several rows that is not finite at one of the points",
    () =>
      call(bits(), (z: Tensor) => add(cost(z), tensor([0, 0, 0, 0, 0, Number.NaN], [3, 2])), {
        key: K,
        estimator: rloo(),
        samples: 3,
      }),
    ArgumentError,
    "cost: expected finite numbers, got NaN for point 2",
  ],
  [
    "a black box that answers NaN",
    answering(Number.NaN),
    ArgumentError,
    "cost: expected finite numbers, got NaN for point 0",
  ],
  [
    "one that answers beyond single precision",
    answering([1, 1e39]),
    ArgumentError,
    "cost: expected finite numbers, got Infinity for point 0",
  ],
  [
    "one that answers a string",
    answering("0.5"),
    ArgumentError,
    'cost: expected a number, or an array of one for each row, got "0.5" for point 0',
  ],
  [
    "one that answers strings",
    answering([1, "2"]),
    ArgumentError,
    'cost: expected a number, or an array of one for each row, got "2" in one for point 0',
  ],
  [
    "one that answers nulls",
    answering([null, 1]),
    ArgumentError,
    "cost: expected a number, or an array of one for each row, got null in one for point 0",
  ],
  [
    "one that answers nothing",
    answering(undefined),
    ArgumentError,
    "cost: expected a number, or an array of one for each row, got undefined for point 0",
  ],
  [
    "one that answers an empty array",
    answering([]),
    ArgumentError,
    "cost: expected a number, or an array of one for each row, got none for point 0",
  ],
  [
    "one that answers too much",
    answering([1, 2, 3, 4, 5]),
    ShapeError,
    "cost: expected a number, or one for each row of the batch [2, 3], got 5 numbers",
  ],
  [
    "one that answers now a number, now two",
    () =>
      call(
        bits(),
        box(() => (asked++ % 2 ? 1 : [1, 2])),
        { key: K, estimator: rloo(), samples: 2 },
      ),
    ShapeError,
    "cost: expected as many numbers for each point as for the first, ",
  ],
  [
    "one copy of ARMS",
    () => inference.arms({ copies: 1 }),
    ArgumentError,
    "copies: expected an integer of 2 or more, got 1",
  ],
  [
    "a misspelt option of ARMS",
    () => inference.arms({ n: 3 } as never),
    ArgumentError,
    'options: expected no options but copies, got one named "n"',
  ],
];

const good = () =>
  step(() => {
    const costs = estimate(bits(), cost as never, { key: K, estimator: disarm() });
    backward(sum(costs));
    return costs.toArray();
  });

test.each(REFUSED)("refuses %s, and all is as before", (_, wrong, Kind, message) => {
  logits.clear();
  const [expected, memory] = [good(), core().arena.mark()];
  const gradient = logits.grad();
  asked = 0;
  let failure: unknown;
  try {
    step(wrong);
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(Kind);
  expect((failure as Error).message).toContain(message);
  expect(core().arena.mark()).toEqual(memory);
  expect(logits.grad()).toEqual(gradient);
  logits.clear();
  expect(good()).toEqual(expected);
  expect(logits.grad()).toEqual(gradient);
});

test("refuses to run outside of a step", () => {
  expect(() => call(bits(), cost, { key: K, estimator: disarm() })).toThrow(DisposedError);
});

test("what a cost throws comes out as it is", () => {
  const reason = new RangeError("mine");
  const throwing = () => {
    throw reason;
  };
  for (const each of [throwing, box(throwing)])
    expect(() => step(() => call(bits(), each, { key: K, estimator: disarm() }))).toThrow(reason);
  expect(good()).toHaveLength(2);
});
