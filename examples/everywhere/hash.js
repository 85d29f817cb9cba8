// One program for Node, Deno, Bun, a Worker and a page (README.md beside it): the same hash in all of them.
import { foldIn, gumbel, gumbelSoftmax, gumbelSoftmaxGrad, key } from "reparam";
import * as graph from "reparam/graph";

const noise = gumbel(key(42), 10_000);
const samples = gumbelSoftmax(key(43), noise, { cols: 10, tau: 0.5 });
const gradient = gumbelSoftmaxGrad(samples, noise, { cols: 10, tau: 0.5 });

const parameters = { logits: graph.parameter([1, 3]), codes: graph.parameter([3, 2], [0, 0, 1, 1, 2, -1]) };
const optimizer = graph.adam(parameters, { rate: 0.05 });
for (let t = 0; t < 20; t++) {
  graph.step(() => {
    const choice = graph.gumbelSoftmax(foldIn(key(44), t), parameters.logits, { tau: 1 });
    const miss = graph.sub(graph.linear(choice, parameters.codes), graph.tensor([1, 2], [1, 2]));
    graph.backward(graph.mean(graph.mul(miss, miss)));
  });
  optimizer.step();
}

let state = 0x811c9dc5; // FNV-1a over the bytes of all that was computed
for (const floats of [noise, samples, gradient, parameters.logits.toArray(), parameters.codes.toArray()])
  for (const byte of new Uint8Array(floats.buffer)) state = Math.imul(state ^ byte, 0x01000193);
export const hash = (state >>> 0).toString(16).padStart(8, "0");
console.log(hash);
