/** What is to be placed: boxes, and what goes from one to another, with the room that its label takes. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

export interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly label: number;
}

export interface Placed {
  /** Centres. */
  readonly at: readonly Point[];
  /** Of each arrow, where it passes the layers between. */
  readonly bends: readonly (readonly Point[])[];
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box, or the place where an arrow passes a layer. */
interface Item {
  readonly layer: number;
  readonly height: number;
  readonly before: Item[];
  readonly after: Item[];
  y: number;
}

const [BETWEEN, GAP, SWEEPS] = [18, 56, 12];

/**
 * Layers from left to right, each box right of all that goes to it: Sugiyama, Tagawa, Toda 1981. An acyclic graph, boxes in an order in
 * which each comes after what goes to it.
 */
export function layout(boxes: readonly Box[], arrows: readonly Arrow[]): Placed {
  const layers = layersOf(boxes.length, arrows);
  const rows: Item[][] = Array.from({ length: Math.max(0, ...layers) + 1 }, () => []);
  const item = (layer: number, height: number): Item => {
    const made = { layer, height, before: [], after: [], y: 0 };
    rows[layer]?.push(made);
    return made;
  };
  const items = boxes.map(({ height }, i) => item(layers[i] as number, height));
  const passing = arrows.map(({ from, to }) => {
    const bends: Item[] = [];
    let last = items[from] as Item;
    const join = (next: Item): void => {
      last.after.push(next);
      next.before.push(last);
      last = next;
    };
    for (let layer = last.layer + 1; layer < (layers[to] as number); layer++) {
      const bend = item(layer, 0);
      bends.push(bend);
      join(bend);
    }
    join(items[to] as Item);
    return bends;
  });
  order(rows);
  place(rows);
  const widths = rows.map((_, layer) =>
    Math.max(0, ...boxes.filter((_, i) => layers[i] === layer).map(({ width }) => width)),
  );
  const xs: number[] = [];
  let x = 0;
  for (const [layer, width] of widths.entries()) {
    xs.push(x + width / 2);
    const labels = arrows.filter(({ to }) => layers[to] === layer + 1).map(({ label }) => label);
    x += width + GAP + Math.max(0, ...labels);
  }
  const all = rows.flat();
  const top = Math.min(...all.map(({ y, height }) => y - height / 2));
  const pointOf = ({ layer, y }: Item): Point => ({ x: xs[layer] as number, y: y - top });
  return {
    at: items.map(pointOf),
    bends: passing.map((bends) => bends.map(pointOf)),
    width: (xs.at(-1) ?? 0) + (widths.at(-1) ?? 0) / 2,
    height: Math.max(...all.map(({ y, height }) => y + height / 2)) - top,
  };
}

/** One right of the last that goes to it; what nothing goes to stands beside the first that it goes to. */
function layersOf(n: number, arrows: readonly Arrow[]): number[] {
  const layers = new Array<number>(n).fill(0);
  for (let i = 0; i < n; i++)
    for (const { from, to } of arrows)
      if (to === i) layers[i] = Math.max(layers[i] as number, (layers[from] as number) + 1);
  for (let i = 0; i < n; i++) {
    const next = arrows.filter(({ from }) => from === i).map(({ to }) => layers[to] as number);
    if (next.length > 0 && !arrows.some(({ to }) => to === i)) layers[i] = Math.min(...next) - 1;
  }
  return layers;
}

/** Sorts each layer by the mean place of the neighbours, from left and right in turn; the order of fewest crossings stays. */
function order(rows: Item[][]): void {
  let best = rows.map((row) => [...row]);
  let least = crossings(best);
  for (let sweep = 0; sweep < SWEEPS && least > 0; sweep++) {
    const isForth = sweep % 2 === 0;
    for (const row of isForth ? rows : [...rows].reverse()) {
      const places = new Map(rows.flatMap((each) => each.map((item, i) => [item, i] as const)));
      const weights = new Map(
        row.map((item) => {
          const sides = isForth ? item.before : item.after;
          const own = places.get(item) as number;
          return [
            item,
            sides.length === 0
              ? own
              : sides.reduce((sum, each) => sum + (places.get(each) as number), 0) / sides.length,
          ];
        }),
      );
      row.sort((a, b) => (weights.get(a) as number) - (weights.get(b) as number));
    }
    const now = crossings(rows);
    if (now < least) {
      least = now;
      best = rows.map((row) => [...row]);
    }
  }
  for (const [i, row] of best.entries()) rows[i] = row;
}

function crossings(rows: readonly (readonly Item[])[]): number {
  let count = 0;
  for (const [i, row] of rows.entries()) {
    const next = rows[i + 1] ?? [];
    const ends = row.map(({ after }) => after.map((each) => next.indexOf(each)));
    for (let a = 0; a < ends.length; a++)
      for (let b = a + 1; b < ends.length; b++)
        for (const x of ends[a] as number[]) for (const y of ends[b] as number[]) if (x > y) count++;
  }
  return count;
}

/** Heights: each near the mean of its neighbours, none nearer to the next than it must be. */
function place(rows: readonly (readonly Item[])[]): void {
  for (const row of rows)
    settle(
      row,
      row.map(() => 0),
    );
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const row of sweep % 2 === 0 ? rows : [...rows].reverse())
      settle(
        row,
        row.map(({ y, before, after }) => {
          const sides = sweep % 2 === 0 ? before : after;
          return sides.length === 0 ? y : sides.reduce((sum, each) => sum + each.y, 0) / sides.length;
        }),
      );
}

/** As near as can be to where they want to be, in their order: what touches moves together. */
function settle(row: readonly Item[], wanted: readonly number[]): void {
  const groups: { items: Item[]; offsets: number[]; wants: number[]; y: number; end: number }[] = [];
  for (const [i, item] of row.entries()) {
    let group = { items: [item], offsets: [0], wants: [wanted[i] as number], y: wanted[i] as number, end: 0 };
    for (let last = groups.at(-1); last; last = groups.at(-1)) {
      const [bottom, top] = [last.items.at(-1) as Item, group.items[0] as Item];
      const room = (bottom.height + top.height) / 2 + BETWEEN;
      if (last.y + last.end + room <= group.y) break;
      groups.pop();
      const offsets = [...last.offsets, ...group.offsets.map((offset) => offset + last.end + room)];
      const wants = [...last.wants, ...group.wants];
      const y = wants.reduce((sum, want, k) => sum + want - (offsets[k] as number), 0) / wants.length;
      group = { items: [...last.items, ...group.items], offsets, wants, y, end: offsets.at(-1) as number };
    }
    groups.push(group);
  }
  for (const { items, offsets, y } of groups)
    for (const [k, item] of items.entries()) item.y = y + (offsets[k] as number);
}
