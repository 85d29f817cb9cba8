import { Parameter } from "../../graph/extend.ts";
import type { Parameters, Shape, Tensor } from "../../graph/index.ts";
import { describeMade, titleOfParameter } from "./describe.ts";
import { type Draft, type GraphEdge, type GraphNode, graphOf, type Link } from "./graph.ts";
import type { Made } from "./record.ts";
import type { Estimate, Trace, Unit } from "./trace.ts";

/** Operations that a structure shows: what they sum over is stochastic elsewhere. */
const EXACT_SUMS: readonly string[] = ["chain", "mixture", "sumOut"];

/** The nodes and edges of what was recorded; deterministic operations are left out, unless wanted. */
export function structureOf(
  trace: Trace,
  outputs: readonly (readonly [path: string, tensor: Tensor])[],
  parameters: Parameters,
  isDetailed: boolean,
): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const drafts = new Drafts(trace, parameters, isDetailed);
  for (const [path, tensor] of outputs) drafts.output(path, tensor);
  return drafts.finished();
}

class Drafts {
  readonly #trace: Trace;
  readonly #parameters: Parameters;
  readonly #all: Draft[] = [];
  readonly #owner = new Map<Tensor, Draft>();
  readonly #ofUnit = new Map<Unit, Draft>();
  readonly #ofEstimate = new Map<Estimate, Draft>();

  constructor(trace: Trace, parameters: Parameters, isDetailed: boolean) {
    this.#trace = trace;
    this.#parameters = parameters;
    for (const parameter of Object.values(parameters)) this.#parameter(parameter);
    for (const { tensor } of trace.all.values()) if (tensor instanceof Parameter) this.#parameter(tensor);
    for (const unit of trace.units.values()) this.#unit(unit);
    for (const [tensor, unit] of trace.unitOf) this.#owner.set(tensor, this.#ofUnit.get(unit) as Draft);
    for (const estimate of trace.estimates.values()) this.#estimate(estimate);
    for (const unit of trace.units.values()) this.#join(unit);
    for (const { kind, name, tensors } of trace.titled.values()) this.#titled(kind, name, tensors);
    for (const made of trace.operations.values()) this.#operation(made, isDetailed);
  }

  #add(kind: Draft["kind"], name: string, shape: Shape, more: Partial<Draft> = {}): Draft {
    const draft: Draft = {
      id: "",
      kind,
      name,
      shape,
      within: undefined,
      sources: [],
      by: "derivative",
      isResult: false,
      ...more,
    };
    this.#all.push(draft);
    return draft;
  }

  #parameter(tensor: Parameter): void {
    if (this.#owner.has(tensor)) return;
    const name = titleOfParameter(tensor, this.#parameters).replace(/^parameter /, "");
    this.#owner.set(tensor, this.#add("parameter", name, tensor.shape));
  }

  #unit(unit: Unit): void {
    const { law, name, shape, estimate, drawn } = unit;
    const draft = this.#add("stochastic", name ?? law, shape ?? drawn[0]?.shape ?? [], { law });
    this.#ofUnit.set(unit, draft);
    const isDifferentiable = drawn.some(({ differentiable }) => differentiable);
    const isStraight = drawn.some((tensor) => tensor.differentiable && unit.isHard(tensor));
    if (estimate) Object.assign(draft, traitsOf(estimate));
    else if (isDifferentiable) Object.assign(draft, { estimator: "pathwise", unbiased: true, differentiates: true });
    // A pathwise gradient through a sample that was rounded is another matter.
    if (isStraight && draft.estimator === "pathwise")
      Object.assign(draft, { estimator: "straight-through", unbiased: false });
    draft.by = nameOfEdge(draft.estimator);
  }

  #estimate(estimate: Estimate): void {
    const { costs, results, within } = estimate;
    const [result] = results;
    const outer = within && this.#ofEstimate.get(within);
    const draft = this.#add("cost", "cost", result?.shape ?? [], { ...traitsOf(estimate), within: outer });
    this.#ofEstimate.set(estimate, draft);
    for (const tensor of results) this.#owner.set(tensor, draft);
    for (const tensor of costs) draft.sources.push({ made: this.#made(tensor), passes: true });
  }

  #join(unit: Unit): void {
    const draft = this.#ofUnit.get(unit) as Draft;
    const cost = unit.estimate && this.#ofEstimate.get(unit.estimate);
    draft.within = cost;
    const own = new Set(unit.own);
    for (const { made } of unit.own.flatMap(({ inputs }) => inputs))
      if (!own.has(made)) draft.sources.push({ made, passes: true });
  }

  #titled(kind: Draft["kind"], name: string, tensors: readonly Tensor[]): void {
    const [tensor] = tensors;
    if (!tensor) return;
    const known = this.#owner.get(tensor);
    // A bound that is the estimate itself.
    if (known?.kind === "cost") {
      Object.assign(known, { kind, name });
      return;
    }
    this.#own(this.#add(kind, name, tensor.shape), tensors);
  }

  /** A node of its own for tensors of one place in the program. */
  #own(draft: Draft, tensors: readonly Tensor[]): void {
    for (const tensor of tensors) {
      this.#owner.set(tensor, draft);
      draft.sources.push(...this.#made(tensor).inputs);
    }
  }

  #operation(all: readonly Made[], isDetailed: boolean): void {
    const [first] = all as readonly [Made];
    const { name, inputs, tensor } = first;
    const isWanted = isDetailed ? name !== "number" : EXACT_SUMS.includes(name);
    if (!isWanted || this.#owner.has(tensor)) return;
    const title = inputs.length === 0 ? name : isDetailed ? describeMade(first, this.#parameters) : name;
    const tensors = all.map((each) => each.tensor);
    this.#own(this.#add(inputs.length === 0 ? "constant" : "operation", title, tensor.shape), tensors);
  }

  output(path: string, tensor: Tensor): void {
    const known = this.#owner.get(tensor);
    if (known && known.kind !== "parameter" && known.kind !== "stochastic") known.isResult = true;
    else {
      const draft = this.#add("result", path || "result", tensor.shape, { isResult: true });
      draft.sources.push({ made: this.#made(tensor), passes: tensor.differentiable });
    }
  }

  #made = (tensor: Tensor): Made => this.#trace.all.get(tensor) ?? { tensor, name: "", inputs: [], scope: undefined };

  finished(): { nodes: GraphNode[]; edges: GraphEdge[] } {
    const links = this.#all.flatMap((draft) => this.#linksTo(draft));
    for (const estimate of this.#trace.estimates.values()) links.push(...this.#beside(estimate, links));
    for (const unit of this.#trace.units.values()) links.push(...this.#unseen(unit, links));
    return graphOf(this.#all, links);
  }

  /** What a node is computed of, behind all that is left out. */
  #linksTo(draft: Draft): Link[] {
    const links = new Map<Draft, Link>();
    const seen = new Map<Made, boolean>();
    const visit = (made: Made, passes: boolean): void => {
      const before = seen.get(made);
      if (before === true || before === passes) return;
      seen.set(made, passes);
      const from = this.#owner.get(made.tensor);
      if (from === draft) return;
      if (!from) {
        for (const input of made.inputs) visit(input.made, passes && input.passes);
        return;
      }
      const own = passes && made.tensor.differentiable;
      const link = links.get(from) ?? { from, to: draft, passes: own };
      link.passes ||= own;
      links.set(from, link);
    };
    for (const { made, passes } of draft.sources) visit(made, passes);
    return [...links.values()];
  }

  /** Parameters that an estimate trains along and that neither its cost nor its variables depend on: those of a baseline. */
  #beside(estimate: Estimate, links: readonly Link[]): Link[] {
    const cost = this.#ofEstimate.get(estimate) as Draft;
    const own = new Set<Draft>([cost, ...estimate.units.map((unit) => this.#ofUnit.get(unit) as Draft)]);
    const sources = estimate.results.flatMap((tensor) => this.#made(tensor).inputs);
    return this.#linksTo({ ...cost, sources })
      .filter(({ from }) => from.kind === "parameter" && !links.some((link) => link.from === from && own.has(link.to)))
      .map(({ from, passes }) => ({ from, to: cost, passes }));
  }

  /** A black box does not show what it depends on: it is the sample. */
  #unseen(unit: Unit, links: readonly Link[]): Link[] {
    const from = this.#ofUnit.get(unit) as Draft;
    const to = from.within;
    if (!to || links.some((link) => link.from === from)) return [];
    return [{ from, to, passes: false }];
  }
}

const nameOfEdge = (estimator = "derivative"): string => (estimator === "enumeration" ? "exact sum" : estimator);

const traitsOf = ({ estimator: { name, unbiased, differentiates, hasOwnValue } }: Estimate) => ({
  estimator: name,
  ...(!hasOwnValue && { unbiased }),
  differentiates,
});
