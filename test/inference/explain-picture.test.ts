import { describe, expect, test } from "vitest";
import { Bernoulli, Normal } from "../../bindings/distributions/index.ts";
import { linear, mul, type Parameters, parameter, sum, type Tensor } from "../../bindings/graph/index.ts";
import { type Arrow, layout } from "../../bindings/inference/explain/layout.ts";
import { type Explanation, elbo, explain, pathwise, rloo } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { mulberry32 } from "../reference/statistics.ts";

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Elements of an XML document, which is refused where it is not well-formed. */
function parse(xml: string): Element[] {
  const elements: (Element & { text: string })[] = [];
  const open: number[] = [];
  let rest = xml;
  while (rest !== "") {
    const tag = rest.match(/^<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<>]*")*)(\/?)>/);
    const words = rest.match(/^[^<>&]+|^&(?:amp|lt|gt|quot);/);
    if (tag) {
      const [, closes, name = "", given = "", isEmpty] = tag;
      if (closes) {
        const last = elements[open.pop() ?? -1];
        if (last?.tag !== name) throw new Error(`</${name}> closes ${last?.tag}`);
      } else {
        if (open.length === 0 && elements.length > 0) throw new Error(`<${name}> after the end`);
        const pairs = [...given.matchAll(/ ([a-zA-Z:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
        if (!isEmpty) open.push(elements.length);
        elements.push({ tag: name, attributes: Object.fromEntries(pairs), text: "" });
      }
    } else if (words) {
      const last = elements[open.at(-1) ?? -1];
      if (last) last.text += plain(words[0]);
      else if (words[0].trim() !== "") throw new Error(`text outside: ${words[0]}`);
    } else throw new Error(`not well-formed: ${rest.slice(0, 40)}`);
    rest = rest.slice((tag ?? (words as RegExpMatchArray))[0].length);
  }
  if (open.length > 0) throw new Error("not closed");
  return elements;
}

const ENTITIES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' };
const plain = (text: string): string => ENTITIES[text] ?? text;

function explained(name = "theta"): Explanation {
  const theta = parameter([3], [0.5, -1, 0.25]);
  const phi = parameter([2], [0.3, 0.7]);
  const w = parameter([3, 2], [1, -2, 0.5, 1, 2, -1]);
  const parameters: Parameters = { [name]: theta, phi, w };
  const logJoint = ({ z, u }: { z: Tensor; u: Tensor }): Tensor => sum(mul(linear(z, w), u), { axis: -1 });
  const guide = () => ({ z: new Bernoulli({ logits: theta }), u: new Normal({ loc: phi, scale: 1 }) });
  const estimator = { z: rloo(), u: pathwise() };
  const explanation = explain(() => elbo(guide(), logJoint, { key: key(1), estimator }), { parameters });
  for (const each of [theta, phi, w]) each.dispose();
  return explanation;
}

describe("a picture", () => {
  test("is well-formed and has each node: circles for what is random, boxes for what is not, parameters bare", () => {
    const explanation = explained();
    const elements = parse(explanation.svg());
    const texts = elements.filter(({ tag }) => tag === "text").map(({ text }) => text);
    for (const { name, law, shape } of explanation.nodes) {
      expect(texts).toContain(name);
      if (law) expect(texts).toContain(`${law} [${shape.join(", ")}]`);
    }
    const count = (wanted: string): number => elements.filter(({ tag }) => tag === wanted).length;
    // One of each in the legend, and the card.
    expect(count("ellipse")).toBe(2 + 1);
    const isBox = ({ kind }: { kind: string }): boolean => kind !== "parameter" && kind !== "stochastic";
    expect(count("rect")).toBe(explanation.nodes.filter(isBox).length + 2);
    expect(elements[0]?.attributes["aria-label"]).toBe("Stochastic computation graph");
  });

  test("has an arrow for each edge, dashed where no gradient passes, with the name of the estimator", () => {
    const { edges, ...explanation } = explained();
    const elements = parse(explained().svg());
    const paths = elements.filter(({ tag, attributes }) => tag === "path" && attributes.fill === "none");
    expect(paths.length).toBe(edges.length + 3);
    const dashed = paths.filter(({ attributes }) => "stroke-dasharray" in attributes);
    expect(dashed.length).toBe(edges.filter(({ gradient }) => gradient === "none").length + 1);
    const texts = elements.filter(({ tag }) => tag === "text").map(({ text }) => text);
    for (const name of ["RLOO", "pathwise"])
      expect(texts.filter((each) => each === name).length).toBe(
        edges.filter(({ gradient }) => gradient === name).length,
      );
    expect(explanation.nodes.length).toBeGreaterThan(5);
  });

  test("has what users name as text, never as elements", () => {
    const name = '<script x="1">&amp;';
    const elements = parse(explained(name).svg({ title: `a < b & "c"` }));
    expect(elements.some(({ tag }) => tag === "script")).toBe(false);
    const texts = elements.map(({ text }) => text);
    expect(texts).toContain(name);
    expect(texts).toContain('a < b & "c"');
    expect(() => explained().svg({ name } as never)).toThrow("name");
  });

  test("stays on its card", () => {
    const elements = parse(explained().svg());
    const [width, height] = ["width", "height"].map((name) => Number(elements[0]?.attributes[name]));
    for (const { tag, attributes } of elements) {
      const x = Number(attributes.x ?? attributes.cx ?? 0);
      const y = Number(attributes.y ?? attributes.cy ?? 0);
      const reach = tag === "ellipse" ? Number(attributes.rx) : 0;
      expect(x - reach).toBeGreaterThanOrEqual(0);
      expect(x + (tag === "rect" ? Number(attributes.width) : reach)).toBeLessThanOrEqual(width as number);
      expect(y).toBeLessThanOrEqual(height as number);
    }
  });
});

describe("the layout", () => {
  const boxes = (n: number) => Array.from({ length: n }, () => ({ width: 40, height: 20 }));
  const arrow = (from: number, to: number): Arrow => ({ from, to, label: 0 });

  test("uncrosses what need not cross", () => {
    const { at } = layout(boxes(4), [arrow(0, 3), arrow(1, 2)]);
    const [a, b, c, d] = at.map(({ y }) => y) as [number, number, number, number];
    expect((a - b) * (d - c)).toBeGreaterThan(0);
    expect([a, b]).toEqual([d, c]);
  });

  test("puts a source beside what it goes to, and the only node of a layer in the middle of its neighbours", () => {
    const { at } = layout(boxes(5), [arrow(0, 1), arrow(1, 2), arrow(3, 2), arrow(4, 2)]);
    expect(at[3]?.x).toBe(at[1]?.x);
    const middle = [1, 3, 4].reduce((total, i) => total + (at[i]?.y ?? 0), 0) / 3;
    expect(at[2]?.y).toBeCloseTo(middle, 6);
  });

  test("leaves room for labels", () => {
    const width = (label: number): number => layout(boxes(2), [{ from: 0, to: 1, label }]).width;
    expect(width(70) - width(0)).toBe(70);
  });

  test.each([1, 2, 3, 4, 5, 6])("of random graph %d has no boxes on one another, and all arrows go right", (seed) => {
    const next = mulberry32(seed);
    const uniform = (): number => next() / 2 ** 32;
    const n = 4 + Math.floor(uniform() * 20);
    const given = Array.from({ length: n }, () => ({ width: 20 + 80 * uniform(), height: 20 + 40 * uniform() }));
    const arrows = Array.from({ length: n }, (_, to) => Array.from({ length: to }, (_, from) => arrow(from, to)))
      .flat()
      .filter(() => uniform() < 0.2);
    const placed = layout(given, arrows);
    expect(layout(given, arrows)).toEqual(placed);
    const sides = placed.at.map(({ x, y }, i) => {
      const { width, height } = given[i] as { width: number; height: number };
      return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
    });
    for (const [i, a] of sides.entries()) {
      expect(
        a.left >= -1e-9 && a.top >= -1e-9 && a.right <= placed.width + 1e-9 && a.bottom <= placed.height + 1e-9,
      ).toBe(true);
      for (const b of sides.slice(i + 1))
        expect(a.right <= b.left || b.right <= a.left || a.bottom < b.top || b.bottom < a.top).toBe(true);
    }
    for (const [i, { from, to }] of arrows.entries()) {
      const bends = placed.bends[i] ?? [];
      const xs = [sides[from]?.right ?? 0, ...bends.map(({ x }) => x), sides[to]?.left ?? 0];
      for (let k = 1; k < xs.length; k++) expect(xs[k] as number).toBeGreaterThan(xs[k - 1] as number);
      // Where it passes a layer it passes no box of it.
      for (const { x, y } of bends)
        for (const { left, right, top, bottom } of sides)
          expect(left < x && x < right && top <= y && y <= bottom).toBe(false);
    }
  });

  test("of nothing, and of one box", () => {
    expect(layout(boxes(1), [])).toEqual({ at: [{ x: 20, y: 10 }], bends: [], width: 40, height: 20 });
  });
});
