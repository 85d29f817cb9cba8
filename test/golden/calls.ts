import type { Stream } from "../../bindings/index.ts";
import { DISTRIBUTION_CALLS } from "./distribution-calls.ts";
import { type Arguments, type Call, list, type Result } from "./format.ts";
import { GRAPH_CALLS } from "./graph-calls.ts";
import { INFERENCE_CALLS } from "./inference-calls.ts";
import { floats, integers, key, number, pick } from "./inputs.ts";
import { TRAINING_CALLS } from "./training-calls.ts";

type Keys = readonly { readonly hi: number; readonly lo: number }[];
const words = (keys: Keys): Result => ({
  shape: [keys.length, 2],
  data: Uint32Array.from(keys.flatMap(({ hi, lo }) => [hi, lo])),
});

const noise =
  (family: "bits" | "uniform" | "exponential" | "gumbel" | "logistic" | "normal"): Call =>
  ({ main }, a) => ({ value: list(main[family](key(a.key), number(a.length), pick(a, ["offset"]))) });

/** What has the shape of its first argument: [rows, cols]. */
function matrix(data: Result["data"], cols: unknown): Result {
  const width = cols === undefined ? data.length : number(cols);
  return { shape: [data.length / width, width], data };
}

const SOFTMAX = ["cols", "tau"];

const MAIN_CALLS: Readonly<Record<string, Call>> = {
  /** Seeds are decimal digits; where a number holds them, number and bigint have to agree. */
  key: ({ main }, { seeds }) => {
    const wide = (seeds as readonly string[]).map((seed) => main.key(BigInt(seed)));
    const narrow = (seeds as readonly string[]).map((seed, i) =>
      Number.isSafeInteger(Number(seed)) ? main.key(Number(seed)) : (wide[i] as Keys[0]),
    );
    return { value: words(wide), "value of numbers": words(narrow) };
  },
  split: ({ main }, a) => ({ value: words(main.split(key(a.key), number(a.n))) }),
  foldIn: ({ main }, a) => ({ value: words(integers(a.data).map((data) => main.foldIn(key(a.key), data))) }),
  named: ({ main }, a) => ({
    value: words((a.names as readonly string[]).map((name) => main.named(key(a.key), name))),
  }),
  bits: noise("bits"),
  uniform: noise("uniform"),
  exponential: noise("exponential"),
  gumbel: noise("gumbel"),
  logistic: noise("logistic"),
  normal: noise("normal"),
  softmax: ({ main }, a) => ({ value: matrix(main.softmax(floats(a.logits), pick(a, SOFTMAX)), a.cols) }),
  logSoftmax: ({ main }, a) => ({ value: matrix(main.logSoftmax(floats(a.logits), pick(a, SOFTMAX)), a.cols) }),
  logSumExp: ({ main }, a) => ({ value: list(main.logSumExp(floats(a.logits), pick(a, SOFTMAX))) }),
  gumbelSoftmax({ main }, a) {
    const options = pick(a, [...SOFTMAX, "hard", "offset"]);
    return { value: matrix(main.gumbelSoftmax(key(a.key), floats(a.logits), options), a.cols) };
  },
  gumbelSoftmaxGrad({ main }, a) {
    const [samples, upstream] = [floats(a.samples), floats(a.upstream)];
    const first = main.gumbelSoftmaxGrad(samples, upstream, pick(a, SOFTMAX));
    const twice = main.gumbelSoftmaxGrad(samples, upstream, { ...pick(a, SOFTMAX), out: first.slice() });
    return { value: matrix(first, a.cols), "added to itself": matrix(twice, a.cols) };
  },
  categorical({ main }, a) {
    const data = main.categorical(key(a.key), floats(a.logits), pick(a, ["cols", "draws"]));
    return { value: matrix(data, a.draws ?? 1) };
  },
  topK({ main }, a) {
    const { indices, scores } = main.topK(key(a.key), floats(a.logits), {
      k: number(a.k),
      ...pick(a, ["cols"]),
    });
    return { indices: matrix(indices, a.k), scores: matrix(scores, a.k) };
  },
  importanceWeights({ main }, a) {
    const result = main.importanceWeights(key(a.key), floats(a.logits), { k: number(a.k), ...pick(a, ["cols"]) });
    return {
      indices: matrix(result.indices, a.k),
      thresholds: list(result.thresholds),
      inclusion: matrix(result.inclusion, a.k),
      weights: matrix(result.weights, a.k),
    };
  },
  conditionalGumbel({ main }, a) {
    const options = { index: integers(a.index), ...pick(a, ["cols"]) };
    return { value: matrix(main.conditionalGumbel(key(a.key), floats(a.logits), options), a.cols) };
  },
  truncatedGumbel({ main }, a) {
    const options = { bound: floats(a.bound), ...pick(a, ["cols"]) };
    return { value: matrix(main.truncatedGumbel(key(a.key), floats(a.logits), options), a.cols) };
  },
  topDownGumbel({ main }, a) {
    const options = { max: floats(a.max), ...pick(a, ["cols"]) };
    return { value: matrix(main.topDownGumbel(key(a.key), floats(a.logits), options), a.cols) };
  },
};

/** Logits in chunks of the given lengths, each with the number of its first element. */
function chunksOf(a: Arguments): { offset: number; chunk: Float32Array }[] {
  const x = floats(a.logits);
  let end = 0;
  return integers(a.chunks).map((length) => {
    const offset = end;
    end += length;
    return { offset, chunk: x.subarray(offset, end) };
  });
}

/** One stream for each chunk, merged from the last to the first. */
function streamed<State, R>(a: Arguments, make: (offset: number) => Stream<[Float32Array], State, R>): R {
  const [first, ...rest] = chunksOf(a).map(({ offset, chunk }) => make(offset).push(chunk));
  for (const { state } of rest.reverse()) first?.merge(state);
  return (first as Stream<[Float32Array], State, R>).result();
}

const STREAM_CALLS: Readonly<Record<string, Call>> = {
  streamCategorical: ({ main }, a) => ({
    value: list(Int32Array.of(streamed(a, (offset) => main.streamCategorical(key(a.key), { offset })))),
  }),
  streamTopK({ main }, a) {
    const best = streamed(a, (offset) => main.streamTopK(key(a.key), { k: number(a.k), offset }));
    return { indices: list(Int32Array.from(best.indices)), scores: list(best.scores) };
  },
  streamReservoir({ main }, a) {
    const reservoir = main.streamReservoir<number>(key(a.key), { k: number(a.k) });
    for (const { offset, chunk } of chunksOf(a))
      reservoir.push(
        Array.from(chunk, (_, i) => offset + i),
        chunk,
      );
    const { items, scores } = reservoir.result();
    return { items: list(Int32Array.from(items)), scores: list(scores) };
  },
  streamLogSumExp: ({ main }, a) => ({
    value: list(Float32Array.of(streamed(a, (offset) => main.streamLogSumExp({ offset, ...pick(a, ["tau"]) })))),
  }),
};

/** By the name in a case: `gumbel` of the package, `graph.linear` of its graph, `distributions.Normal` of its distributions, `inference.disarm` of its estimators, `train.vae` of this folder. */
export const CALLS: Readonly<Record<string, Call>> = {
  ...MAIN_CALLS,
  ...STREAM_CALLS,
  ...GRAPH_CALLS,
  ...DISTRIBUTION_CALLS,
  ...INFERENCE_CALLS,
  ...TRAINING_CALLS,
};
