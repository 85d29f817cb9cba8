import { afterAll, describe, expect, test } from "vitest";
import { core } from "../../bindings/core/index.ts";
import {
  Bernoulli,
  Categorical,
  type Distribution,
  Gamma,
  LogitRelaxedBernoulli,
  Normal,
  OneHotCategorical,
  Poisson,
  RelaxedBernoulli,
  RelaxedBernoulliStraightThrough,
  RelaxedOneHotCategoricalStraightThrough,
  Uniform,
} from "../../bindings/distributions/index.ts";
import {
  adam,
  add,
  backward,
  exp,
  log,
  mul,
  parameter,
  step,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
} from "../../bindings/graph/index.ts";
import { ArgumentError, KeyError, key, type ReparamError, ShapeError } from "../../bindings/index.ts";
import {
  disarm,
  elbo,
  enumeration,
  evidence,
  type Fit,
  fit,
  type Guide,
  type GuideScope,
  guide,
  type Model,
  meanField,
  model,
  modelBound,
  nvil,
  pathwise,
  posterior,
  rloo,
  type Scope,
  vimco,
} from "../../bindings/inference/index.ts";

// What a user may get wrong, and the whole message that comes: it names the node, what was expected, what came, and what to do.

type Columns = { x: Tensor; y: Tensor };
type Density = (p: Scope, data: Columns) => unknown;

const X = [-1.3, 0.4, 2.2, 0.9];
const DATA: unknown = { x: X };
const NO_DATA = Symbol("undefined would be the default");
const dataOf = (data: unknown) => (data === NO_DATA ? undefined : data) as never;
const W = parameter([4], [0.1, 0.2, 0.3, 0.4]);
const L = parameter([4, 3]);
afterAll(() => {
  W.dispose();
  L.dispose();
});

/** The rest takes values of any type where the types would not let them pass. */
const make = (density: Density): Model => model(density as never);
const start = (m: unknown, q: unknown, data: unknown = DATA, options: object = {}): Fit =>
  fit(m as Model, q as Guide, dataOf(data), { key: key(1), steps: 2, ...options });
const run = (...given: Parameters<typeof start>) => start(...given).run();
/** By a guide made of the model. */
const auto = (density: Density, options: object = {}, data: unknown = DATA) => {
  const m = make(density);
  return run(m, meanField(m, dataOf(data)), data, options);
};
/** By a guide of one's own, of W and L, whose rows are those that are asked about. */
const own = (laws: (w: Tensor, l: Tensor) => unknown): Guide =>
  guide(
    (_: object, { indices }: GuideScope) =>
      laws(indices ? take(W, indices) : W, indices ? take(L, indices) : L) as Record<string, Distribution>,
    { parameters: { W, L } },
  ) as Guide;
const bits = own((w) => ({ z: new Bernoulli({ logits: w }) }));
const guided = (density: Density, laws: (w: Tensor, l: Tensor) => unknown) => run(make(density), own(laws));
const withData = (data: unknown, density: Density = good) => run(make(density), bits, data);

const seen = (p: Scope, loc: Tensor, { x }: Columns) => p.observe("x", new Normal({ loc, scale: 1 }), x);
const coin = () => new Bernoulli({ logits: 0.3 });
const good: Density = (p, data) => seen(p, p.local("z", coin()), data);
/** A model of one latent of each row. */
const of =
  (law: () => unknown): Density =>
  (p, data) =>
    seen(p, p.local("z", law() as Distribution), data);
const ofHot: Density = (p, data) =>
  seen(p, sum(p.local("z", new OneHotCategorical({ logits: [0, 0] })), { axis: -1 }), data);
const ofBits =
  (many: number): Density =>
  (p, data) =>
    seen(p, sum(p.local("z", new Bernoulli({ logits: new Float32Array(many) })), { axis: -1 }), data);
const number = () => new Normal({ loc: 0, scale: 1 });
/** Its slope at 0 is infinite. */
const root = (x: Tensor): Tensor => exp(mul(0.5, log(x)));

type Row = [string, () => unknown, new (a: string, b: string, c: string) => ReparamError, string];

const LAWS: Row[] = [
  [
    "a latent whose law is a number",
    () => auto((p) => p.latent("z", 3 as never)),
    ArgumentError,
    "latent z: expected a distribution with a density, got 3",
  ],
  [
    "a latent whose law is an object",
    () => auto(of(() => ({ logits: 0 }))),
    ArgumentError,
    "latent z: expected a distribution with a density, got an object (Object)",
  ],
  [
    "an observation whose law is a number",
    () => auto((p, { x }) => p.observe("x", 0.5 as never, x)),
    ArgumentError,
    "observe x: expected a distribution with a density, got 0.5",
  ],
  [
    "a prior without a density",
    () =>
      guided(
        (p, data) =>
          seen(
            p,
            sum(p.local("z", new RelaxedOneHotCategoricalStraightThrough({ logits: [0, 0, 0], temperature: 1 })), {
              axis: -1,
            }),
            data,
          ),
        (_, l) => ({ z: new OneHotCategorical({ logits: l }) }),
      ),
    ArgumentError,
    "latent z: expected a distribution with a density of the values that it draws, got the straight-through one, which has that of relaxed values, and draws one 1 and zeros",
  ],
  [
    "a prior outside of its range",
    () => auto(of(() => new Normal({ loc: 0, scale: -1 }))),
    ArgumentError,
    "model: scale: expected a finite number above 0, got -1",
  ],
  [
    "a law outside of its range, after a latent",
    () =>
      auto((p, { x }) => {
        const z = p.local("z", number());
        p.observe("x", new Normal({ loc: 0, scale: sub(z, 5) }), x);
      }),
    ArgumentError,
    "model, after z: scale: expected a finite number above 0, got -4.990461349487305 at index 0 of [2, 3]",
  ],
  [
    "a latent of all whose law has the rows",
    () =>
      auto((p) => {
        p.latent("y", new Normal({ loc: p.local("z", number()), scale: 1 }));
      }),
    ShapeError,
    "latent y: expected a law of all of the data: local(...) is for one of each row, got one whose batch has the rows, [3, 2] of 3 points, 2 rows",
  ],
  [
    "a latent of rows whose law has only the points",
    () =>
      auto((p, data) => {
        const m = p.latent("m", number());
        seen(p, p.local("z", new Normal({ loc: m, scale: 1 })), data);
      }),
    ShapeError,
    "latent z: expected a batch that broadcasts to [2, 3], got [2] of 2 points, 3 rows (perRow(...) of what is of all)",
  ],
  [
    "a latent without a mean-field family",
    () => auto(of(() => new Uniform({ low: 0, high: 2 }))),
    ArgumentError,
    "latent z: expected a law that a mean-field guide has a family for (of numbers, positive numbers, probabilities, bits, categories or Poisson counts), got one of a number from low to high: write its law in a guide(...) of your own",
  ],
];

const NAMES: Row[] = [
  [
    "a latent twice",
    () =>
      auto((p) => {
        p.local("z", coin());
        p.local("z", coin());
      }),
    ArgumentError,
    "latent z: expected each name once, got a second of this name",
  ],
  [
    "a latent twice, of two shapes",
    () =>
      auto((p) => {
        p.local("z", coin());
        p.local("z", new Bernoulli({ logits: [0, 0, 0] }));
      }),
    ArgumentError,
    "latent z: expected each name once, got a second of this name",
  ],
  [
    "an observation named as a latent",
    () =>
      auto((p, { x }) => {
        p.observe("z", new Normal({ loc: p.local("z", coin()), scale: 1 }), x);
      }),
    ArgumentError,
    "observe z: expected each name once, got a second of this name",
  ],
  [
    "two factors of a name",
    () =>
      auto((p) => {
        const z = p.local("z", coin());
        p.factor("f", z);
        p.factor("f", z);
      }),
    ArgumentError,
    "factor f: expected each name once, got a second of this name",
  ],
  [
    "an empty name",
    () => auto((p) => p.local("", coin())),
    ArgumentError,
    'latent: expected a name, and no empty one, got ""',
  ],
  [
    "a name that is a number",
    () => auto((p) => p.latent(3 as never, coin())),
    ArgumentError,
    "latent: expected a name, and no empty one, got 3",
  ],
  [
    "a latent of rows without data",
    () => auto(good, {}, NO_DATA),
    ArgumentError,
    "local z: expected data, whose rows have one each (latent(...) is one of all), got a model without data",
  ],
  [
    "another latent in each run",
    () => {
      let i = 0;
      return auto((p) => p.latent(`z${i++ % 2}`, coin()));
    },
    ArgumentError,
    "density: expected the same latents in each run, whatever has been drawn, got z0, then z1 in its place",
  ],
  [
    "a latent that later runs have not",
    () => {
      let isThere = true;
      const m = make((p, data) => {
        good(p, data);
        if (isThere) p.local("y", coin());
      });
      const running = start(m, meanField(m, DATA as never));
      isThere = false;
      return running.run();
    },
    ArgumentError,
    "guide.y: expected a latent of the model, which has z, got one that the guide invented: leave it out, or sample it in the model",
  ],
  [
    "a latent that only later runs have",
    () => {
      let isThere = false;
      const m = make((p, data) => {
        good(p, data);
        if (isThere) p.local("y", coin());
      });
      const running = start(m, meanField(m, DATA as never));
      isThere = true;
      return running.run();
    },
    ArgumentError,
    "guide: expected a law for the latent y of the model, got z: the guide forgot it",
  ],
];

const COLUMNS: Row[] = [
  [
    "columns of unequal length",
    () => withData({ x: X, y: [1, 2] }),
    ShapeError,
    "data.y: expected 4 rows, as data.x has, got 2",
  ],
  [
    "NaN",
    () => withData({ x: [1, Number.NaN, 2] }),
    ArgumentError,
    "data.x: expected finite numbers (rows in which some are missing have to be left out, or a column has to say so), got NaN in row 1",
  ],
  [
    "an infinity in a row",
    () =>
      withData({
        x: [
          [1, 2],
          [3, Infinity],
        ],
      }),
    ArgumentError,
    "data.x: expected finite numbers (rows in which some are missing have to be left out, or a column has to say so), got Infinity in row 1, element 1",
  ],
  [
    "strings",
    () => withData({ x: ["1", "2"] }),
    ArgumentError,
    'data.x[0]: expected a number, or a row of numbers, got "1"',
  ],
  ["a string among numbers", () => withData({ x: [1, "2"] }), ArgumentError, 'data.x[1]: expected a number, got "2"'],
  [
    "null for a missing value",
    () => withData({ x: [1, null] }),
    ArgumentError,
    "data.x[1]: expected a number, got null",
  ],
  [
    "a number for a column",
    () => withData({ x: 5 }),
    ArgumentError,
    "data.x: expected an array of numbers, an array of rows, or { values, shape }, got 5",
  ],
  ["an empty column", () => withData({ x: [] }), ShapeError, "data.x: expected at least one row, got none"],
  [
    "no columns",
    () => withData({}),
    ArgumentError,
    "data: expected at least one column, or undefined for no data, got an empty object",
  ],
  [
    "an array for the data",
    () => withData(X),
    ArgumentError,
    "data: expected an object of columns by name, or undefined for none, got an array of length 4",
  ],
  [
    "null for the data",
    () => withData(null),
    ArgumentError,
    "data: expected an object of columns by name, or undefined for none, got null",
  ],
  [
    "rows of unequal length",
    () => withData({ x: [[1, 2], [3]] }),
    ShapeError,
    "data.x[1]: expected 2 numbers, as in row 0, got an array of length 1",
  ],
  [
    "a row among numbers",
    () => withData({ x: [1, [3]] }),
    ArgumentError,
    "data.x[1]: expected a number, got an array of length 1",
  ],
  [
    "values that do not fill their shape",
    () => withData({ x: { values: [1, 2, 3], shape: [2, 2] } }),
    ShapeError,
    "data.x: expected [rows, ...], a shape of 3 elements, got [2, 2]",
  ],
  [
    "values without a shape",
    () => withData({ x: { values: [1, 2, 3] } }),
    ArgumentError,
    "data.x.shape: expected an array of dimensions, got undefined",
  ],
  [
    "a column that the model wants",
    () => withData({ y: X }),
    ArgumentError,
    "data: expected a column x, which the model reads, got y",
  ],
  [
    "one of two columns",
    () => withData({ x: X }, (p, { x, y }) => seen(p, p.local("z", coin()), { x: add(x, y), y })),
    ArgumentError,
    "data: expected a column y, which the model reads, got x",
  ],
  [
    "a column that the guide wants",
    () =>
      run(
        make(good),
        guide(({ y }: Columns) => ({ z: new Bernoulli({ logits: mul(y, W) }) }), { parameters: { W } }),
      ),
    ArgumentError,
    "data: expected a column y, which the guide reads, got x",
  ],
];

const GUIDES: Row[] = [
  [
    "a latent that the guide forgot",
    () => guided(good, (w) => ({ y: new Bernoulli({ logits: w }) })),
    ArgumentError,
    "guide: expected a law for the latent z of the model, got y: the guide forgot it",
  ],
  [
    "a guide of nothing",
    () => guided(good, () => ({})),
    ArgumentError,
    "guide: expected a law for the latent z of the model, got none: the guide forgot it",
  ],
  [
    "a latent that the guide invented",
    () => guided(good, (w) => ({ z: new Bernoulli({ logits: w }), y: new Bernoulli({ logits: w }) })),
    ArgumentError,
    "guide.y: expected a latent of the model, which has z, got one that the guide invented: leave it out, or sample it in the model",
  ],
  [
    "a guide for a model without latents",
    () =>
      guided(
        (p, data) => seen(p, tensor([0]), data),
        (w) => ({ z: new Bernoulli({ logits: w }) }),
      ),
    ArgumentError,
    "guide.z: expected a latent of the model, which has none, got one that the guide invented: leave it out, or sample it in the model",
  ],
  [
    "laws that are none",
    () => guided(good, () => undefined),
    ArgumentError,
    "guide: expected laws of the latents by name, such as { z: ... }, got undefined",
  ],
  [
    "an array of laws",
    () => guided(good, (w) => [new Bernoulli({ logits: w })]),
    ArgumentError,
    "guide: expected laws of the latents by name, such as { z: ... }, got an array of length 1",
  ],
  [
    "a law alone",
    () => guided(good, (w) => new Bernoulli({ logits: w })),
    ArgumentError,
    "guide: expected laws of the latents by name, such as { z: ... }, got a law alone",
  ],
  [
    "a promise of laws",
    () => guided(good, async (w) => ({ z: new Bernoulli({ logits: w }) })),
    ArgumentError,
    "laws: expected a synchronous function, got one that returned a promise: its memory is gone, or another's, when it goes on",
  ],
  [
    "a tensor for a law",
    () => guided(good, (w) => ({ z: w })),
    ArgumentError,
    "guide.z: expected a distribution, got an object (Object)",
  ],
  [
    "no law under the name",
    () => guided(good, () => ({ z: undefined })),
    ArgumentError,
    "guide.z: expected a distribution, got undefined",
  ],
  [
    "all rows where some are asked about",
    () => guided(good, () => ({ z: new Bernoulli({ logits: W }) })),
    ShapeError,
    "guide.z: expected a batch that begins with the 2 rows it is asked about (of a parameter of all rows take(..., indices)), got [4]",
  ],
  [
    "a law of rows without the rows",
    () => guided(good, () => ({ z: new Bernoulli({ logits: 0 }) })),
    ShapeError,
    "guide.z: expected a batch that begins with the 2 rows it is asked about (of a parameter of all rows take(..., indices)), got []",
  ],
  [
    "a batch of more",
    () => guided(good, (_, l) => ({ z: new Bernoulli({ logits: l }) })),
    ShapeError,
    "guide.z: expected a batch of [2], 2 rows of the model's, got [2, 3]",
  ],
  [
    "a batch of less",
    () => guided(ofBits(3), (w) => ({ z: new Bernoulli({ logits: w }) })),
    ShapeError,
    "guide.z: expected a batch of [2, 3], 2 rows of the model's, got [2]",
  ],
  [
    "rows of a latent of all",
    () =>
      guided(
        (p, data) => seen(p, p.perRow(p.latent("z", coin())), data),
        (w) => ({ z: new Bernoulli({ logits: w }) }),
      ),
    ShapeError,
    "guide.z: expected a batch of [], the model's, got [2]",
  ],
  [
    "events of another size",
    () => guided(ofHot, (_, l) => ({ z: new OneHotCategorical({ logits: l }) })),
    ShapeError,
    "guide.z: expected events of [2], as the model's, got [3]",
  ],
  [
    "bits for one-hot rows",
    () => guided(ofHot, (w) => ({ z: new Bernoulli({ logits: w }) })),
    ShapeError,
    "guide.z: expected events of [2], as the model's, got []",
  ],
  [
    "a relaxed guide of a discrete prior",
    () => guided(good, (w) => ({ z: new RelaxedBernoulli({ logits: w, temperature: 1 }) })),
    ArgumentError,
    "guide.z: expected no relaxed law, as the model has none, got one of a number from 0 to 1",
  ],
  [
    "a discrete guide of a relaxed prior",
    () =>
      guided(
        of(() => new RelaxedBernoulli({ logits: 0, temperature: 1 })),
        (w) => ({ z: new Bernoulli({ logits: w }) }),
      ),
    ArgumentError,
    "guide.z: expected a relaxed law, as the model has, got one of 0 or 1",
  ],
  [
    "another relaxation than the prior's",
    () =>
      guided(
        of(() => new RelaxedBernoulli({ logits: 0, temperature: 1 })),
        (w) => ({ z: new LogitRelaxedBernoulli({ logits: sub(w, 9), temperature: 1 }) }),
      ),
    ArgumentError,
    "guide.z: expected a law on the values of the model's, a number from 0 to 1, got one of a finite number, such as -9.506319999694824",
  ],
  [
    "a guide whose density is that of other values",
    () => guided(good, (w) => ({ z: new RelaxedBernoulliStraightThrough({ logits: w, temperature: 1 }) })),
    ArgumentError,
    "z: expected a distribution with a density of the values that it draws, got one that draws 0 or 1",
  ],
];

// The first value that is outside is up to the key.
const SUPPORTS: Row[] = [
  [
    "numbers for bits",
    () => guided(good, (w) => ({ z: new Normal({ loc: w, scale: 1e-30 }) })),
    ArgumentError,
    "guide.z: expected a law on the values of the model's, 0 or 1, got one of a finite number, such as 0.10000000149011612",
  ],
  [
    "bits for numbers",
    () => guided(of(number), (w) => ({ z: new Bernoulli({ logits: w }) })),
    ArgumentError,
    "guide.z: expected a law on the values of the model's, a finite number, got one of 0 or 1",
  ],
  [
    "numbers for positive ones",
    () =>
      guided(
        of(() => new Gamma({ concentration: 2, rate: 1 })),
        (w) => ({ z: new Normal({ loc: sub(mul(0, w), 2), scale: 1e-30 }) }),
      ),
    ArgumentError,
    "guide.z: expected a law on the values of the model's, a finite number above 0, got one of a finite number, such as -2",
  ],
  [
    "numbers for an interval",
    () =>
      guided(
        of(() => new Uniform({ low: 0, high: 1 })),
        (w) => ({ z: new Normal({ loc: add(mul(0, w), 2), scale: 1e-30 }) }),
      ),
    ArgumentError,
    "guide.z: expected a law on the values of the model's, a number from low to high, got one of a finite number, such as 2",
  ],
  [
    "an interval beyond the prior's",
    () =>
      guided(
        of(() => new Uniform({ low: 0, high: 1 })),
        (w) => ({ z: new Uniform({ low: add(mul(0, w), 7), high: 7.000001 }) }),
      ),
    ArgumentError,
    "guide.z: expected a law on the values of the model's, a number from low to high, got one of a number from low to high, such as 7.000000476837158",
  ],
  [
    "counts for bits",
    () => guided(good, (w) => ({ z: new Poisson({ rate: exp(add(w, 5)) }) })),
    ArgumentError,
    "guide.z: expected a law on the values of the model's, 0 or 1, got one of an integer of 0 or more, such as 156",
  ],
  [
    "a category too many",
    () =>
      guided(
        of(() => new Categorical({ logits: [0, 0] })),
        (_, l) => ({ z: new Categorical({ logits: add(l, tensor([0, 0, 9])) }) }),
      ),
    ArgumentError,
    "guide.z: expected a law on the values of the model's, an integer from 0 to 1, got one of an integer from 0 to 2, such as 2",
  ],
];

const ESTIMATORS: Row[] = [
  [
    "a name that is none of a latent",
    () => auto(good, { estimator: { y: rloo() } }),
    ArgumentError,
    "estimator.y: expected a latent of the model, which has z, got another name",
  ],
  [
    "a string",
    () => auto(good, { estimator: "rloo" }),
    ArgumentError,
    'estimator: expected an estimator, or an object of estimators by latent, got "rloo"',
  ],
  [
    "null",
    () => auto(good, { estimator: null }),
    ArgumentError,
    "estimator: expected an estimator, or an object of estimators by latent, got null",
  ],
  [
    "a function that was not called, by name",
    () => auto(good, { estimator: { z: rloo } }),
    ArgumentError,
    "estimator.z: expected an estimator, such as rloo(), got a function",
  ],
  [
    "a function that was not called",
    () => auto(good, { estimator: nvil }),
    ArgumentError,
    "estimator, options: expected an object of named options, got 1",
  ],
  [
    "a function of tau that gives none",
    () => auto(good, { estimator: () => 3 }),
    ArgumentError,
    "estimator: expected an estimator, or an object of estimators by latent, got 3",
  ],
  [
    "a memory made anew in each step",
    () => auto(good, { estimator: () => nvil() }),
    ArgumentError,
    "estimator of z: expected one that remembers nothing where a function makes it anew in each step, got NVIL, which has a memory: call its function once, and give what it returns",
  ],
  [
    "pathwise gradients of bits",
    () => auto(good, { estimator: pathwise() }),
    ArgumentError,
    "estimator of z: expected one that takes this latent: pathwise wants a distribution with rsample, got one that draws 0 or 1",
  ],
  [
    "DisARM of categories",
    () => auto(ofHot, { estimator: disarm() }),
    ArgumentError,
    "estimator of z: expected one that takes this latent: DisARM wants a Bernoulli distribution, got one that draws one 1 and zeros",
  ],
  [
    "enumeration of counts",
    () =>
      auto(
        of(() => new Poisson({ rate: 1 })),
        { estimator: enumeration() },
      ),
    ArgumentError,
    "estimator of z: expected one that takes this latent: enumeration wants a distribution whose support can be listed, got one that draws an integer of 0 or more",
  ],
  [
    "enumeration of numbers, by name",
    () => auto(of(number), { estimator: { z: enumeration() } }),
    ArgumentError,
    "estimator of z: expected one that takes this latent: enumeration wants a distribution whose support can be listed, got one that draws a finite number",
  ],
  [
    "enumeration of too many bits",
    () => auto(ofBits(30), { estimator: enumeration() }),
    ArgumentError,
    "z: expected at most 65536 joint values of the variables of a row (option limit), got 2^30",
  ],
  [
    "VIMCO of an ELBO",
    () => auto(good, { estimator: vimco() }),
    ArgumentError,
    'estimator of z: expected one of an expectation, such as rloo(), for the bound "elbo", got VIMCO, for bound: { type: "importanceWeighted" } or "renyi"',
  ],
  [
    "RLOO of a bound of several samples",
    () => auto(good, { estimator: rloo(), bound: { type: "importanceWeighted" } }),
    ArgumentError,
    "estimator: expected vimco() or pathwise(), which have gradients of a bound of several samples, got RLOO",
  ],
];

const OPTIONS: Row[] = [
  [
    "none",
    () => fit(make(good), bits, DATA as never, undefined as never),
    ArgumentError,
    "options: expected an object of named options, got undefined",
  ],
  [
    "a misspelt one",
    () => auto(good, { step: 3 }),
    ArgumentError,
    'options: expected no options but key, steps, estimator, optimizer, schedule, batch, chunk, samples, bound, every, patience, maxNorm, signal, executor, shard, resume, got one named "step"',
  ],
  [
    "a misspelt part of the schedule",
    () => auto(good, { schedule: { rates: 3 } }),
    ArgumentError,
    'options: expected no options but rate, tau, temperature, got one named "rates"',
  ],
  [
    "a misspelt part of the bound",
    () => auto(good, { bound: { type: "elbo", samples: 3 } }),
    ArgumentError,
    'bound: expected no options but type of "elbo", got one named "samples"',
  ],
  [
    "a misspelt one of meanField",
    () => meanField(make(good), DATA as never, { seed: 1 } as never),
    ArgumentError,
    'options: expected no options but key, spread, tau, got one named "seed"',
  ],
  [
    "a misspelt one of model",
    () => model(good as never, { params: {} } as never),
    ArgumentError,
    'options: expected no options but parameters, got one named "params"',
  ],
  [
    "a misspelt one of guide",
    () => guide(() => ({}), { params: {} } as never),
    ArgumentError,
    'options: expected no options but parameters, got one named "params"',
  ],
  ["no steps", () => auto(good, { steps: 0 }), ArgumentError, "steps: expected an integer of 1 or more, got 0"],
  [
    "no key",
    () => auto(good, { key: undefined }),
    KeyError,
    "key: expected a Key from key(), split(), foldIn() or named(): { hi, lo }, two unsigned 32-bit integers, got undefined",
  ],
  [
    "a batch of more than the rows",
    () => auto(good, { batch: 5 }),
    ArgumentError,
    "batch: expected an integer from 1 to 4, got 5",
  ],
  [
    "a batch without data",
    () => auto((p) => p.latent("z", coin()), { batch: 1 }, NO_DATA),
    ArgumentError,
    "batch: expected none for a model without data, got 1",
  ],
  [
    "a bound by its name alone",
    () => auto(good, { bound: "elbo" }),
    ArgumentError,
    'bound: expected { type }, one of elbo, stickingTheLanding, importanceWeighted, renyi, got "elbo"',
  ],
  [
    "a bound that is unknown",
    () => auto(good, { bound: { type: "iwae" } }),
    ArgumentError,
    'bound: expected { type }, one of elbo, stickingTheLanding, importanceWeighted, renyi, got "iwae"',
  ],
  [
    "a Rényi bound without its order",
    () => auto(good, { bound: { type: "renyi" } }),
    ArgumentError,
    "bound.alpha: expected a finite number, got undefined",
  ],
  [
    "a gradient that is unknown",
    () => auto(good, { bound: { type: "importanceWeighted", gradient: "dreg" } }),
    ArgumentError,
    'bound.gradient: expected one of reparameterized, doublyReparameterized, got "dreg"',
  ],
  [
    "an optimizer for its function",
    () => auto(good, { optimizer: adam({ W }) }),
    ArgumentError,
    "optimizer: expected a function of the parameters, such as (p) => adam(p), got an object (Object)",
  ],
  [
    "a function without an optimizer",
    () => auto(good, { optimizer: () => undefined }),
    ArgumentError,
    "optimizer: expected a function that returns an optimizer, such as (p) => adam(p), got one that returned undefined",
  ],
  [
    "a temperature of 0",
    () => auto(good, { schedule: { tau: 0 } }),
    ArgumentError,
    "schedule.tau: expected a finite number above 0, got 0",
  ],
  [
    "a spread below 0",
    () => meanField(make(good), DATA as never, { spread: -1 }),
    ArgumentError,
    "spread: expected a finite number of 0 or more, got -1",
  ],
  [
    "a density for the model",
    () => start(good, bits),
    ArgumentError,
    "model: expected a model, from model(...), got a function",
  ],
  [
    "laws for the guide",
    () => start(make(good), () => ({})),
    ArgumentError,
    "guide: expected a guide, from meanField(...) or guide(...), got a function",
  ],
  [
    "no density",
    () => model(3 as never),
    ArgumentError,
    "density: expected a function that says the joint density, got 3",
  ],
  [
    "nothing to fit",
    () => auto((p, data) => seen(p, tensor([0]), data)),
    ArgumentError,
    "fit: expected a model or a guide with parameters to fit, got none in either",
  ],
];

const DENSITIES: Row[] = [
  [
    "a promise",
    () => auto(async (p, data) => good(p, data)),
    ArgumentError,
    "density: expected a synchronous function, got one that returned a promise: its memory is gone, or another's, when it goes on",
  ],
  [
    "NaN in a factor",
    () => auto((p) => p.factor("f", log(sub(p.local("z", coin()), 2)))),
    ArgumentError,
    "factor f: expected a finite log density, got NaN at element 0 of [1, 4], from log in model, of shape [1, 4], NaN at element 0 (inputs finite: x is -2 there)",
  ],
  [
    "-Infinity in a factor",
    () => auto((p) => p.factor("f", log(mul(0, p.local("z", coin()))))),
    ArgumentError,
    "factor f: expected a finite log density, got -Infinity at element 0 of [1, 4], from log in model, of shape [1, 4], -Infinity at element 0 (inputs finite: x is 0 there)",
  ],
  [
    "NaN in the law of an observation",
    () => auto((p, data) => seen(p, log(sub(p.local("z", coin()), 2)), data)),
    ArgumentError,
    "model, after z: loc: expected a finite number, got NaN at index 0 of [2, 3]",
  ],
  [
    "NaN in the law of a latent",
    () =>
      auto((p) => {
        const z = p.local("z", number());
        p.local("y", new Normal({ loc: log(sub(mul(z, 0), 1)), scale: 1 }));
      }),
    ArgumentError,
    "model, after z: loc: expected a finite number, got NaN at index 0 of [2, 3]",
  ],
  [
    "NaN in the backward pass alone",
    () =>
      auto((p, data) => {
        const z = p.local("z", number());
        seen(p, root(mul(z, 0)), data);
      }),
    ArgumentError,
    "gradient of guide.z.loc: expected finite numbers, got NaN at element 0 of [4], from log in model, of shape [1, 4], -Infinity at element 0 (inputs finite: x is 0 there)",
  ],
  [
    "data that the law does not allow",
    () =>
      auto((p, { x }) => {
        const z = p.local("z", coin());
        p.observe("x", new Gamma({ concentration: 1, rate: add(z, 1) }), x);
      }),
    ArgumentError,
    "observe x, value: expected a finite number above 0, got -1.2999999523162842 at index 0 of [3]",
  ],
  [
    "a value of another shape than the law",
    () =>
      auto((p, data) => {
        p.local("z", coin());
        seen(p, tensor([1, 2, 3, 4, 5]), data);
      }),
    ShapeError,
    "observe x, value: expected a shape that broadcasts with [5], got [3] of 2 points, 3 rows (perRow(...) of latents of all beside data)",
  ],
  [
    "points of a latent of all beside data",
    () => auto((p, data) => seen(p, p.latent("z", coin()), data)),
    ShapeError,
    "observe x, value: expected a shape that broadcasts with [2], got [3] of 2 points, 3 rows (perRow(...) of latents of all beside data)",
  ],
  [
    "no value",
    () => auto((p) => p.observe("x", new Normal({ loc: p.local("z", coin()), scale: 1 }), undefined as never)),
    ArgumentError,
    "observe x, value: expected a number, an array of numbers or a tensor, got undefined",
  ],
  [
    "a factor summed over points",
    () => auto((p) => p.factor("f", sum(p.local("z", coin())))),
    ShapeError,
    "factor f: expected [points, rows, ...], as it depends on z: a sum over what is behind these alone, got [] of 3 points, 2 rows",
  ],
  [
    "a factor summed over rows",
    () => auto((p) => p.factor("f", sum(p.local("z", coin()), { axis: -1 }))),
    ShapeError,
    "factor f: expected [points, rows, ...], as it depends on z: a sum over what is behind these alone, got [3] of 3 points, 2 rows",
  ],
  [
    "a factor that is a number",
    () =>
      auto((p) => {
        p.local("z", coin());
        p.factor("f", 3 as never);
      }),
    ArgumentError,
    "factor f: expected a tensor, got 3",
  ],
  [
    "a factor of neither points nor rows",
    () =>
      auto((p) => {
        p.local("z", coin());
        p.factor("f", tensor(new Float32Array(7), [7]));
      }),
    ShapeError,
    "factor f: expected a log density [points] or [], got [7] of 3 points, 2 rows",
  ],
  [
    "a backward pass from a bound of each row",
    () =>
      step(() =>
        backward(
          elbo(new Bernoulli({ logits: W }), (z) => z, {
            key: key(1),
            estimator: enumeration(),
            prior: coin(),
          } as never).bound,
        ),
      ),
    ShapeError,
    "loss: expected one element, got 4 elements, [4]",
  ],
];

const outcome = async () => {
  const m = make(good);
  const q = meanField(m, DATA as never);
  const last = await run(m, q);
  const found = [last?.bound, ...(q.parameters["z.logits"]?.toArray() ?? [])];
  for (const each of Object.values(q.parameters)) each.dispose();
  return { found, arena: core().arena.mark() };
};

describe.each([
  ["laws", LAWS],
  ["names", NAMES],
  ["data", COLUMNS],
  ["guides", GUIDES],
  ["supports", SUPPORTS],
  ["estimators", ESTIMATORS],
  ["options", OPTIONS],
  ["densities", DENSITIES],
] as const)("%s", (_, rows) => {
  test.each(rows)("%s", async (_name, call, Kind, message) => {
    const before = await outcome();
    const [w, l] = [W.toArray(), L.toArray()];
    const error = await Promise.resolve()
      .then(call)
      .then(
        () => undefined,
        (thrown) => thrown,
      );
    expect(error).toBeInstanceOf(Kind);
    expect(error.message).toBe(message);
    expect([W.toArray(), L.toArray()]).toEqual([w, l]);
    expect(await outcome()).toEqual(before);
  });
});

const state = (parameters: Readonly<Record<string, { toArray(): Float32Array }>>) =>
  Object.entries(parameters).map(([name, each]) => [name, [...each.toArray()]]);

describe("once it is repaired", () => {
  const FAULTS: [string, (p: Scope, z: Tensor) => void, string][] = [
    ["a factor that is NaN", (p, z) => p.factor("f", log(sub(z, 9e9))), "factor f"],
    ["a factor of a wrong shape", (p) => p.factor("f", tensor(new Float32Array(7), [7])), "factor f"],
    ["a law that is none", (p) => p.latent("y", 3 as never), "latent y"],
    ["a name twice", (p) => p.local("z", number()), "latent z"],
    ["a latent that the guide forgot", (p) => p.latent("y", number()), "guide"],
    [
      "an error of its own",
      () => {
        throw new Error("mine");
      },
      "mine",
    ],
  ];

  test.each(FAULTS)("the same fit goes on after %s, with the same bits", async (_, fault, message) => {
    let isBroken = false;
    const m = make((p, data) => {
      const z = p.local("z", number());
      if (isBroken) fault(p, z);
      seen(p, z, data);
    });
    const options = { steps: 6, every: 1, batch: 3 };
    const [whole, broken] = [0, 1].map(() => {
      const q = meanField(m, DATA as never);
      return { q, fit: start(m, q, DATA, options) };
    });
    await whole.fit.run();
    const reports: number[] = [];
    const watch = ({ step, bound }: { step: number; bound: number }) => {
      reports.push(bound);
      isBroken = step === 3;
    };
    await expect(broken.fit.run(watch)).rejects.toThrow(message);
    expect(broken.fit.step).toBe(3);
    const middle = broken.fit.checkpoint();
    isBroken = false;
    await broken.fit.run(({ bound }) => void reports.push(bound));
    expect(reports).toHaveLength(6);
    expect(state(broken.q.parameters)).toEqual(state(whole.q.parameters));

    const again = meanField(m, DATA as never);
    await start(m, again, DATA, { ...options, resume: middle }).run();
    expect(state(again.parameters)).toEqual(state(whole.q.parameters));
  });

  test("the same guide is fitted, whatever was refused of it before", async () => {
    const [m, q] = [make(good), meanField(make(good), DATA as never)];
    const before = state(q.parameters);
    expect(() => start(m, q, { x: [1, Number.NaN] })).toThrow("data.x");
    expect(() => start(m, q, DATA, { estimator: pathwise() })).toThrow("estimator of z");
    expect(() => start(m, q, DATA, { steps: 0 })).toThrow("steps");
    await expect(run(m, q, DATA, { estimator: rloo(), bound: { type: "renyi", alpha: 0.5 } })).rejects.toThrow("vimco");
    expect(state(q.parameters)).toEqual(before);
    await run(m, q);
    const other = meanField(m, DATA as never);
    await run(m, other);
    expect(state(q.parameters)).toEqual(state(other.parameters));
  });
});

describe("the same is refused by", () => {
  const k = key(1);
  const wrong = own((w) => ({ z: new Normal({ loc: w, scale: 1e-30 }) }));
  const message = "guide.z: expected a law on the values of the model's, 0 or 1";
  test("evidence", () =>
    expect(evidence(make(good), wrong, DATA as never, { key: k, samples: 2 })).rejects.toThrow(message));
  test("posterior", () =>
    expect(async () => posterior(make(good), wrong, DATA as never, { key: k, samples: 2 })).rejects.toThrow(message));
  test("modelBound", () => {
    const bound = modelBound(make(good), wrong, DATA as never);
    expect(() => step(() => bound(k).bound.item())).toThrow(message);
  });
});

test("a column may be absent where the model says what it does then", async () => {
  const density: Density = (p, data) => {
    const z = p.local("z", coin());
    seen(p, z, data);
    if (data.y) p.observe("y", new Normal({ loc: z, scale: 2 }), data.y);
  };
  const bounds = await Promise.all([DATA, { x: X, y: X }].map((data) => auto(density, {}, data)));
  expect(bounds[0]?.bound).toBe((await auto(good))?.bound);
  expect(bounds[1]?.bound).not.toBe(bounds[0]?.bound);
});
