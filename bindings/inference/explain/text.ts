import { show } from "../../graph/extend.ts";
import type { GraphEdge, GraphNode } from "./graph.ts";

interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** What a node is called where it stands alone: with its id where others have the same name. */
export function namesOf(nodes: readonly GraphNode[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { name } of nodes) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(nodes.map(({ id, name }) => [id, (counts.get(name) ?? 0) > 1 ? `${name} (${id})` : name]));
}

/** "Bernoulli [3]", "[]": what is known of a node beside its name. */
export const lawOf = ({ name, law, shape }: GraphNode): string =>
  law === undefined || law === name ? show(shape) : `${law} ${show(shape)}`;

export function textOf({ nodes, edges }: Graph): string {
  const names = namesOf(nodes);
  const lines = [summaryOf(nodes)];
  const add = (node: GraphNode, indent: string): void => {
    const kind = node.kind === node.name ? "" : `${node.kind} `;
    lines.push(`${indent}${kind}${names.get(node.id)}: ${lawOf(node)}${byOf(node)}`);
    const own = edges.filter(({ to }) => to === node.id);
    for (const { from, gradient } of own)
      lines.push(`${indent}  <- ${names.get(from)}: ${gradient === "none" ? "no gradient" : gradient}`);
    if (node.kind === "parameter" && !edges.some(({ from }) => from === node.id)) lines.push(`${indent}  not used`);
    for (const each of nodes) if (each.within === node.id) add(each, `${indent}  `);
  };
  for (const node of nodes) if (node.within === undefined) add(node, "");
  return lines.join("\n");
}

const KINDS = ["parameter", "stochastic", "cost", "bound"] as const;
const PLURALS = { parameter: "parameters", stochastic: "stochastic nodes", cost: "costs", bound: "bounds" };

function summaryOf(nodes: readonly GraphNode[]): string {
  const parts = KINDS.flatMap((kind) => {
    const n = nodes.filter((node) => node.kind === kind).length;
    return n === 0 ? [] : [`${n} ${n === 1 ? PLURALS[kind].replace(/s$/, "") : PLURALS[kind]}`];
  });
  return `Stochastic computation graph${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}

function byOf({ kind, estimator, unbiased, differentiates }: GraphNode): string {
  if (estimator === undefined) return kind === "stochastic" ? ", by no estimator" : "";
  const bias = unbiased === undefined ? [] : [unbiased ? "unbiased" : "biased"];
  const traits = [...bias, ...(differentiates ? ["differentiates the cost"] : [])];
  return `, by ${estimator}${traits.length > 0 ? ` (${traits.join(", ")})` : ""}`;
}
