/** Every subpath, used as it is to be used, with no types but those of the language. */
import {
  ArgumentError,
  type Build,
  bits,
  categorical,
  createCore,
  type Floats,
  foldIn,
  type GumbelSoftmaxOptions,
  gumbelSoftmax,
  gumbelSoftmaxGrad,
  type Key,
  key,
  normal,
  type OwnCore,
  ReparamError,
  softmax,
  split,
  type TopK,
  topK,
} from "reparam";
import * as distributions from "reparam/distributions";
import * as graph from "reparam/graph";
import * as inference from "reparam/inference";
import * as slim from "reparam/slim";
import * as slimGraph from "reparam/slim/graph";

const seed: Key = key(42n);
const [first, second]: Key[] = split(seed);
const options: GumbelSoftmaxOptions = { tau: 0.5, hard: false, cols: 2 };
const logits: Floats = new Float64Array([0, 1, 2, 3]);
export const sample: Float32Array = gumbelSoftmax(foldIn(seed, 1), logits, options);
export const gradient: Float32Array = gumbelSoftmaxGrad(sample, [1, 0, 0, 1], { tau: 0.5, cols: 2 });
export const two: TopK = topK(first ?? seed, [1, 2, 3], { k: 2 });
export const draws: Int32Array = categorical(second ?? seed, [1, 2, 3], { draws: 8 });
export const words: Uint32Array = bits(seed, 4);
export const noise: Float32Array = normal(seed, 4, { out: new Float32Array(4) });

const core: OwnCore = createCore();
export const build: Build = core.build;
export const kilobytes: number = core.bytes / 1024;
export const probabilities: Float32Array = core.run(() => softmax([1, 2]));
core.dispose();

const x: graph.Parameter = graph.parameter([2], [3, 4]);
const rate: graph.Schedule = { type: "exponential", initial: 0.1, rate: 0.01 };
const optimizer: graph.Optimizer = graph.adam({ x }, { rate });
graph.step(() => {
  const loss: graph.Tensor = graph.sum(graph.gumbelSoftmax(seed, x, { tau: 1, hard: true }));
  graph.backward(loss);
});
optimizer.step();
export const divergence: number = graph.step(() => {
  const q: distributions.Normal = new distributions.Normal({ loc: x, scale: [1, 2] });
  const z: graph.Tensor = q.rsample(seed, { shape: [8] });
  const { logProb }: distributions.SampleAndLogProb = q.sampleAndLogProb(seed);
  graph.backward(graph.sum(graph.add(graph.sum(q.logProb(z)), graph.sum(logProb))));
  return graph.sum(distributions.klDivergence(q, new distributions.Normal())).item();
});
const estimator: inference.Estimator = inference.disarm();
export const cost: number = graph.step(() => {
  const laws = { z: new distributions.Bernoulli({ logits: x }), w: new distributions.Poisson({ rate: 2 }) };
  const expected: graph.Tensor = inference.estimate(laws, ({ z, w }) => graph.add(graph.sum(z, { axis: -1 }), w), {
    key: seed,
    estimator: inference.scoreFunction({ baseline: inference.movingAverage() }),
  });
  interface Laws {
    a: distributions.Bernoulli;
    b: distributions.Poisson;
  }
  const named: Laws = { a: laws.z, b: laws.w };
  inference.estimate(named, ({ a, b }) => graph.add(graph.sum(a, { axis: -1 }), b), { key: seed, estimator });
  const box = inference.blackBox((z: Float32Array) => z[0] ?? 0);
  return graph.add(expected, inference.estimate(laws.z, box, { key: seed, estimator })).item();
});
const saved: graph.Saved = { parameters: { x }, optimizer };
export const extra: unknown = graph.loadCheckpoint(graph.saveCheckpoint({ ...saved, extra: 1 }), saved);

try {
  slim.initSync(new Uint8Array(8));
  slimGraph.initSync(new ArrayBuffer(8));
} catch (error) {
  if (error instanceof ArgumentError || error instanceof ReparamError) {
    const received: string = error.received;
    throw new Error(received);
  }
}
export const ready: Promise<unknown> = Promise.all([
  slim.init(Promise.resolve(new Uint8Array(8))),
  slimGraph.init(new ArrayBuffer(8)),
]);
/** The subpaths have the same functions. */
export const same: [typeof gumbelSoftmax, typeof graph.backward] = [slim.gumbelSoftmax, slimGraph.backward];
