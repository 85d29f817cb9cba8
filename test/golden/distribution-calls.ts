import type { Distribution, Estimate, Reparameterized, Sampleable } from "../../bindings/distributions/index.ts";
import type { Parameter, Tensor } from "../../bindings/graph/index.ts";
import type { Api, Arguments, Call, Result } from "./format.ts";
import type { Input } from "./graph-calls.ts";
import { floats, integers, key, sizeOf } from "./inputs.ts";

/** A family and its parameters: shaped ones are differentiated, everything else is handed on as it is. */
interface Described {
  readonly family: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isInput = (value: unknown): value is Input => isObject(value) && "shape" in value && "values" in value;
const isDescribed = (value: unknown): value is Described => isObject(value) && "family" in value;

/** Parameters of the graph for the shaped arguments of a distribution, and of those it is made from, in their order. */
function leavesOf(api: Api, described: Described, prefix = ""): Map<string, Parameter> {
  const leaves = new Map<string, Parameter>();
  for (const [name, value] of Object.entries(described.parameters)) {
    if (isInput(value))
      leaves.set(prefix + name, api.graph.parameter(value.shape, floats(value.values, sizeOf(value.shape))));
    else if (isDescribed(value)) for (const leaf of leavesOf(api, value, `${prefix}${name}.`)) leaves.set(...leaf);
  }
  return leaves;
}

type Constructors = Record<string, new (options: object) => Sampleable>;

function make(api: Api, described: Described, leaves: Map<string, Parameter>, prefix = ""): Sampleable {
  const options = Object.entries(described.parameters).map(([name, value]) => {
    const leaf = leaves.get(prefix + name);
    return [name, leaf ?? (isDescribed(value) ? make(api, value, leaves, `${prefix}${name}.`) : value)];
  });
  const Family = (api.distributions as unknown as Constructors)[described.family] as Constructors[string];
  return new Family(Object.fromEntries(options));
}

const result = (x: Tensor): Result => ({ shape: x.shape, data: x.toArray() });

/** A tensor, or an estimate: its value and its standard error. */
const resultsOf = (name: string, x: Tensor | Estimate): [string, Result][] =>
  "standardError" in x
    ? [
        [name, result(x.value)],
        [`${name}, standard error`, result(x.standardError)],
      ]
    : [[name, result(x)]];

/** sum(upstream y), the upstream repeated along y. */
function weighted(api: Api, y: Tensor, a: Arguments): Tensor {
  const { graph } = api;
  return graph.sum(graph.mul(y, graph.tensor(floats(a.upstream, y.size), y.shape)));
}

/** What a method of a distribution gives: `mean`, `cdf` of values, `entropy` with options. */
function ask(d: Sampleable, method: string, given: unknown): Tensor | Estimate {
  const methods = d as unknown as Record<string, (...values: unknown[]) => Tensor>;
  return (methods[method] as (...values: unknown[]) => Tensor).apply(d, given === undefined ? [] : [given]);
}

const family =
  (name: string): Call =>
  (api, a) => {
    const { graph } = api;
    const described = { family: name, parameters: a.parameters as Described["parameters"] };
    const leaves = leavesOf(api, described);
    try {
      const results = graph.step(() => {
        const d = make(api, described, leaves);
        const options = { shape: integers(a.shape) };
        const sample = d.sample(key(a.key), options);
        const drawn = d.hasRsample ? (d as Reparameterized).rsample(key(a.key), options) : sample;
        // Of what is not a Distribution no density is known; some are of hard samples only.
        const density =
          "logProb" in d ? (d as Distribution).logProb(a.density === "sample" ? sample : drawn) : undefined;
        const losses = [...(d.hasRsample ? [drawn] : []), ...(density ? [density] : [])];
        const loss = losses.map((y) => weighted(api, y, a)).reduce((sum, y) => graph.add(sum, y));
        if (leaves.size > 0) graph.backward(loss);
        const asked = Object.entries((a.methods ?? {}) as Record<string, unknown>).flatMap(([method, given]) =>
          resultsOf(method, ask(d, method, given ?? undefined)),
        );
        return {
          sample: result(sample),
          ...(density ? { logProb: result(density) } : {}),
          loss: result(loss),
          ...Object.fromEntries(asked),
        };
      });
      return { ...results, ...gradientsOf(leaves) };
    } finally {
      for (const leaf of leaves.values()) leaf.dispose();
    }
  };

const gradientsOf = (leaves: Map<string, Parameter>): Record<string, Result> =>
  Object.fromEntries(
    [...leaves].map(([name, leaf]) => [`gradient of ${name}`, { shape: leaf.shape, data: leaf.grad() }]),
  );

const divergence: Call = (api, a) => {
  const [p, q] = [a.p as Described, a.q as Described];
  const [ofP, ofQ] = [leavesOf(api, p, "p."), leavesOf(api, q, "q.")];
  try {
    const results = api.graph.step(() => {
      const [left, right] = [make(api, p, ofP, "p."), make(api, q, ofQ, "q.")];
      const divergence = api.distributions.klDivergence as (...given: unknown[]) => Tensor | Estimate;
      const kl = divergence(left, right, ...("options" in a ? [a.options] : []));
      api.graph.backward(weighted(api, "standardError" in kl ? kl.value : kl, a));
      return Object.fromEntries(resultsOf("value", kl));
    });
    return { ...results, ...gradientsOf(new Map([...ofP, ...ofQ])) };
  } finally {
    for (const leaf of [...ofP.values(), ...ofQ.values()]) leaf.dispose();
  }
};

type Structure = (x: Tensor, options: object) => Tensor;

/** A relaxed structure of the scores, with its options. */
const structure =
  (name: string): Call =>
  (api, a) => {
    const described = { family: name, parameters: { scores: a.scores } };
    const leaves = leavesOf(api, described);
    const scores = leaves.get("scores") as Parameter;
    try {
      const value = api.graph.step(() => {
        const f = (api.distributions as unknown as Record<string, Structure>)[name] as Structure;
        const y = f(scores, (a.options ?? {}) as object);
        api.graph.backward(weighted(api, y, a));
        return result(y);
      });
      return { value, ...gradientsOf(leaves) };
    } finally {
      scores.dispose();
    }
  };

const FAMILIES =
  "Bernoulli Beta Binomial Categorical Cauchy Dirichlet ExpRelaxedOneHotCategorical Exponential Gamma Geometric Gumbel " +
  "HalfNormal HardConcrete Kumaraswamy Laplace LogNormal LogitRelaxedBernoulli Logistic NegativeBinomial " +
  "Normal OneHotCategorical OneHotCategoricalStraightThrough PlackettLuce Poisson RelaxedBernoulli " +
  "RelaxedBernoulliStraightThrough RelaxedOneHotCategorical RelaxedOneHotCategoricalStraightThrough RelaxedPermutation RelaxedSubset " +
  "StudentT TruncatedGumbelSoftmax Uniform Weibull";
const STRUCTURES = "neuralSort relaxedTopK sinkhorn softSort";

export const DISTRIBUTION_CALLS: Readonly<Record<string, Call>> = {
  ...Object.fromEntries(FAMILIES.split(" ").map((name) => [`distributions.${name}`, family(name)])),
  ...Object.fromEntries(STRUCTURES.split(" ").map((name) => [`distributions.${name}`, structure(name)])),
  "distributions.klDivergence": divergence,
};
