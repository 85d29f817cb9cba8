import { checkOptions } from "../../core/index.ts";
import { show } from "../../graph/extend.ts";
import { BLUE, CARD, CHARACTER, card, FAINT, fixed, ORANGE, TEXT, text } from "../diagnose/svg.ts";
import type { GraphEdge, GraphNode } from "./graph.ts";
import { layout, type Point } from "./layout.ts";
import { lawOf } from "./text.ts";

const [MARGIN, TOP, BOTTOM, LEAST] = [28, 64, 48, 560];

/** Drawn height of a node, and below it the room for what stands under a circle. */
const [HEIGHT, UNDER] = [44, 18];

export function pictureOf(
  { nodes, edges }: { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] },
  options: { readonly title?: string },
): string {
  const { title = "Stochastic computation graph" } = checkOptions(options, ["title"]);
  const sizes = nodes.map(sizeOf);
  const boxes = nodes.map((node, i) => ({
    width: Math.max(sizes[i] as number, isRandom(node) ? lengthOf(lawOf(node)) : 0),
    height: HEIGHT + (isRandom(node) ? 2 * UNDER : 0),
  }));
  const index = new Map(nodes.map(({ id }, i) => [id, i]));
  const arrows = edges.map(({ from, to, gradient }) => ({
    from: index.get(from) as number,
    to: index.get(to) as number,
    label: lengthOf(labelOf(gradient)),
  }));
  const placed = layout(boxes, arrows);
  // The title is set larger.
  const width = Math.max(LEAST, Math.ceil(placed.width) + 2 * MARGIN, Math.ceil(1.4 * lengthOf(title)) + 32);
  const left = (width - placed.width) / 2;
  const at = placed.at.map((point) => shifted(point, left));
  const drawn = arrows.map(({ from, to }, i) => {
    const bends = (placed.bends[i] as readonly Point[]).map((point) => shifted(point, left));
    const [start, end] = [at[from] as Point, at[to] as Point];
    const points = [
      { x: start.x + (sizes[from] as number) / 2, y: start.y },
      ...bends,
      { x: end.x - (sizes[to] as number) / 2, y: end.y },
    ];
    return { points, gradient: edges[i]?.gradient ?? "none" };
  });
  return card(width, Math.ceil(placed.height) + TOP + BOTTOM, title, [
    text(16, 30, title, { "font-size": 16, "font-weight": 600 }),
    ...drawn.map(({ points, gradient }) => arrowOf(points, gradient)),
    ...nodes.map((node, i) => shapeOf(node, at[i] as Point, sizes[i] as number)),
    ...drawn.map(({ points, gradient }) => nameOf(points, gradient)),
    ...legend(Math.ceil(placed.height) + TOP + BOTTOM - 16),
  ]);
}

const shifted = ({ x, y }: Point, left: number): Point => ({ x: x + left, y: y + TOP });

const isRandom = ({ kind }: GraphNode): boolean => kind === "stochastic";

const lengthOf = (content: string): number => CHARACTER * content.length;

/** What stands in a box, one line or two. */
function linesOf(node: GraphNode): readonly string[] {
  if (isRandom(node)) return [node.name];
  const by = node.estimator === undefined ? "" : `by ${node.estimator}`;
  const shape = node.shape.length > 0 ? show(node.shape) : "";
  const second = [shape, by].filter((part) => part !== "").join(" ");
  return second === "" ? [node.name] : [node.name, second];
}

const sizeOf = (node: GraphNode): number =>
  Math.max(
    isRandom(node) ? HEIGHT : 0,
    Math.max(...linesOf(node).map(lengthOf)) + (node.kind === "parameter" ? 8 : 22),
  );

function shapeOf(node: GraphNode, { x, y }: Point, width: number): string {
  const lines = linesOf(node);
  const words = lines.map((line, i) =>
    text(x, y + 4 + (lines.length > 1 ? 17 * i - 8 : 0), line, {
      "text-anchor": "middle",
      ...(i === 0 ? { "font-weight": 600 } : { fill: FAINT, "font-size": 11 }),
    }),
  );
  if (isRandom(node)) {
    const under = text(x, y + HEIGHT / 2 + 14, lawOf(node), { fill: FAINT, "font-size": 11, "text-anchor": "middle" });
    return [circle(x, y, width), ...words, under].join("");
  }
  if (node.kind === "parameter") return words.join("");
  const stroke = node.kind === "cost" || node.kind === "bound" || node.kind === "result" ? TEXT : FAINT;
  return [box(x, y, width, HEIGHT, stroke), ...words].join("");
}

const circle = (x: number, y: number, width: number, height = HEIGHT): string =>
  `<ellipse cx="${fixed(x)}" cy="${fixed(y)}" rx="${fixed(width / 2)}" ry="${fixed(height / 2)}" fill="#fff1e5" stroke="${ORANGE}" stroke-width="1.5"/>`;

const box = (x: number, y: number, width: number, height: number, stroke: string): string =>
  `<rect x="${fixed(x - width / 2)}" y="${fixed(y - height / 2)}" width="${fixed(width)}" height="${fixed(height)}" rx="3" fill="#ffffff" stroke="${stroke}" stroke-width="1.5"/>`;

const labelOf = (gradient: string): string => (gradient === "none" || gradient === "derivative" ? "" : gradient);

/** Estimates in colour, plain derivatives dark, what no gradient passes dashed. */
const colourOf = (gradient: string): string => (gradient === "none" ? FAINT : labelOf(gradient) === "" ? TEXT : BLUE);

/** Level where it leaves, where it passes a layer and where it arrives. */
function arrowOf(points: readonly Point[], gradient: string): string {
  const stroke = colourOf(gradient);
  const { x, y } = points.at(-1) as Point;
  const ends = [...points.slice(0, -1), { x: x - 6, y }];
  const path = ends.map((point, i) => {
    const last = ends[i - 1];
    if (!last) return `M${fixed(point.x)} ${fixed(point.y)}`;
    const middle = fixed((last.x + point.x) / 2);
    return `C${middle} ${fixed(last.y)} ${middle} ${fixed(point.y)} ${fixed(point.x)} ${fixed(point.y)}`;
  });
  const dashes = gradient === "none" ? ' stroke-dasharray="5 4"' : "";
  return (
    `<path d="${path.join("")}" fill="none" stroke="${stroke}" stroke-width="1.5"${dashes}/>` +
    `<path d="M${fixed(x)} ${fixed(y)}l-8 -4v8z" fill="${stroke}"/>`
  );
}

/** In the middle of the last stretch, on a ground of its own. */
function nameOf(points: readonly Point[], gradient: string): string {
  const label = labelOf(gradient);
  const [last, end] = points.slice(-2) as [Point, Point];
  return label === ""
    ? ""
    : text((last.x + end.x) / 2, (last.y + end.y) / 2 + 4, label, {
        fill: BLUE,
        "text-anchor": "middle",
        "paint-order": "stroke",
        stroke: CARD,
        "stroke-width": 5,
        "stroke-linejoin": "round",
      });
}

const legend = (y: number): string[] => [
  circle(24, y - 4, 16, 16),
  text(38, y, "random", { fill: FAINT, "font-size": 11 }),
  box(98, y - 4, 16, 14, TEXT),
  text(112, y, "deterministic", { fill: FAINT, "font-size": 11 }),
  arrowOf(
    [
      { x: 196, y: y - 4 },
      { x: 228, y: y - 4 },
    ],
    "estimator",
  ),
  text(234, y, "gradient by an estimator", { fill: FAINT, "font-size": 11 }),
  arrowOf(
    [
      { x: 370, y: y - 4 },
      { x: 402, y: y - 4 },
    ],
    "derivative",
  ),
  text(408, y, "derivative", { fill: FAINT, "font-size": 11 }),
  arrowOf(
    [
      { x: 470, y: y - 4 },
      { x: 502, y: y - 4 },
    ],
    "none",
  ),
  text(508, y, "none", { fill: FAINT, "font-size": 11 }),
];
