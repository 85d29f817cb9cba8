import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Bernoulli, Categorical, Normal } from "../../bindings/distributions/index.ts";
import {
  add,
  backward,
  div,
  exp,
  log,
  logSoftmax,
  mul,
  type Parameter,
  parameter,
  step,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { locateNonFinite } from "../../bindings/inference/explain/locate.ts";
import { elbo, estimate, movingAverage, pathwise, rloo, scoreFunction } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";

let w: Parameter;
beforeEach(() => {
  w = parameter([3], [1, -1, 0]);
});
afterEach(() => w.dispose());

const found = (body: () => unknown) => locateNonFinite(body, { w });

describe("the first node that is not finite", () => {
  test("log of a negative number", () => {
    expect(found(() => sum(log(w))).forward).toBe("log, of shape [3], NaN at element 1 (inputs finite: x is -1 there)");
  });

  test("a division by 0, where nothing is NaN", () => {
    expect(found(() => sum(div(1, w))).forward).toBe(
      "div, of shape [3], Infinity at element 2 (inputs finite: a is 1, b is 0 there)",
    );
  });

  test("an overflow of exp", () => {
    expect(found(() => sum(exp(mul(w, 100)))).forward).toBe(
      "exp, of shape [3], Infinity at element 0 (inputs finite: x is 100 there)",
    );
  });

  test("Infinity - Infinity, with where the infinity is from and not what stands between", () => {
    const between = () => mul(exp(mul(w, 100)), 2);
    expect(found(() => sum(sub(between(), between()))).forward).toBe(
      "sub, of shape [3], NaN at element 0 (inputs infinite: a is Infinity, b is Infinity there); " +
        "the infinity is from exp, of shape [3], Infinity at element 0 (inputs finite: x is 100 there)",
    );
  });

  test("NaN comes before an earlier infinity that did not lead to it", () => {
    expect(found(() => add(sum(exp(mul(w, 100))), sum(log(w)))).forward).toMatch(/^log, .*NaN at element 1/);
    expect(found(() => add(sum(log(w)), sum(exp(mul(w, 100))))).forward).toMatch(/^log, .*NaN at element 1/);
  });

  test("infinite constants are not what is looked for", () => {
    expect(found(() => sum(exp(add(w, tensor([0, 0, -Infinity])))))).toEqual({});
  });

  test("a row: no element to show", () => {
    const x = parameter([1, 2], [Number.NaN, 0]);
    expect(locateNonFinite(() => logSoftmax(x), { x }).forward).toBe("parameter x, of shape [1, 2], NaN at element 0");
    x.dispose();
    const rows = () => logSoftmax(mul(tensor([Infinity, 1, 1, 1], [2, 2]), 1));
    expect(found(rows).forward).toMatch(/^logSoftmax, of shape \[2, 2\], NaN at element 0 \(inputs infinite/);
  });

  test("data and parameters that came as NaN", () => {
    expect(found(() => mul(tensor([0, Number.NaN, 1]), w)).forward).toBe("tensor, of shape [3], NaN at element 1");
    w.set([0, 0, Number.NaN]);
    expect(found(() => mul(w, 2)).forward).toBe("parameter w, of shape [3], NaN at element 2");
    expect(locateNonFinite(() => mul(w, 2)).forward).toBe("a parameter, of shape [3], NaN at element 2");
  });

  test("none of a body that is finite", () => {
    expect(found(() => sum(exp(w)))).toEqual({});
    expect(found(() => 1)).toEqual({});
  });
});

describe("the way back", () => {
  const root = (x: Tensor): Tensor => exp(mul(0.5, log(x)));

  test("NaN in the gradient alone: a root at 0 by way of logarithms", () => {
    const { backward } = found(() => sum(root(mul(w, w))));
    expect(backward).toBe(
      "backward of log: the gradient to x (mul), of shape [3], is NaN at element 2 (that which comes is finite: x is 0 there)",
    );
  });

  test("an infinity, in the gradient of a parameter; what came into it before is no cause", () => {
    const tiny = parameter([1], [1e-30]);
    tiny.core.view(tiny.gradient, 1)[0] = Number.NaN;
    expect(locateNonFinite(() => div(1e-10, tiny), { tiny })).toEqual({
      backward:
        "backward of div: the gradient to b (parameter tiny), of shape [1], is -Infinity at element 0 " +
        `(that which comes is finite: a is ${Math.fround(1e-10)}, b is ${Math.fround(1e-30)} there)`,
    });
    expect(tiny.grad()).toEqual(Float32Array.of(Number.NaN));
    tiny.dispose();
  });

  test("of the pass that the body itself runs", () => {
    const body = () => {
      backward(sum(mul(root(w), 1)));
      return sum(log(w));
    };
    w.set([1, 1, 0]);
    expect(found(body).backward).toMatch(/^backward of log: .*element 2/);
  });

  test("leaves gradients as they were, and estimators", () => {
    w.core.view(w.gradient, 3).set([5, 6, 7]);
    const estimator = scoreFunction({ baseline: movingAverage() });
    const before = JSON.stringify(estimator.memory?.state);
    const body = (): Tensor => {
      const cost = (z: Tensor): Tensor => sum(z, { axis: -1 });
      return sum(estimate(new Bernoulli({ logits: w }), cost, { key: key(1), estimator }));
    };
    expect(found(body)).toEqual({});
    expect([...w.grad()]).toEqual([5, 6, 7]);
    expect(JSON.stringify(estimator.memory?.state)).toBe(before);
    step(() => backward(body()));
    expect(JSON.stringify(estimator.memory?.state)).not.toBe(before);
  });
});

describe("in a model", () => {
  const options = { key: key(3), estimator: pathwise() };
  const normal = () => new Normal({ loc: w, scale: exp(w) });

  test("the function of the user is named, though the bound refuses the NaN with an error of its own", () => {
    const body = () => elbo({ z: normal() }, ({ z }) => sum(log(z)), options).bound;
    expect(() => step(body)).toThrow("logJoint");
    expect(found(body).forward).toMatch(
      /^log in logJoint, of shape \[1, 3\], NaN at element \d \(inputs finite: x is -/,
    );
  });

  test("a cost of an estimate", () => {
    const cost = (z: Tensor): Tensor => sum(log(sub(z, 1)), { axis: -1 });
    const body = () => estimate(new Bernoulli({ logits: w }), cost, { key: key(1), estimator: rloo(), samples: 2 });
    expect(found(body).forward).toMatch(/^log in cost, of shape \[2, 3\], NaN at element /);
  });

  test("a law's density, by the name of its latent", () => {
    const tails = () =>
      elbo(
        { z: new Normal({ loc: stopGradient(w), scale: 1e-30, validateArgs: false }) },
        ({ z }) => sum(z, { axis: -1 }),
        { ...options, prior: { z: new Normal({ loc: mul(w, 1e38), scale: 1e-30 }) }, stickingTheLanding: true },
      ).bound;
    expect(found(tails).forward).toMatch(/^Normal\.logProb in cost, of shape \[1, 3\], -Infinity at element 0/);
    const cold = () =>
      elbo(
        { c: new Categorical({ logits: mul(w, tensor([Infinity, 1, 1])), validateArgs: false }) },
        ({ c }) => mul(c, 1),
        { key: key(1), estimator: rloo(), samples: 2 },
      ).bound;
    expect(found(cold).forward).toMatch(/^Categorical\.logProb of c in cost/);
  });

  test("a sample, by the name of its latent", () => {
    const body = () =>
      elbo({ u: new Normal({ loc: mul(w, 3e38), scale: 3e38 }) }, ({ u }) => sum(u, { axis: -1 }), {
        key: key(8),
        estimator: pathwise(),
        samples: 16,
      }).bound;
    expect(found(body).forward).toMatch(
      /^sum in logJoint, .* NaN .*; the infinity is from mul in Normal\.sample of u in estimate, of shape \[3\]/,
    );
  });
});
