import { type Api, type Arguments, type Call, list } from "./format.ts";
import { floats, number, sizeOf } from "./inputs.ts";
import { makeOptimizer } from "./optimizer.ts";
import { trainVae } from "./vae.ts";

/** A parameter x, and a way to give it a gradient: exactly g, as the derivative of sum(g x). */
function makePushed({ graph }: Api, a: Arguments) {
  const x = graph.parameter([number(a.length)], floats(a.start, number(a.length)));
  const push = (g: Float32Array): void => graph.step(() => graph.backward(graph.sum(graph.mul(x, graph.tensor(g)))));
  return { x, push };
}

const optimize: Call = (api, a) => {
  const { x, push } = makePushed(api, a);
  const optimizer = makeOptimizer(api, a.optimizer, { x });
  const gradients = floats(a.gradients, sizeOf([number(a.steps), x.size]));
  try {
    for (let t = 0; t < number(a.steps); t++) {
      push(gradients.subarray(t * x.size, (t + 1) * x.size));
      optimizer.step();
    }
    return { parameters: list(x.toArray()) };
  } finally {
    optimizer.dispose();
    x.dispose();
  }
};

const clip: Call = (api, a) => {
  const { x, push } = makePushed(api, a);
  try {
    push(floats(a.gradients, x.size));
    const norm = api.graph.clipGradients({ x }, number(a.maxNorm));
    return { norm: { shape: [], data: Float64Array.of(norm) }, gradient: list(x.grad()) };
  } finally {
    x.dispose();
  }
};

export const TRAINING_CALLS: Readonly<Record<string, Call>> = {
  "train.optimizer": optimize,
  "train.clipGradients": clip,
  "train.vae": trainVae,
};
