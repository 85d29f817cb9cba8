import type { Parameter, Tensor } from "../../bindings/graph/index.ts";
import type { Key } from "../../bindings/index.ts";
import type { Api, Arguments, Result } from "./format.ts";
import * as read from "./inputs.ts";
import { makeOptimizer } from "./optimizer.ts";

interface Sizes {
  readonly batch: number;
  readonly pixels: number;
  readonly hidden: number;
  readonly variables: number;
  readonly categories: number;
}

/**
 * Trains the categorical VAE of Jang, Gu and Poole 2017, small, on patterns with seeded noise. README.md has the same
 * step by step.
 */
export function trainVae(api: Api, a: Arguments): Record<string, Result> {
  const { main, graph } = api;
  const sizes = a.sizes as Sizes;
  const [imageKey, weightKey, codeKey] = main.split(read.key(a.key), 3) as [Key, Key, Key];
  const parameters = createParameters(api, sizes, weightKey);
  const optimizer = makeOptimizer(api, a.optimizer, parameters);
  const schedule = a.tau as Parameters<typeof graph.at>[0];
  try {
    const losses = Float32Array.from({ length: read.number(a.steps) }, (_, t) => {
      const loss = graph.step(() => {
        const drawn = { tau: graph.at(schedule, t), hard: a.hard as boolean };
        const bound = negativeElbo(
          api,
          sizes,
          parameters,
          images(api, sizes, imageKey, t),
          main.foldIn(codeKey, t),
          drawn,
        );
        graph.backward(bound);
        return bound.item();
      });
      optimizer.step();
      return loss;
    });
    const all = Float32Array.from(Object.values(parameters).flatMap((parameter) => [...parameter.toArray()]));
    return { losses: { shape: [losses.length], data: losses }, parameters: { shape: [all.length], data: all } };
  } finally {
    optimizer.dispose();
    for (const parameter of Object.values(parameters)) parameter.dispose();
  }
}

/** Stripes: pixel j of image r is 1 with probability 7/8 where j + r is even, 1/8 elsewhere. */
function images({ main }: Api, { batch, pixels }: Sizes, key: Key, t: number): Float32Array {
  const drawn = main.uniform(key, batch * pixels, { offset: t * batch * pixels });
  return drawn.map((u, i) => (u < ((Math.floor(i / pixels) + i) % 2 === 0 ? 0.875 : 0.125) ? 1 : 0));
}

type Layers = Readonly<Record<"w0" | "b0" | "w1" | "b1" | "w2" | "b2" | "w3" | "b3", Parameter>>;

function createParameters({ main, graph }: Api, { pixels, hidden, variables, categories }: Sizes, key: Key): Layers {
  const code = variables * categories;
  const widths = [pixels, hidden, code, hidden, pixels];
  const layers = [0, 1, 2, 3].flatMap((i): [string, Parameter][] => {
    const shape = [widths[i] as number, widths[i + 1] as number] as const;
    return [
      [`w${i}`, graph.parameter(shape, graph.he(main.foldIn(key, i), shape))],
      [`b${i}`, graph.parameter([shape[1]])],
    ];
  });
  return Object.fromEntries(layers) as unknown as Layers;
}

function negativeElbo(
  { graph }: Api,
  { batch, pixels, variables, categories }: Sizes,
  { w0, b0, w1, b1, w2, b2, w3, b3 }: Layers,
  data: Float32Array,
  key: Key,
  drawn: { readonly tau: number; readonly hard: boolean },
): Tensor {
  const { linear, relu, reshape, gumbelSoftmax, bernoulliLogLikelihood, categoricalKl, mean, sub, sum, tensor } = graph;
  const x = tensor(data, [batch, pixels]);
  const logits = reshape(linear(relu(linear(x, w0, b0)), w1, b1), [batch, variables, categories]);
  const code = reshape(gumbelSoftmax(key, logits, drawn), [batch, variables * categories]);
  const decoded = linear(relu(linear(code, w2, b2)), w3, b3);
  return mean(sub(sum(categoricalKl(logits), { axis: -1 }), bernoulliLogLikelihood(decoded, x)));
}
