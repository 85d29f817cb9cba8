import type { Parameter, Tensor } from "../../bindings/graph/index.ts";
import type { Estimator } from "../../bindings/inference/index.ts";
import { type Api, type Arguments, type Call, list, type Result, type Results } from "./format.ts";
import type { Input } from "./graph-calls.ts";
import { floats, key, number, sizeOf, text } from "./inputs.ts";

type Families = Record<string, new (options: object) => never>;

const result = (x: Tensor): Result => ({ shape: x.shape, data: x.toArray() });

/** (<w, z> - 1/4)^2 + tanh <w, z> of each row, with w = 1/2, 1, 3/2 ...: neither linear nor a square. */
const costOf =
  ({ graph }: Api, event: number) =>
  (z: Tensor): Tensor => {
    const [n, rows] = z.shape as readonly [number, number];
    const width = z.size / (n * rows);
    const weights = graph.tensor(Float32Array.from({ length: width }, (_, i) => (i + 1) / (2 * event)));
    const s = graph.sum(graph.mul(graph.reshape(z, [n * rows, width]), weights), { axis: -1 });
    const miss = graph.sub(s, 0.25);
    return graph.reshape(graph.add(graph.mul(miss, miss), graph.tanh(s)), [n, rows]);
  };

/** The estimate of a law of one parameter, [rows, ...], and its gradient; of two steps where an estimator remembers. */
function estimated(api: Api, make: (options: object | undefined) => Estimator, a: Arguments): Record<string, Result> {
  const { graph, distributions, inference, main } = api;
  const { shape, values } = a.values as Input;
  const parameter: Parameter = graph.parameter(shape, floats(values, sizeOf(shape)));
  const estimator = make(a.options as object | undefined);
  const Family = (distributions as unknown as Families)[text(a.family)] as Families[string];
  const results: Record<string, Result> = {};
  for (let t = 0; t < number(a.steps ?? 1); t++)
    graph.step(() => {
      const law = new Family({ ...(a.others as object | undefined), [text(a.parameter)]: parameter }) as never;
      const cost = inference.estimate(law, costOf(api, shape.length > 2 ? (shape[2] as number) : 1), {
        key: main.foldIn(key(a.key), t),
        estimator,
        samples: number(a.samples ?? 1),
      });
      graph.backward(graph.sum(cost));
      results[`cost, step ${t}`] = result(cost);
    });
  results.gradient = { shape, data: parameter.grad() };
  parameter.dispose();
  return results;
}

type Make = (api: Api, options: object | undefined) => Estimator;

/** Estimators that are made from plain options alone. */
const PLAIN = [
  "arm",
  "arms",
  "categoricalDisarm",
  "decoupledGumbelSoftmax",
  "disarm",
  "enumeration",
  "fini",
  "gappedStraightThrough",
  "gumbelRao",
  "gumbelSoftmax",
  "localExpectation",
  "measureValued",
  "muProp",
  "nvil",
  "pathwise",
  "rebar",
  "reinMax",
  "rloo",
  "scoreFunction",
  "straightThrough",
  "straightThroughGumbelSoftmax",
  "sumAndSample",
  "unorderedSet",
  "vimco",
  "zgr",
] as const;

const MAKERS: Readonly<Record<string, Make>> = {
  ...Object.fromEntries(
    PLAIN.map((name): [string, Make] => [
      name,
      ({ inference }, options) => (inference[name] as (options?: object) => Estimator)(options),
    ]),
  ),
  movingAverage: ({ inference }, options) => inference.scoreFunction({ baseline: inference.movingAverage(options) }),
  /** r(z) = tanh of the sum of a row. */
  relax({ graph, inference }, options) {
    const control = (z: Tensor): Tensor => {
      const [n, rows] = z.shape as readonly [number, number];
      return graph.tanh(graph.sum(graph.reshape(z, [n, rows, z.size / (n * rows)]), { axis: -1 }));
    };
    return inference.relax({ ...options, control });
  },
};

const BOUNDS = { elbo: "rloo", importanceWeightedBound: "vimco", renyiBound: "vimco" } as const;

/** A bound of Bernoulli variables, [rows, ...], and its gradient. */
function bounded(api: Api, name: keyof typeof BOUNDS, a: Arguments): Record<string, Result> {
  const { graph, distributions, inference } = api;
  const { shape, values } = a.values as Input;
  const logits: Parameter = graph.parameter(shape, floats(values, sizeOf(shape)));
  const bound = graph.step(() => {
    const estimator = inference[BOUNDS[name]]();
    const options = { key: key(a.key), estimator, samples: number(a.samples), ...(a.options as object | undefined) };
    const { bound } = inference[name](new distributions.Bernoulli({ logits }), costOf(api, 1), options as never);
    graph.backward(graph.sum(bound));
    return result(bound);
  });
  const results = { bound, gradient: { shape, data: logits.grad() } };
  logits.dispose();
  return results;
}

const f64s = (data: Float64Array): Result => ({ shape: [data.length], data });

/** log w = 4 x³ of numbers x. */
function smoothed({ inference }: Api, a: Arguments): Record<string, Result> {
  const logWeights = Float64Array.from(floats(a.values), (x) => 4 * x * x * x);
  const { weights, k, effectiveSamples, logMean } = inference.paretoSmoothed(logWeights, { rows: number(a.rows) });
  return { weights: f64s(weights), k: f64s(k), effectiveSamples: f64s(effectiveSamples), logMean: f64s(logMean) };
}

/** The posterior of bits whose joint log-probability is the cost of estimates. */
function weighted(api: Api, a: Arguments): Record<string, Result> {
  const { distributions, graph, inference } = api;
  const { shape, values } = a.values as Input;
  const guide = () => new distributions.Bernoulli({ logits: graph.tensor(floats(values, sizeOf(shape)), shape) });
  const posterior = inference.importance(guide, costOf(api, 1), { key: key(a.key), samples: number(a.samples) });
  const { mean, standardError } = posterior.predictive(costOf(api, 1));
  return {
    k: f64s(posterior.k),
    logMean: f64s(posterior.logMean),
    marginals: f64s(posterior.marginals().probs),
    mean: f64s(mean),
    standardError: f64s(standardError),
    resampled: { shape: [2, ...shape], data: posterior.resample(key(a.key), { samples: 2 }) },
  };
}

/** Points of the unit cube, some of them: rows of coordinates. */
function points({ inference }: Api, a: Arguments): Record<string, Result> {
  const options = a.options as unknown as Parameters<typeof inference.scrambledSobol>[1];
  const data = inference.scrambledSobol(key(a.key), options);
  return { points: { shape: [data.length / options.dimensions, options.dimensions], data } };
}

/** Parameters of the step from inputs, and what the gradient of a sum is with respect to them. */
function withGradients(
  api: Api,
  inputs: Readonly<Record<string, Input>>,
  run: (x: Record<string, Parameter>) => Tensor,
) {
  const { graph } = api;
  const parameters: Record<string, Parameter> = {};
  for (const [name, { shape, values }] of Object.entries(inputs))
    parameters[name] = graph.parameter(shape, floats(values, sizeOf(shape)));
  graph.step(() => graph.backward(graph.sum(run(parameters))));
  const gradients: Record<string, Result> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    gradients[`gradient, ${name}`] = { shape: parameter.shape, data: parameter.grad() };
    parameter.dispose();
  }
  return gradients;
}

const inputsOf = (a: Arguments, ...names: string[]): Record<string, Input> =>
  Object.fromEntries(names.map((name) => [name, a[name] as Input]));

/** The sum over all paths of a hidden Markov model, and its posterior; the law of that, drawn from. */
function chained(api: Api, a: Arguments): Record<string, Result> {
  const { main, inference } = api;
  const results: Record<string, Result> = {};
  const gradients = withGradients(api, inputsOf(a, "initial", "transition", "emission"), (x) => {
    const lengths = a.lengths as readonly number[] | undefined;
    const exact = inference.chain({ ...x, ...(lengths ? { lengths } : {}) } as never);
    const { path, logDensity } = exact.mostLikely();
    const law = exact.posterior();
    const drawn = law.sample(main.foldIn(key(a.key), 1), { shape: [2] });
    Object.assign(results, {
      logEvidence: result(exact.logEvidence),
      marginals: result(exact.marginals()),
      path: result(path),
      logDensity: result(logDensity),
      sample: result(exact.sample(key(a.key), { samples: 2 })),
      "posterior: sample": result(drawn),
      "posterior: logProb": result(law.logProb(drawn)),
      "posterior: entropy": result(law.entropy()),
    });
    return exact.logEvidence;
  });
  return { ...results, ...gradients };
}

/** The sum over variables of a loop: tables of a and b, b and c, c and a. */
function summedOut(api: Api, a: Arguments): Record<string, Result> {
  const results: Record<string, Result> = {};
  const gradients = withGradients(api, inputsOf(a, "ab", "bc", "ca"), (x) => {
    const factors = Object.entries(x).map(([names, table]) => ({ variables: [...names], table }));
    const exact = api.inference.sumOut(factors);
    results.logEvidence = result(exact.logEvidence);
    for (const [name, sample] of Object.entries(exact.sample(key(a.key), { samples: 3 })))
      results[`sample, ${name}`] = result(sample);
    return exact.logEvidence;
  });
  return { ...results, ...gradients };
}

function mixed(api: Api, a: Arguments): Record<string, Result> {
  const results: Record<string, Result> = {};
  const gradients = withGradients(api, inputsOf(a, "logWeights", "logDensities"), ({ logWeights, logDensities }) => {
    const { logEvidence, responsibilities } = api.inference.mixture(logWeights as Tensor, logDensities as Tensor);
    results.logEvidence = result(logEvidence);
    results.responsibilities = result(responsibilities());
    return logEvidence;
  });
  return { ...results, ...gradients };
}

/**
 * A fit in batches and chunks: numbers that two categories, with a level each, may have made. The levels are latents of all of the data,
 * the categories of rows; with the bound, the evidence and the posterior in the end.
 */
async function fitted(api: Api, a: Arguments): Promise<Results> {
  const { distributions, graph, inference } = api;
  const x = floats(a.x);
  const logits = graph.parameter([2]);
  type Columns = { readonly x: Tensor };
  const mixed = inference.model<Columns>(
    (p, { x }) => {
      const level = p.latent("level", new distributions.Normal({ loc: [-1, 1], scale: 2 }));
      const z = p.local("z", new distributions.OneHotCategorical({ logits }));
      const loc = graph.sum(graph.mul(z, p.perRow(level)), { axis: -1 });
      p.observe("x", new distributions.Normal({ loc, scale: 0.5 }), x);
    },
    { parameters: { logits } },
  );
  const data = { x };
  const guide = inference.meanField<Columns>(mixed, data, { key: key(a.key) });
  const rest = a.options as Pick<Parameters<typeof inference.fit>[3], "steps" | "batch" | "chunk">;
  const run = inference.fit(mixed, guide, data, { key: key(a.key), estimator: inference.nvil(), ...rest });
  const last = await run.run();
  const { value, standardError } = await inference.evidence(mixed, guide, data, { key: key(a.key), samples: 3 });
  const posterior = inference.posterior(mixed, guide, data, { key: key(a.key), samples: 20 });
  const results = {
    bound: f64s(Float64Array.of(last?.bound as number, value, standardError)),
    weights: f64s(posterior.weights),
    ...Object.fromEntries(Object.entries(run.parameters).map(([name, parameter]) => [name, result(parameter)])),
  };
  run.dispose();
  for (const parameter of Object.values(run.parameters)) parameter.dispose();
  return results;
}

/** Where a posterior is highest. */
async function highest(api: Api, a: Arguments): Promise<Results> {
  const { distributions, graph, inference } = api;
  const pulls = floats(a.pulls);
  const coupled = inference.model((p) => {
    const z = p.latent("z", new distributions.Bernoulli({ logits: new Float32Array(pulls.length) }));
    const all = graph.sum(z, { axis: -1 });
    p.factor("pulls", graph.sum(graph.mul(z, graph.tensor(pulls)), { axis: -1 }));
    p.factor("few", graph.mul(-0.5, graph.mul(all, all)));
  });
  const { values, logJoints } = await inference.mode(coupled, undefined, { key: key(a.key), steps: 20, starts: 2 });
  return { z: list(values.z?.values as Float32Array), logJoints: f64s(Float64Array.from(logJoints)) };
}

/** A mean and its error bar: by samples, and by points of nets. */
async function averaged(api: Api, a: Arguments): Promise<Results> {
  const { distributions, inference } = api;
  const { shape, values } = a.values as Input;
  const q = () => new distributions.Bernoulli({ logits: api.graph.tensor(floats(values, sizeOf(shape)), shape) });
  const cost = (z: Tensor): Tensor => api.graph.sum(costOf(api, 1)(z), { axis: -1 });
  const { value, standardError } = await inference.expectation(cost, q, {
    key: key(a.key),
    ...(a.options as { samples: number }),
  });
  return { value: f64s(Float64Array.of(value)), standardError: f64s(Float64Array.of(standardError)) };
}

/** The mean of a loss over rows, in pieces, and its gradient. */
async function overRows(api: Api, a: Arguments): Promise<Results> {
  const { graph, inference } = api;
  const w = graph.parameter([2], floats(a.w));
  const x = floats(a.x);
  const loss = ({ from, to }: { readonly from: number; readonly to: number }): Tensor => {
    const rows = graph.tensor(x.subarray(2 * from, 2 * to), [to - from, 2]);
    return graph.softplus(graph.sum(graph.mul(rows, w), { axis: -1 }));
  };
  const options = a.options as { rows: number; piece: number };
  const { value, standardError } = await inference.meanOfRows(loss, options);
  const gradient = list(w.grad());
  w.dispose();
  return { mean: f64s(Float64Array.of(value, standardError)), gradient };
}

export const INFERENCE_CALLS: Readonly<Record<string, Call>> = Object.fromEntries([
  ...Object.entries(MAKERS).map(([name, make]): [string, Call] => [
    `inference.${name}`,
    (api: Api, a: Arguments) => estimated(api, (options) => make(api, options), a),
  ]),
  ...Object.keys(BOUNDS).map((name): [string, Call] => [
    `inference.${name}`,
    (api: Api, a: Arguments) => bounded(api, name as keyof typeof BOUNDS, a),
  ]),
  ["inference.chain", chained],
  ["inference.expectation", averaged],
  ["inference.fit", fitted],
  ["inference.importance", weighted],
  ["inference.meanOfRows", overRows],
  ["inference.mixture", mixed],
  ["inference.mode", highest],
  ["inference.paretoSmoothed", smoothed],
  ["inference.scrambledSobol", points],
  ["inference.sumOut", summedOut],
]);
