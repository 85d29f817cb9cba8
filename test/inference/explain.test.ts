import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  Bernoulli,
  Categorical,
  Gamma,
  Normal,
  RelaxedBernoulliStraightThrough,
  RelaxedSubset,
  TruncatedGumbelSoftmax,
} from "../../bindings/distributions/index.ts";
import {
  add,
  backward,
  exp,
  gumbelSoftmax,
  linear,
  logSoftmax,
  mul,
  normal,
  type Parameter,
  parameter,
  reshape,
  step,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { tensorsIn } from "../../bindings/inference/explain/record.ts";
import {
  blackBox,
  disarm,
  type Explanation,
  elbo,
  enumeration,
  estimate,
  explain,
  type GraphNode,
  guide,
  importanceWeightedBound,
  mixture,
  model,
  modelBound,
  movingAverage,
  pathwise,
  rebar,
  rloo,
  scoreFunction,
  vimco,
} from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { ESTIMATORS, FAMILIES, squareOf, takes } from "./all.ts";

type Named = Readonly<Record<"theta" | "phi" | "w" | "b", Parameter>>;
let parameters: Named;
beforeEach(() => {
  parameters = {
    theta: parameter([3], [0.5, -1, 0.25]),
    phi: parameter([2], [0.3, 0.7]),
    w: parameter([3, 2], [1, -2, 0.5, 1, 2, -1]),
    b: parameter([], [0.1]),
  };
});
afterEach(() => {
  for (const each of Object.values(parameters)) each.dispose();
});

/** "z: Bernoulli [3], RLOO" of each node, and "theta -> z: RLOO" of each edge, by names. */
function summary({ nodes, edges }: Explanation): { nodes: string[]; edges: string[] } {
  const used = nodes.filter(({ id, kind }) => kind !== "parameter" || edges.some(({ from }) => from === id));
  const nameOf = (id: string): string => nodes.find((node) => node.id === id)?.name ?? "?";
  return {
    nodes: used.map(
      ({ kind, name, shape, law, estimator }) => `${kind} ${name} [${shape}] ${law ?? ""} ${estimator ?? ""}`,
    ),
    edges: edges.map(({ from, to, gradient }) => `${nameOf(from)} -> ${nameOf(to)}: ${gradient}`),
  };
}

const costOf = (z: Tensor): Tensor => exp(mul(-0.5, sum(z, { axis: -1 })));
const options = { key: key(1), estimator: rloo(), samples: 2 };

interface Model {
  readonly body: (p: Named) => unknown;
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
}

/** Models, each with what it must look like. */
const MODELS: Record<string, Model> = {
  "an estimate of one latent": {
    body: (p) =>
      mul(
        2,
        estimate({ z: new Bernoulli({ logits: p.theta }) }, ({ z }) => costOf(mul(z, 2)), options),
      ),
    nodes: ["parameter theta [3]  ", "stochastic z [3] Bernoulli RLOO", "cost cost []  RLOO", "result result []  "],
    edges: ["theta -> z: RLOO", "z -> cost: none", "cost -> result: derivative"],
  },
  "a bound that is an estimate, of a guide whose density is in it": {
    body: (p) => elbo({ z: new Bernoulli({ logits: mul(p.theta, p.b) }) }, ({ z }) => costOf(z), options).bound,
    nodes: ["parameter theta [3]  ", "parameter b []  ", "stochastic z [3] Bernoulli RLOO", "bound elbo []  RLOO"],
    edges: [
      "theta -> z: RLOO",
      "b -> z: RLOO",
      "theta -> elbo: derivative",
      "b -> elbo: derivative",
      "z -> elbo: none",
    ],
  },
  "a bound with an estimator for each latent and closed forms of divergences, in two repetitions": {
    body: (p) =>
      elbo(
        { z: new Bernoulli({ logits: p.theta }), u: new Normal({ loc: p.phi, scale: 1 }) },
        ({ z, u }) => costOf(add(linear(z, p.w), u)),
        {
          ...options,
          estimator: { z: rloo(), u: pathwise() },
          prior: { z: new Bernoulli({ logits: 0 }), u: new Normal() },
        },
      ),
    nodes: [
      "parameter theta [3]  ",
      "parameter phi [2]  ",
      "parameter w [3,2]  ",
      "stochastic u [2] Normal pathwise",
      "stochastic z [3] Bernoulli RLOO",
      "cost cost []  RLOO",
      "operation klDivergence of z [3]  ",
      "operation klDivergence of u [2]  ",
      "bound elbo []  ",
    ],
    edges: [
      "phi -> u: pathwise",
      "theta -> z: RLOO",
      "w -> cost: derivative",
      "u -> cost: derivative",
      "z -> cost: none",
      "theta -> klDivergence of z: derivative",
      "phi -> klDivergence of u: derivative",
      "cost -> elbo: derivative",
      "klDivergence of z -> elbo: derivative",
      "klDivergence of u -> elbo: derivative",
    ],
  },
  "layers, the inner one by an exact sum": {
    body: (p) =>
      estimate(
        { z1: new Bernoulli({ logits: p.theta }) },
        ({ z1 }) =>
          estimate({ z2: new Bernoulli({ logits: linear(z1, p.w) }) }, ({ z2 }) => costOf(mul(z2, p.phi)), {
            key: key(2),
            estimator: enumeration(),
          }),
        { key: key(1), estimator: disarm() },
      ),
    nodes: [
      "parameter theta [3]  ",
      "parameter phi [2]  ",
      "parameter w [3,2]  ",
      "stochastic z1 [3] Bernoulli DisARM",
      "stochastic z2 [1,2] Bernoulli enumeration",
      "cost cost [1]  enumeration",
      "cost cost []  DisARM",
    ],
    edges: [
      "theta -> z1: DisARM",
      "w -> z2: exact sum",
      "z1 -> z2: none",
      "phi -> cost: derivative",
      "z2 -> cost: none",
      "cost -> cost: derivative",
    ],
  },
  "layers by pathwise gradients, which go through both": {
    body: (p) =>
      estimate(
        { u: new Normal({ loc: p.theta }) },
        ({ u }) =>
          estimate({ v: new Normal({ loc: linear(u, p.w) }) }, ({ v }) => costOf(v), {
            key: key(2),
            estimator: pathwise(),
          }),
        { key: key(1), estimator: pathwise() },
      ),
    nodes: [
      "parameter theta [3]  ",
      "parameter w [3,2]  ",
      "stochastic u [3] Normal pathwise",
      "stochastic v [1,2] Normal pathwise",
      "cost cost [1]  pathwise",
      "cost cost []  pathwise",
    ],
    edges: [
      "theta -> u: pathwise",
      "w -> v: pathwise",
      "u -> v: pathwise",
      "v -> cost: derivative",
      "cost -> cost: derivative",
    ],
  },
  "draws without an estimate, one of them stopped": {
    body: (p) => {
      const z = new Normal({ loc: p.theta }).rsample(key(1));
      const stopped = new Gamma({ concentration: exp(z), rate: 1 }).sample(key(2));
      const hard = new RelaxedBernoulliStraightThrough({ temperature: 1, logits: mul(2, p.b) }).rsample(key(3));
      return { loss: sum(add(mul(stopped, z), hard)) };
    },
    nodes: [
      "parameter theta [3]  ",
      "parameter b []  ",
      "stochastic Normal [3] Normal pathwise",
      "stochastic Gamma [3] Gamma ",
      "stochastic RelaxedBernoulliStraightThrough [] RelaxedBernoulliStraightThrough straight-through",
      "result loss []  ",
    ],
    edges: [
      "theta -> Normal: pathwise",
      "Normal -> Gamma: none",
      "b -> RelaxedBernoulliStraightThrough: straight-through",
      "Normal -> loss: derivative",
      "Gamma -> loss: none",
      "RelaxedBernoulliStraightThrough -> loss: derivative",
    ],
  },
  "structures that are relaxed and hard, functions that draw, and an exact sum": {
    body: (p) => {
      const subset = new RelaxedSubset({ logits: p.theta, temperature: 1, k: 1 });
      return [
        sum(mul(subset.rsample(key(1)), p.theta)),
        subset.rsample(key(1), { hard: true }),
        [normal(key(1), { loc: p.phi }), gumbelSoftmax(key(2), p.phi, { hard: true })],
        gumbelSoftmax(key(2), p.phi),
        mixture(logSoftmax(p.theta), mul(p.theta, 2)).logEvidence,
      ];
    },
    nodes: [
      "parameter theta [3]  ",
      "parameter phi [2]  ",
      "stochastic RelaxedSubset [3] RelaxedSubset pathwise",
      "stochastic RelaxedSubset [3] RelaxedSubset straight-through",
      "stochastic normal [2] normal pathwise",
      "stochastic gumbelSoftmax [2] gumbelSoftmax straight-through",
      "stochastic gumbelSoftmax [2] gumbelSoftmax pathwise",
      "operation mixture []  ",
      "result [0] []  ",
      "result [1] [3]  ",
      "result [2][0] [2]  ",
      "result [2][1] [2]  ",
      "result [3] [2]  ",
    ],
    edges: [
      "theta -> RelaxedSubset: pathwise",
      "theta -> RelaxedSubset: straight-through",
      "phi -> normal: pathwise",
      "phi -> gumbelSoftmax: straight-through",
      "phi -> gumbelSoftmax: pathwise",
      "theta -> mixture: derivative",
      "theta -> [0]: derivative",
      "RelaxedSubset -> [0]: derivative",
      "RelaxedSubset -> [1]: derivative",
      "normal -> [2][0]: derivative",
      "gumbelSoftmax -> [2][1]: derivative",
      "gumbelSoftmax -> [3]: derivative",
    ],
  },
  "a black box, with a baseline that is trained along": {
    body: (p) =>
      estimate(
        new Bernoulli({ logits: p.theta }),
        blackBox((z) => 1 + (z[0] as number)),
        {
          key: key(1),
          estimator: scoreFunction({ baseline: () => p.b }),
        },
      ),
    nodes: [
      "parameter theta [3]  ",
      "parameter b []  ",
      "stochastic Bernoulli [3] Bernoulli score function",
      "cost cost []  score function",
    ],
    edges: ["theta -> Bernoulli: score function", "b -> cost: derivative", "Bernoulli -> cost: none"],
  },
  "a value both stopped and not, and a baseline that is more than that": {
    body: (p) => {
      const h = exp(p.phi);
      const of = { key: key(1), estimator: scoreFunction({ baseline: () => p.b }) };
      const cost = estimate(new Bernoulli({ logits: p.theta }), costOf, of);
      return add(add(sum(add(stopGradient(h), h)), cost), p.b);
    },
    nodes: [
      "parameter theta [3]  ",
      "parameter phi [2]  ",
      "parameter b []  ",
      "stochastic Bernoulli [3] Bernoulli score function",
      "cost cost []  score function",
      "result result []  ",
    ],
    edges: [
      "theta -> Bernoulli: score function",
      "b -> cost: derivative",
      "Bernoulli -> cost: none",
      "phi -> result: derivative",
      "b -> result: derivative",
      "cost -> result: derivative",
    ],
  },
  "a density of values to which it sends no gradient": {
    body: (p) => {
      const base = new Categorical({ logits: p.theta });
      const count = new TruncatedGumbelSoftmax({ base, temperature: 1, size: 3 }).rsample(key(1), { hard: true });
      return new Categorical({ logits: mul(p.theta, p.b) }).logProb(count);
    },
    nodes: [
      "parameter theta [3]  ",
      "parameter b []  ",
      "stochastic TruncatedGumbelSoftmax [] TruncatedGumbelSoftmax ",
      "result result []  ",
    ],
    edges: [
      "theta -> TruncatedGumbelSoftmax: none",
      "theta -> result: derivative",
      "b -> result: derivative",
      "TruncatedGumbelSoftmax -> result: none",
    ],
  },
  "a bound of samples together": {
    body: (p) =>
      importanceWeightedBound({ z: new Bernoulli({ logits: p.theta }) }, ({ z }) => costOf(z), {
        key: key(1),
        estimator: vimco(),
        samples: 3,
      }),
    nodes: [
      "parameter theta [3]  ",
      "stochastic z [3] Bernoulli VIMCO",
      "cost cost []  VIMCO",
      "bound importanceWeightedBound []  ",
    ],
    edges: [
      "theta -> z: VIMCO",
      "theta -> cost: derivative",
      "z -> cost: none",
      "cost -> importanceWeightedBound: derivative",
    ],
  },
  "an estimate that no gradient leaves": {
    body: (p) => {
      const z = { z: new Bernoulli({ logits: p.theta }) };
      return add(stopGradient(estimate(z, (sample) => costOf(mul(sample.z, 2)), options)), p.b);
    },
    nodes: [
      "parameter theta [3]  ",
      "parameter b []  ",
      "stochastic z [3] Bernoulli RLOO",
      "cost cost []  RLOO",
      "result result []  ",
    ],
    edges: ["theta -> z: none", "z -> cost: none", "b -> result: derivative", "cost -> result: none"],
  },
  "a parameter both stopped and not": {
    body: (p) => sub(mul(stopGradient(p.phi), 2), stopGradient(exp(p.b))),
    nodes: ["parameter phi [2]  ", "parameter b []  ", "result result [2]  "],
    edges: ["phi -> result: none", "b -> result: none"],
  },
};

describe.each(Object.entries(MODELS))("%s", (_, { body, nodes, edges }) => {
  const explained = (): Explanation => explain(() => body(parameters), { parameters });

  test("has these nodes and edges", () => {
    expect(summary(explained())).toEqual({ nodes, edges });
  });

  test("sends a gradient to the parameters of which that is said, and to no others", () => {
    const explanation = explained();
    step(() => {
      for (const [, x] of tensorsIn(body(parameters))) {
        // The sum of a relaxed choice is a constant.
        const weights = Float32Array.from({ length: x.size }, (_, i) => i + 1);
        backward(sum(mul(x, tensor(weights, x.shape))));
      }
    });
    for (const { id, name, kind } of explanation.nodes) {
      if (kind !== "parameter") continue;
      const isSaid = explanation.edges.some(({ from, gradient }) => from === id && gradient !== "none");
      expect(
        parameters[name as keyof Named].grad().some((each) => each !== 0),
        name,
      ).toBe(isSaid);
    }
  });

  test("is plain data, the same each time, and leaves no gradient", () => {
    const first = explained();
    const again = explained();
    expect(JSON.parse(JSON.stringify(first))).toEqual({ nodes: first.nodes, edges: first.edges });
    expect(JSON.stringify(again)).toBe(JSON.stringify(first));
    expect([again.toString(), again.svg()]).toEqual([first.toString(), first.svg()]);
    for (const each of Object.values(parameters)) expect(each.grad().every((d) => d === 0)).toBe(true);
  });

  test("is the same where all operations are shown: they only stand between", () => {
    const detailed = explain(() => body(parameters), { parameters, detail: "operations" });
    const structure = explained();
    const own = ({ kind }: GraphNode): boolean => kind === "stochastic" || kind === "cost" || kind === "bound";
    const traits = ({ nodes }: Explanation) =>
      nodes
        .filter(own)
        .map(({ id: _id, within: _within, ...rest }) => JSON.stringify(rest))
        .sort();
    expect(traits(detailed)).toEqual(traits(structure));
    expect(detailed.nodes.length).toBeGreaterThan(structure.nodes.length - 3);
    expect(reached(detailed)).toEqual(reached(structure));
  });
});

/** Of each parameter, the stochastic nodes, costs and bounds that depend on it, and those of them by a gradient all the way. */
function reached({ nodes, edges }: Explanation): Record<string, string[]> {
  const from = (id: string, passing: boolean): string[] =>
    edges.flatMap((edge) => {
      if (edge.from !== id || (passing && edge.gradient === "none")) return [];
      const to = nodes.find((node) => node.id === edge.to);
      const own = to && to.kind !== "operation" && to.kind !== "result" ? [`${to.kind} ${to.name}`] : [];
      return [...own, ...from(edge.to, passing)];
    });
  return Object.fromEntries(
    nodes
      .filter(({ kind }) => kind === "parameter")
      .flatMap(({ id, name }) =>
        [false, true].map((passing) => [`${name} ${passing}`, [...new Set(from(id, passing))].sort()] as const),
      ),
  );
}

const combinations = FAMILIES.flatMap((family) =>
  ESTIMATORS.map(({ name, make }) => [`${name} of ${family.name}`, family, make] as const),
);

describe.each(combinations)("%s", (_, { law, shape, name }, make) => {
  test("says by what the gradient passes, and whether the cost is differentiated", () => {
    const estimator = make();
    const x = parameter(
      [2, ...shape],
      Float32Array.from({ length: 2 * shape.reduce((a, n) => a * n, 1) }, (_, i) => i / 9),
    );
    const isTaken = step(() => takes(estimator, law(x)));
    if (isTaken) {
      const samples = Math.max(2, estimator.leastSamples ?? 1);
      const body = () => estimate(law(x), squareOf([2]), { key: key(3), estimator, samples });
      const { nodes, edges } = explain(body, { parameters: { x } });
      const traits = {
        estimator: estimator.name,
        ...(!estimator.hasOwnValue && { unbiased: estimator.unbiased }),
        differentiates: estimator.differentiates,
      };
      expect(nodes).toEqual([
        { id: "p1", kind: "parameter", name: "x", shape: [2, ...shape] },
        expect.objectContaining({ id: "z1", kind: "stochastic", name, law: name, within: "c1", ...traits }),
        { id: "c1", kind: "cost", name: "cost", shape: [2], ...traits },
      ]);
      const by = estimator.name === "enumeration" ? "exact sum" : estimator.name;
      expect(edges).toContainEqual({ from: "p1", to: "z1", gradient: by });
      const through = edges.find(({ from, to }) => from === "z1" && to === "c1")?.gradient;
      expect(through).toBe(estimator.differentiates ? "derivative" : "none");
      expect(edges.length).toBe(2);
    }
    x.dispose();
  });
});

describe("an explanation", () => {
  const body = () =>
    estimate({ z: new Bernoulli({ logits: parameters.theta }) }, ({ z }) => costOf(z), {
      key: key(1),
      estimator: scoreFunction({ baseline: movingAverage() }),
    });

  test("reads as text, what an estimate is made of indented under it", () => {
    expect(explain(body, { parameters: { theta: parameters.theta, b: parameters.b } }).toString()).toBe(
      [
        "Stochastic computation graph: 2 parameters, 1 stochastic node, 1 cost",
        "parameter theta: [3]",
        "parameter b: []",
        "  not used",
        "cost: [], by score function (unbiased)",
        "  <- z: no gradient",
        "  stochastic z: Bernoulli [3], by score function (unbiased)",
        "    <- theta: score function",
      ].join("\n"),
    );
  });

  test("of what fit maximizes has latents of all and of rows, once for however many samples", () => {
    const { b, theta } = parameters;
    const density = model((m, { x }: { x: Tensor }) => {
      const u = m.latent("u", new Normal());
      const z = m.local("z", new Bernoulli({ logits: b }));
      m.observe("x", new Normal({ loc: add(z, reshape(u, [u.size, 1])) }), x);
    });
    const laws = ({ x }: { x: Tensor }) => ({
      u: new Normal({ loc: mul(b, 2), scale: 0.5 }),
      z: new Bernoulli({ logits: mul(x, sum(theta)) }),
    });
    const estimator = { u: pathwise(), z: rloo() };
    const data = { x: [0.5, -1, 2] };
    const bound = modelBound(density, guide(laws, { parameters: { b, theta } }), data, { estimator, samples: 3 });
    const { nodes, edges } = summary(explain(() => bound(key(1)), { parameters: { theta, b } }));
    expect(nodes.slice(2)).toEqual([
      "stochastic u [] Normal pathwise",
      "stochastic z [3] Bernoulli RLOO",
      "operation klDivergence of z [3]  ",
      "cost cost [3]  RLOO",
      "operation klDivergence of u []  ",
      "bound elbo []  pathwise",
    ]);
    expect(edges.sort()).toEqual([
      "b -> klDivergence of u: derivative",
      "b -> klDivergence of z: derivative",
      "b -> u: pathwise",
      "cost -> elbo: derivative",
      "klDivergence of u -> elbo: derivative",
      "klDivergence of z -> cost: derivative",
      "theta -> klDivergence of z: derivative",
      "theta -> z: RLOO",
      "u -> cost: derivative",
      "z -> cost: none",
    ]);
  });

  test("says what is a part of which estimate", () => {
    const inner = (z1: Tensor): Tensor =>
      estimate({ z2: new Bernoulli({ logits: linear(z1, parameters.w) }) }, ({ z2 }) => costOf(z2), options);
    const outer = () => estimate({ z1: new Bernoulli({ logits: parameters.theta }) }, ({ z1 }) => inner(z1), options);
    const { nodes } = explain(outer);
    const inside = nodes.flatMap(({ name, id, within }) => (within ? [`${name} ${id} in ${within}`] : []));
    expect(inside).toEqual(["z1 z1 in c2", "z2 z2 in c1", "cost c1 in c2"]);
  });

  test("of operations names each, in what it is, once for however often a cost is evaluated", () => {
    const twice = () =>
      estimate(new Bernoulli({ logits: parameters.theta }), costOf, { key: key(1), estimator: rebar() });
    const { nodes } = explain(twice, { parameters, detail: "operations" });
    expect(nodes.filter(({ kind }) => kind === "operation").map(({ name }) => name)).toEqual([
      "reshape in cost", // the number, as it meets one point
      "sum in cost",
      "mul in cost",
      "exp in cost",
    ]);
  });

  test("of a body that runs backward shows the loss, and leaves parameters and estimators as they were", () => {
    const estimator = scoreFunction({ baseline: movingAverage() });
    const before = JSON.stringify(estimator.memory?.state);
    parameters.theta.core.view(parameters.theta.gradient, 3).set([1, 2, 3]);
    const { nodes } = explain(() => {
      backward(sum(estimate(new Bernoulli({ logits: parameters.theta }), costOf, { key: key(1), estimator })));
      return "done";
    });
    expect(nodes.at(-1)).toEqual({ id: "r1", kind: "result", name: "loss", shape: [] });
    expect(nodes[0]?.name).toBe("a parameter");
    expect([...parameters.theta.grad()]).toEqual([1, 2, 3]);
    expect(JSON.stringify(estimator.memory?.state)).toBe(before);
  });

  test("refuses what it cannot explain", () => {
    expect(() => explain(() => 3)).toThrow("body: expected a function that gives a tensor, got one that gave");
    expect(() => explain(3 as never)).toThrow("body");
    expect(() => explain(body, { detail: "all" as never })).toThrow("detail");
    expect(() => explain(body, { names: {} } as never)).toThrow("names");
    expect(() => step(() => explain(body))).toThrow("outside of any other step");
    expect(() =>
      explain(() => {
        throw new Error("own");
      }),
    ).toThrow("own");
  });
});
