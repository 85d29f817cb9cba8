import { ArgumentError, checkOptions, describe } from "../../core/index.ts";
import type { Parameters } from "../../graph/index.ts";
import type { GraphEdge, GraphNode } from "./graph.ts";
import { pictureOf } from "./picture.ts";
import { tensorsIn } from "./record.ts";
import { structureOf } from "./structure.ts";
import { textOf } from "./text.ts";
import { Trace } from "./trace.ts";

/** What an explanation shows. */
export interface ExplainOptions {
  /** Names of parameters; those that nothing uses are shown too. */
  readonly parameters?: Parameters;
  /**
   * "structure" (the default) leaves out deterministic operations, but for exact sums and closed forms of divergences; "operations" shows
   * each that is the user's.
   */
  readonly detail?: "structure" | "operations";
}

/** A stochastic computation graph: plain data, and what it looks like. */
export class Explanation {
  /** Each after all that it depends on; parameters first. */
  readonly nodes: readonly GraphNode[];
  /** Sorted by where they go to, then by where they come from. */
  readonly edges: readonly GraphEdge[];

  /** @internal */
  constructor({ nodes, edges }: { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }) {
    this.nodes = nodes;
    this.edges = edges;
  }

  /** A node a line, under it what it depends on and by what a gradient passes; what an estimate is made of is indented. */
  toString(): string {
    return textOf(this);
  }

  /**
   * The same as an SVG of its own, as Schulman et al. draw them: circles are random, boxes are not, a dashed arrow is one that no
   * gradient passes. The name of an estimator stands by the arrow by which its gradient passes.
   */
  svg(options: { readonly title?: string } = {}): string {
    return pictureOf(this, options);
  }
}

/**
 * What is random in a computation, what depends on what, and by which estimator gradients pass: runs `body` once, in a step of its own,
 * and tells the stochastic computation graph of what it gives. Gradients of parameters and what estimators remember stay as they were.
 *
 * A gradient is said to pass where one comes back from what the body gives, or from what it calls `backward` of. A cost that is evaluated at
 * several points is one; what a black box depends on is its sample. A black box that answers later has no explanation.
 *
 * Schulman, Heess, Weber, Abbeel 2015, "Gradient estimation using stochastic computation graphs".
 * @param body gives a tensor, or anything that has tensors in it: a bound, an object, an array
 * @throws ArgumentError (a body without a tensor, a call within a step); what the body throws
 */
export function explain(body: () => unknown, options: ExplainOptions = {}): Explanation {
  const { parameters = {}, detail = "structure" } = checkOptions(options, ["parameters", "detail"]);
  if (typeof body !== "function") throw new ArgumentError("body", "a function", describe(body));
  if (detail !== "structure" && detail !== "operations")
    throw new ArgumentError("detail", '"structure" or "operations"', describe(detail));
  const trace = new Trace();
  return trace.run(() => {
    const given = body();
    const outputs = [
      ...tensorsIn(given),
      ...trace.losses.map((loss, i) => [trace.losses.length > 1 ? `loss ${i}` : "loss", loss] as const),
    ];
    if (outputs.length === 0)
      throw new ArgumentError("body", "a function that gives a tensor", `one that gave ${describe(given)}`);
    return new Explanation(structureOf(trace, outputs, parameters, detail === "operations"));
  });
}
