import { categorical, createCore, foldIn, gumbelSoftmax, gumbelSoftmaxGrad, key, topK } from "reparam";
import { Bernoulli, klDivergence, Normal } from "reparam/distributions";
import { adam, backward, mean, mul, parameter, gumbelSoftmax as sample, step, sum } from "reparam/graph";
import { disarm, estimate } from "reparam/inference";

const hex = (floats) =>
  Array.from(new Uint32Array(floats.buffer, floats.byteOffset, floats.length), (word) =>
    word.toString(16).padStart(8, "0"),
  ).join("");

/** What the subpaths compute here, bit by bit. */
export function program() {
  const logits = [3, 1, 4, -Infinity, 2];
  const relaxed = gumbelSoftmax(key(42), logits, { tau: 0.5 });
  const x = parameter([1, 3], [0.5, -1, 2]);
  const optimizer = adam({ x }, { rate: 0.05 });
  let slope = x.grad();
  for (let t = 0; t < 3; t++) {
    step(() => {
      const code = sample(foldIn(key(7), t), x, { tau: 0.7 });
      backward(mean(mul(code, code)));
    });
    slope = x.grad();
    optimizer.step();
  }
  const [normal, divergence] = step(() => {
    const q = new Normal({ loc: x, scale: 0.5 });
    return [hex(q.rsample(key(3)).toArray()), hex(klDivergence(q, new Normal()).toArray())];
  });
  const estimated = parameter([4], [0.5, -1, 2, 0]);
  step(() => {
    const cost = (z) => sum(mul(z, z), { axis: -1 });
    backward(estimate(new Bernoulli({ logits: estimated }), cost, { key: key(9), estimator: disarm(), samples: 3 }));
  });
  return JSON.stringify({
    build: createCore().build,
    sample: hex(relaxed),
    gradient: hex(gumbelSoftmaxGrad(relaxed, [1, 0, 2, 3, 1], { tau: 0.5 })),
    draws: categorical(key(1), logits, { draws: 8 }).join(""),
    two: topK(key(2), logits, { k: 2 }).indices.join(""),
    learned: hex(x.toArray()),
    slope: hex(slope),
    normal,
    divergence,
    estimated: hex(estimated.grad()),
  });
}
