// What a stranger's first program looks like: compiled and run by .ci/run against the packed tarball.
declare const console: { log(...values: unknown[]): void }; // no DOM, no Node: the types stand alone

import { gumbelSoftmax, type Key, key } from "reparam";
import { adam, backward, parameter, step, sum } from "reparam/graph";

const seed: Key = key(42);
const sample: Float32Array = gumbelSoftmax(seed, [0.5, 1, -2], { tau: 0.5 });

const x = parameter([2], [3, 4]);
const optimizer = adam({ x });
step(() => backward(sum(x)));
optimizer.step();
if (sample.length !== 3 || x.grad().some((g) => g !== 0) || x.toArray()[0] === 3)
  throw new Error("reparam does not work");
console.log("reparam works from its tarball:", sample);
