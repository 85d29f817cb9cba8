// A work for each kind of computation.
import { key, normal } from "reparam";
import { Bernoulli, Normal } from "reparam/distributions";
import { linear, mul, parameter, reshape, sub, sum, tensor } from "reparam/graph";
import { disarm, estimate, meanField, model, movingAverage, rloo, scoreFunction } from "reparam/inference";
import { shared } from "reparam/parallel";

const [IN, OUT, ROWS] = [150, 160, 40];

/** Of which parameters have 96 kB, so that messages go through shared memory. */
export const regression = shared("regression", () => {
  const rows = normal(key(1), ROWS * (IN + OUT));
  const parameters = {
    weight: parameter([IN, OUT], normal(key(2), IN * OUT)),
    bias: parameter([OUT]),
  };
  return {
    parameters,
    loss: ({ from, to }) => {
      const part = (begin, size) => tensor(rows.subarray(begin + from * size, begin + to * size), [to - from, size]);
      const errors = sub(linear(part(0, IN), parameters.weight, parameters.bias), part(ROWS * IN, OUT));
      return sum(mul(errors, errors), { axis: -1 });
    },
  };
});

export const bits = shared("bits", () => ({
  problem: {
    parameters: { theta: [0.5, -1, 0.25] },
    loss: ({ theta }, run) => {
      const cost = (b) => sum(mul(sub(b, 0.45), sub(b, 0.45)), { axis: 2 });
      return estimate(new Bernoulli({ logits: theta }), cost, run);
    },
  },
  estimators: {
    rloo: { estimator: rloo(), samples: 3 },
    disarm: disarm(),
    average: scoreFunction({ baseline: movingAverage() }),
  },
  truth: rloo(),
}));

export const pairs = shared("pairs", () => {
  const data = { x: normal(key(1), ROWS).map((e, i) => (i % 3) + 0.5 * e) };
  const weights = parameter([2], [1, 1.2]);
  const m = model(
    (p, { x }) => {
      const b = p.local("b", new Bernoulli({ logits: tensor([0.4, -0.6], [1, 2]) }));
      p.observe("x", new Normal({ loc: sum(mul(b, reshape(weights, [1, 2])), { axis: -1 }), scale: 0.5 }), x);
    },
    { parameters: { weights } },
  );
  return { model: m, guide: meanField(m, data, { key: key(3) }), data, estimator: rloo() };
});
