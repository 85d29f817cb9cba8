/** A part of a sum, by its place: at level l, number i is of the units from i 2^l up to (i + 1) 2^l. */
export interface Node<T> {
  readonly level: number;
  readonly index: number;
  readonly value: T;
}

/**
 * A sum over units in an order of its own: neighbours first, then neighbours of these sums, and so on. So it has the same bits, though
 * additions are rounded, whoever computes which units, and whatever comes first. Who computes some units in a row has few nodes to tell.
 */
export class Tree<T> {
  readonly #units: number;
  readonly #merge: (left: T, right: T) => T;
  readonly #held = new Map<string, Node<T>>();

  /** @param merge may put the sum into one of the two */
  constructor(units: number, merge: (left: T, right: T) => T) {
    this.#units = units;
    this.#merge = merge;
  }

  /** Nodes at a level. */
  #width(level: number): number {
    return Math.ceil(this.#units / 2 ** level);
  }

  /** Whether there is such a place. */
  has(level: number, index: number): boolean {
    const levels = Number.isInteger(level) && level >= 0 && level <= 53;
    return levels && Number.isInteger(index) && index >= 0 && index < this.#width(level);
  }

  /** Whether nodes, from left to right, are of these units and no others. */
  covers(nodes: readonly Omit<Node<unknown>, "value">[], { from, to }: Range): boolean {
    let at = from;
    for (const { level, index } of nodes) {
      if (!this.has(level, index) || index * 2 ** level !== at) return false;
      at = Math.min((index + 1) * 2 ** level, this.#units);
    }
    return at === to;
  }

  add(node: Node<T>): void {
    let { level, index, value } = node;
    while (this.#width(level) > 1) {
      const sibling = index % 2 === 0 ? index + 1 : index - 1;
      // The last one of an odd number is what its parent is.
      if (sibling < this.#width(level)) {
        const other = this.#held.get(`${level} ${sibling}`);
        if (other === undefined) break;
        this.#held.delete(`${level} ${sibling}`);
        value = index < sibling ? this.#merge(value, other.value) : this.#merge(other.value, value);
      }
      level++;
      index = Math.floor(index / 2);
    }
    this.#held.set(`${level} ${index}`, { level, index, value });
  }

  /** What there is, summed up as far as can be, from left to right. */
  get nodes(): Node<T>[] {
    return [...this.#held.values()].sort((a, b) => a.index * 2 ** a.level - b.index * 2 ** b.level);
  }

  /** The whole sum; undefined as long as units are missing. */
  get root(): T | undefined {
    const [first, ...rest] = this.nodes;
    return first && rest.length === 0 && this.#width(first.level) === 1 ? first.value : undefined;
  }
}

/** Units from `from` up to `to`. */
export type Range = {
  readonly from: number;
  readonly to: number;
};

/** A message each, all in memory: where there would be more, ranges are longer. */
const MOST = 2 ** 16;

/** All units, as evenly as can be, in ranges of `most` at most, or in 65 536 of them. */
export function ranges(units: number, most: number): Range[] {
  const count = Math.min(MOST, Math.max(1, Math.ceil(units / most)));
  return Array.from({ length: count }, (_, i) => ({
    from: Math.floor((i * units) / count),
    to: Math.floor(((i + 1) * units) / count),
  }));
}

/** Units of the longest one. */
export const longestOf = (all: readonly Range[]): number =>
  all.reduce((longest, { from, to }) => Math.max(longest, to - from), 0);
