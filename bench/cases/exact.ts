import { chain, mixture } from "reparam/inference";
import * as js from "../baseline/index.ts";
import { logits } from "../data.ts";
import { by, type Case } from "./case.ts";
import { gradient, parameters } from "./graph.ts";

const exact = { group: "Exact sums", via: "graph" } as const;
const [PLATES, T, K] = [32, 1000, 16];
const [N, COMPONENTS] = [10_000, 10];

const chains: Case = {
  ...exact,
  name: "chain and its gradients",
  size: by(PLATES, T, K),
  elements: PLATES * T * K,
  baseline: "scaled forward-backward of one table, double precision, Math.exp",
  prepare: () => {
    const [initial, transition, emission] = [logits(K), logits(K * K), logits(PLATES * T * K)];
    const { all, dispose } = parameters([[K], initial], [[K, K], transition], [[PLATES, T, K], emission]);
    const [i, t, e] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]];
    const plain = new js.ForwardBackward(PLATES, T, K);
    const out = new Float32Array(PLATES);
    return {
      ours: gradient(() => chain({ initial: i, transition: t, emission: e }).logEvidence),
      baseline: () => plain.run(out, initial, transition, emission),
      dispose,
    };
  },
};

const mixtures: Case = {
  ...exact,
  name: "mixture and its gradients",
  size: by(N, COMPONENTS),
  elements: N * COMPONENTS,
  baseline: "log-sum-exp of rows and its softmax, double precision, Math.exp",
  prepare: () => {
    const [weights, densities] = [logits(COMPONENTS), logits(N * COMPONENTS)];
    const { all, dispose } = parameters([[COMPONENTS], weights], [[N, COMPONENTS], densities]);
    const [w, d] = all as [(typeof all)[0], (typeof all)[0]];
    const [out, dw, dd] = [N, COMPONENTS, N * COMPONENTS].map((n) => new Float32Array(n)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    return {
      ours: gradient(() => mixture(w, d).logEvidence),
      baseline: () => js.mixture(out, dw, dd, weights, densities),
      dispose,
    };
  },
};

export const exactCases: readonly Case[] = [chains, mixtures];
