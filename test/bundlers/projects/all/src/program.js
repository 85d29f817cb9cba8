import { categorical, createCore, foldIn, gumbelSoftmax, gumbelSoftmaxGrad, key, topK } from "reparam";
import { adam, backward, mean, mul, parameter, gumbelSoftmax as sample, step } from "reparam/graph";

const hex = (floats) =>
  Array.from(new Uint32Array(floats.buffer, floats.byteOffset, floats.length), (word) =>
    word.toString(16).padStart(8, "0"),
  ).join("");

/** What both subpaths compute here, bit by bit. */
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
  return JSON.stringify({
    build: createCore().build,
    sample: hex(relaxed),
    gradient: hex(gumbelSoftmaxGrad(relaxed, [1, 0, 2, 3, 1], { tau: 0.5 })),
    draws: categorical(key(1), logits, { draws: 8 }).join(""),
    two: topK(key(2), logits, { k: 2 }).indices.join(""),
    learned: hex(x.toArray()),
    slope: hex(slope),
  });
}
