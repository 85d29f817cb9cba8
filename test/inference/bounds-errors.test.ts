import { describe, expect, test } from "vitest";
import {
  Bernoulli,
  Gamma,
  Normal,
  OneHotCategorical,
  RelaxedBernoulli,
  RelaxedBernoulliStraightThrough,
  RelaxedPermutation,
  type Sampleable,
} from "../../bindings/distributions/index.ts";
import { backward, exp, log, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import {
  disarm,
  type ElboOptions,
  elbo,
  importanceWeightedBound,
  pathwise,
  renyiBound,
  rloo,
  vimco,
} from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";

const options = { key: key(1), estimator: disarm() };
const bernoulli = (): Bernoulli => new Bernoulli({ logits: [0.5, -1, 2] });
const ofAll = (z: Tensor): Tensor => sum(z, { axis: -1 });
const refuses = (f: () => unknown, code: string, ...words: (string | RegExp)[]): void => {
  let message = "nothing was refused";
  try {
    step(f);
  } catch (error) {
    message = (error as Error).message;
    expect((error as Error).name).toBe(code);
  }
  for (const word of words) expect(message).toMatch(word);
};
const change = (others: object): ElboOptions => ({ ...options, ...others }) as ElboOptions;

describe("a bound refuses", () => {
  test("latents that the guide forgot or invented", () => {
    const q = (): Record<string, Bernoulli> => ({ z: bernoulli(), extra: bernoulli() });
    const forgot = (s: Record<string, Tensor>): Tensor => ofAll(s.theta);
    const some = (s: Record<string, Tensor>): Tensor => ofAll(s.z);
    refuses(() => elbo(q(), forgot, options), "ArgumentError", "theta", "z, extra", "forgot");
    refuses(() => elbo(q(), some, options), "ArgumentError", "extra", "never read");
    const prior = { z: bernoulli() };
    refuses(() => elbo(q(), some, change({ prior })), "ArgumentError", "prior.extra", "undefined");
    refuses(() => elbo({ z: bernoulli() }, some, change({ prior: q() })), "ArgumentError", "prior.extra");
    refuses(() => elbo(q(), some, change({ prior: bernoulli() })), "ArgumentError", "prior", "z, extra");
    step(() => elbo(q(), some, change({ prior: q() })));
  });

  test("a log joint of the wrong shape, or one that is not finite", () => {
    const wrong = [(z: Tensor) => sum(z), (z: Tensor) => sum(z, { axis: 0 })];
    refuses(
      () => elbo(bernoulli(), wrong[0], options),
      "ShapeError",
      "logJoint",
      /\[1, \.\.\.rows\]|\[2, \.\.\.rows\]/,
    );
    refuses(() => elbo(bernoulli(), wrong[1], options), "ShapeError", "logJoint", "rows");
    refuses(() => elbo(bernoulli(), () => 1 as never, options), "ArgumentError", "logJoint", "tensor");
    refuses(() => elbo(bernoulli(), 3 as never, options), "ArgumentError", "logJoint", "function");
    const nan = (z: Tensor): Tensor => log(mul(-1, exp(ofAll(z))));
    refuses(() => elbo(bernoulli(), nan, options), "ArgumentError", "logJoint", "NaN", "point 0");
    const two = { key: key(1), estimator: vimco(), samples: 2 };
    refuses(() => importanceWeightedBound(bernoulli(), nan, two), "ArgumentError", "logJoint", "NaN");
  });

  test("rows that are not those of every latent", () => {
    const q = () => ({ a: new Bernoulli({ logits: [0, 1] }), b: bernoulli() });
    const f = ({ a, b }: { readonly a: Tensor; readonly b: Tensor }): Tensor => {
      ofAll(b);
      return a;
    };
    refuses(() => elbo(q(), f, options), "ShapeError", "logJoint", "of b");
  });

  test("a prior that does not fit: shapes, support, a relaxed one of a hard guide and the reverse", () => {
    const f = ofAll;
    const prior = (law: unknown, q: Sampleable = bernoulli(), estimator = options.estimator) =>
      elbo(q as Bernoulli, f, change({ prior: law, estimator }));
    refuses(() => prior(new Bernoulli({ logits: [1, 2] })), "ShapeError", "prior", "[3]");
    refuses(() => prior(new OneHotCategorical({ logits: [1, 2] })), "ShapeError", "prior");
    const relaxed = new RelaxedBernoulli({ temperature: 0.5, logits: [0, 1, 2] });
    refuses(() => prior(relaxed), "ArgumentError", "prior", "no relaxed");
    refuses(() => prior(bernoulli(), relaxed, pathwise()), "ArgumentError", "prior", "a relaxed distribution");
    const normal = new Normal({ loc: [0, 0, 0], scale: 1 });
    const gamma = new Gamma({ concentration: 2, rate: 1 });
    refuses(() => prior(gamma, normal, pathwise()), "ArgumentError", "prior", /Infinity|NaN/);
    refuses(() => prior(3), "ArgumentError", "prior", "3");
  });

  test("laws without a density of what they draw", () => {
    const hard = new RelaxedBernoulliStraightThrough({ temperature: 0.5, logits: [0, 1, 2] });
    refuses(() => elbo(hard, ofAll, change({ estimator: pathwise() })), "ArgumentError", "density");
    const order = (): RelaxedPermutation =>
      new RelaxedPermutation({ logits: tensor([0, 1, 2, 3], [2, 2]), temperature: 1 } as never);
    refuses(() => elbo(order() as never, ofAll, change({ estimator: pathwise() })), "ArgumentError", "density");
  });

  test("estimators that a law, or a bound, does not take", () => {
    const f = ofAll;
    refuses(() => elbo(bernoulli(), f, change({ estimator: pathwise() })), "ArgumentError", "rsample", "pathwise");
    refuses(() => elbo(bernoulli(), f, change({ estimator: vimco() })), "ArgumentError", "importanceWeightedBound");
    refuses(() => elbo(bernoulli(), f, change({ estimator: undefined })), "ArgumentError", "estimator");
    const together = (estimator: unknown, more = {}) =>
      importanceWeightedBound(bernoulli(), f, { key: key(1), estimator, samples: 2, ...more } as never);
    refuses(() => together(rloo()), "ArgumentError", "vimco", "RLOO");
    refuses(() => together(undefined), "ArgumentError", "estimator");
    refuses(() => together(pathwise()), "ArgumentError", "rsample");
    refuses(() => together(vimco(), { samples: 1 }), "ArgumentError", "samples");
    refuses(() => together(vimco(), { samples: undefined }), "ArgumentError", "samples");
    refuses(() => together(vimco(), { gradient: "doublyReparameterized" }), "ArgumentError", "gradient");
    refuses(() => together(vimco(), { gradient: "other" }), "ArgumentError", "gradient");
  });

  test("several estimators that do not go together, or have the wrong names", () => {
    const q = () => ({ a: bernoulli(), b: bernoulli() });
    const f = ({ a, b }: { readonly a: Tensor; readonly b: Tensor }): Tensor => ofAll(mul(a, b));
    const of = (estimator: unknown) => () => elbo(q(), f, change({ estimator }));
    refuses(of({ a: rloo(), b: disarm() }), "ArgumentError", "RLOO, DisARM");
    refuses(of({ a: rloo() }), "ArgumentError", "estimator", "a, b");
    refuses(of({ a: rloo(), b: rloo(), c: rloo() }), "ArgumentError", "estimator", "c");
    refuses(of({ a: disarm(), b: pathwise() }), "ArgumentError", "rsample");
  });

  test("options that are none, and an alpha too near to 1", () => {
    refuses(() => elbo(bernoulli(), ofAll, change({ sample: 3 })), "ArgumentError", "sample");
    refuses(() => elbo(bernoulli(), ofAll, change({ key: 3 })), "KeyError", "key");
    refuses(() => elbo(bernoulli(), ofAll, change({ stickingTheLanding: 1 })), "ArgumentError", "stickingTheLanding");
    const renyi = (alpha: number) => () =>
      renyiBound(bernoulli(), ofAll, { key: key(1), estimator: vimco(), samples: 2, alpha });
    refuses(renyi(0.995), "ArgumentError", "alpha");
    refuses(renyi(Number.NaN), "ArgumentError", "alpha");
  });
});

test("an error leaves parameters with their gradients: sticking the landing is not switched on for what comes after", () => {
  const logits = parameter([3], [0.5, -1, 2]);
  const q = new Bernoulli({ logits });
  refuses(
    () => elbo(q, (z) => log(mul(-1, exp(ofAll(z)))), change({ stickingTheLanding: true })),
    "ArgumentError",
    "NaN",
  );
  step(() => backward(sum(q.logProb([1, 0, 1]))));
  expect(logits.grad().every((g) => g !== 0)).toBe(true);
  logits.dispose();
});
