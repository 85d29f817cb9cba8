import type { Optimizer, Parameters } from "../../bindings/graph/index.ts";
import type { Api } from "./format.ts";

/** { adam: { rate: 0.01 } } or { sgd: { … } }, over the parameters. */
export function makeOptimizer({ graph }: Api, spelled: unknown, parameters: Parameters): Optimizer {
  const { adam, sgd } = spelled as { adam?: { rate: number }; sgd?: { rate: number } };
  return sgd ? graph.sgd(parameters, sgd) : graph.adam(parameters, adam ?? {});
}
