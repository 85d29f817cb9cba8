import { ArgumentError } from "../core/index.ts";
import { broadcast, show, sizeOf } from "../graph/extend.ts";
import type { Shape } from "../graph/index.ts";
import type { Given } from "./parameters.ts";
import type { Support } from "./support.ts";

/** The numbers from `low` to `high`, parameters of a batch: read when it is asked, since an optimizer moves them. */
export const interval = (low: Given, high: Given): Support => ({
  name: "interval",
  description: `a number from ${low.name} to ${high.name}`,
  eventDims: 0,
  discrete: false,
  firstOutside: (values, _cols, shape = [values.length]) => {
    const to = [low, high].reduce<Shape>((met, bound) => broadcast(met, bound.shape), shape);
    const [at, below, above] = [shape, low.shape, high.shape].map((from) => sources(from, to)) as Sources;
    const [least, most] = [low.elements, high.elements];
    const isInside = (x: number, i: number): boolean =>
      x >= (least[below[i] as number] as number) && x <= (most[above[i] as number] as number);
    const outside = at.findIndex((from, i) => !isInside(values[from] as number, i));
    return outside < 0 ? -1 : (at[outside] as number);
  },
});

/** Refuses a low that is not below its high. */
export function checkOrder(low: Given, high: Given): void {
  const to = broadcast(low.shape, high.shape);
  const [below, above] = [sources(low.shape, to), sources(high.shape, to)];
  const least = (i: number): number => low.elements[below[i] as number] as number;
  const most = (i: number): number => high.elements[above[i] as number] as number;
  const wrong = below.findIndex((_, i) => !(least(i) < most(i)));
  if (wrong < 0) return;
  const where = to.length === 0 ? "" : ` at index ${wrong} of ${show(to)}`;
  throw new ArgumentError(
    high.name,
    `numbers above ${low.name}`,
    `${most(wrong)} for ${low.name} ${least(wrong)}${where}`,
  );
}

type Sources = [Uint32Array, Uint32Array, Uint32Array];

/** For each element of the shape `to`, row by row, the index of the one that stretches to it. */
function sources(shape: Shape, to: Shape): Uint32Array {
  const index = new Uint32Array(sizeOf(to));
  let inner = 1;
  let stride = 1;
  for (let d = 1; d <= to.length; d++) {
    const own = shape.at(-d) ?? 1;
    if (own > 1)
      for (let i = 0; i < index.length; i++) index[i] = (index[i] as number) + (Math.floor(i / inner) % own) * stride;
    stride *= own;
    inner *= to.at(-d) as number;
  }
  return index;
}
