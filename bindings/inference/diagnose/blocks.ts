import { type Node, type Range, Tree } from "../shards/tree.ts";
import { cosineOf } from "./interval.ts";
import { type Moments, Running } from "./moments.ts";

/** Gradients of a block: few blocks have many, as the first ones of each say little of the spread of distances. */
const LEAST = 256;
const MOST_BLOCKS = 64;

/** Of so many gradients those that are added up in order: by their number alone, so that it is the same wherever they are taken. */
export const blockOf = (of: number): number => Math.max(LEAST, Math.ceil(of / MOST_BLOCKS));

/** How many blocks so many gradients are, the last one perhaps a smaller one. */
export const blocksOf = (of: number): number => Math.ceil(of / blockOf(of));

/** What is known of some gradients in a row. */
export class Part {
  readonly moments: Moments;
  /** Cosines to the truth, if there is one. */
  readonly cosines: Running;

  constructor(moments: Moments, cosines = new Running()) {
    this.moments = moments;
    this.cosines = cosines;
  }

  add(gradient: Float32Array, truth: Float64Array | undefined): void {
    this.moments.add(gradient);
    if (truth) this.cosines.add(cosineOf(gradient, truth));
  }

  merge({ moments, cosines }: Part): this {
    this.moments.merge(moments);
    this.cosines.merge(cosines);
    return this;
  }
}

/** A sum over the blocks of so many gradients, in an order of its own. */
export const partTree = (of: number): Tree<Part> => new Tree(blocksOf(of), (left, right) => left.merge(right));

/** Which nodes a sum over blocks in a row has, each with the number of its gradients. */
export function nodesOf(of: number, { from, to }: Range): Node<number>[] {
  const tree = new Tree<number>(blocksOf(of), (left, right) => left + right);
  const block = blockOf(of);
  for (let index = from; index < to; index++)
    tree.add({ level: 0, index, value: Math.min((index + 1) * block, of) - index * block });
  return tree.nodes;
}
