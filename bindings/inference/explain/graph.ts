import type { Shape } from "../../graph/index.ts";
import type { Made } from "./record.ts";

/** A node of a stochastic computation graph. */
export interface GraphNode {
  /** Unique among the nodes. */
  readonly id: string;
  /**
   * - "parameter": what gradients are for
   * - "constant", "operation": with `detail: "operations"` all of them; else exact sums and closed forms of divergences only
   * - "stochastic": a random variable
   * - "cost": the expected cost that an estimate is of; "bound": a bound of the evidence
   * - "result": anything else that the body gave
   */
  readonly kind: "parameter" | "constant" | "operation" | "stochastic" | "cost" | "bound" | "result";
  /** Of a parameter its name, of a latent that of the guide or the estimate, of an operation the function's; for people. */
  readonly name: string;
  /** Of its values. */
  readonly shape: Shape;
  /** Of a stochastic node: the family, by the name of its class, which a minifier may have changed. */
  readonly law?: string;
  /** By what gradients get to the parameters of the law, or of the variables of a cost; absent where by nothing. */
  readonly estimator?: string;
  /** Whether that is unbiased for the expected cost; absent of one with an objective of its own, as VIMCO has. */
  readonly unbiased?: boolean;
  /** Whether it differentiates what follows by the sample. */
  readonly differentiates?: boolean;
  /** Of a stochastic node the cost that it is estimated with; of a cost the one that it is a part of. */
  readonly within?: string;
}

/** One thing that depends on another. */
export interface GraphEdge {
  /** `id` of the node that is depended on. */
  readonly from: string;
  /** `id` of the node that depends on it. */
  readonly to: string;
  /** "none", "derivative" (reverse mode), or the estimator's name; "exact sum" of enumeration. */
  readonly gradient: string;
}

/** A node while it is made. */
export type Draft = { -readonly [Name in keyof Omit<GraphNode, "id" | "within">]: GraphNode[Name] } & {
  id: string;
  within: Draft | undefined;
  /** What it is computed of. */
  readonly sources: { readonly made: Made; readonly passes: boolean }[];
  /** What an edge to it is called where a gradient passes. */
  by: string;
  isResult: boolean;
};

export interface Link {
  readonly from: Draft;
  readonly to: Draft;
  passes: boolean;
}

/** Nodes in order, with ids, and edges by which gradients pass or do not. */
export function graphOf(all: readonly Draft[], links: readonly Link[]): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const live = liveOf(all, links);
  // What was drawn without an estimate, and stopped.
  for (const draft of all)
    if (draft.kind === "stochastic" && !draft.within && !live.has(draft))
      for (const trait of ["estimator", "unbiased", "differentiates"] as const) delete draft[trait];
  const order = inOrder(all, links);
  const counts = new Map<string, number>();
  for (const draft of order) {
    const letter = LETTERS[draft.kind];
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
    draft.id = letter + counts.get(letter);
  }
  const edges = order.flatMap((to) => {
    const own = new Map(links.filter((link) => link.to === to).map(({ from, passes }) => [from, passes] as const));
    return order
      .filter((from) => own.has(from))
      .map((from) => ({ from: from.id, to: to.id, gradient: own.get(from) && live.has(to) ? to.by : "none" }));
  });
  return { nodes: order.map(nodeOf), edges };
}

const LETTERS: Record<GraphNode["kind"], string> = {
  parameter: "p",
  constant: "k",
  operation: "o",
  stochastic: "z",
  cost: "c",
  bound: "b",
  result: "r",
};

function nodeOf({ id, kind, name, shape, law, estimator, unbiased, differentiates, within }: Draft): GraphNode {
  return {
    id,
    kind,
    name,
    shape: [...shape],
    ...(law !== undefined && { law }),
    ...(estimator !== undefined && { estimator }),
    ...(unbiased !== undefined && { unbiased }),
    ...(differentiates !== undefined && { differentiates }),
    ...(within && { within: within.id }),
  };
}

/** Nodes to which a gradient comes from a result. */
function liveOf(all: readonly Draft[], links: readonly Link[]): Set<Draft> {
  const live = new Set(all.filter(({ isResult }) => isResult));
  for (let before = -1; live.size > before; ) {
    before = live.size;
    for (const { from, to, passes } of links) if (passes && live.has(to)) live.add(from);
    for (const draft of all) if (draft.kind === "stochastic" && draft.within && live.has(draft.within)) live.add(draft);
  }
  return live;
}

/** Each after all that it depends on, otherwise as they came. */
function inOrder(all: readonly Draft[], links: readonly Link[]): Draft[] {
  const order = new Set<Draft>();
  const entered = new Set<Draft>();
  const visit = (draft: Draft): void => {
    if (entered.has(draft)) return;
    entered.add(draft);
    for (const { from, to } of links) if (to === draft) visit(from);
    order.add(draft);
  };
  for (const draft of all) if (draft.kind === "parameter") visit(draft);
  for (const draft of all) visit(draft);
  return [...order];
}
