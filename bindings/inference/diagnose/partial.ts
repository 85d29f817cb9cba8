import { describe, MessageError } from "../../core/index.ts";
import type { Node, Range } from "../shards/tree.ts";
import type { Data } from "../shards/wire.ts";
import { nodesOf, Part } from "./blocks.ts";
import type { Taken } from "./measure.ts";
import { Moments, Running } from "./moments.ts";

/** Blocks in a row of a run of so many gradients. */
interface Blocks extends Range {
  readonly of: number;
}

/** Of each node of the sum, from left to right, and of all of them. */
interface Found extends Pick<Taken, "evaluations" | "milliseconds"> {
  readonly nodes: readonly Node<Part>[];
}

/** Of the rest of a message, or of an error. */
const BYTES = 2 ** 14;

/** Bytes of a partial result, at most. */
export const bytesOf = (blocks: Blocks, size: number): number =>
  BYTES + nodesOf(blocks.of, blocks).length * 8 * (2 * size + 5);

/** Places are not told: they are those of the blocks that were asked for. */
export function partialToData({ tree, evaluations, milliseconds }: Taken, hasTruth: boolean): Data {
  const parts = tree.nodes.map(({ value }) => value);
  const spread = (of: (part: Part) => Running) =>
    Float64Array.from(parts.flatMap((part) => [of(part).mean, of(part).squares]));
  return {
    counts: Float64Array.from(parts, ({ moments }) => moments.n),
    means: joined(parts.map(({ moments }) => moments.mean)),
    squares: joined(parts.map(({ moments }) => moments.squares)),
    distances: spread(({ moments }) => moments.distances),
    ...(hasTruth && { cosines: spread(({ cosines }) => cosines) }),
    evaluations,
    milliseconds,
  };
}

function joined(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of arrays) {
    all.set(each, at);
    at += each.length;
  }
  return all;
}

/**
 * Nodes of the sum, of copies. Means may be no finite numbers: such gradients there are, and a report shows it.
 *
 * @throws MessageError for what no worker of ours sends
 */
export function partialFromData(data: Data, blocks: Blocks, size: number, hasTruth: boolean): Found {
  const { counts, means, squares, distances, cosines, evaluations, milliseconds } = (data ?? {}) as Record<
    string,
    Data
  >;
  const expected = nodesOf(blocks.of, blocks);
  const k = expected.length;
  const n = floats("counts", counts, k);
  for (const [i, { value }] of expected.entries())
    if (n[i] !== value) refuse("counts", `a node of ${value} gradients`, String(n[i]));
  const [mean, square] = [floats("means", means, k * size), sums("squares", squares, k * size, 1)];
  const distance = sums("distances", distances, 2 * k, 2);
  const cosine = hasTruth ? sums("cosines", cosines, 2 * k, 2) : undefined;
  const running = (count: number, from: Float64Array | undefined, i: number): Running =>
    from ? new Running(count, from[2 * i], from[2 * i + 1]) : new Running();
  if (!Number.isSafeInteger(evaluations) || (evaluations as number) < 0)
    refuse("evaluations", "an integer of 0 or more", describe(evaluations));
  if (!Number.isFinite(milliseconds) || (milliseconds as number) < 0)
    refuse("milliseconds", "a number of 0 or more", describe(milliseconds));
  return {
    nodes: expected.map(({ level, index, value: count }, i) => {
      const of = (array: Float64Array): Float64Array => array.slice(i * size, (i + 1) * size);
      const all = { n: count, mean: of(mean), squares: of(square), distances: running(count, distance, i) };
      return { level, index, value: new Part(new Moments(size, all), running(count, cosine, i)) };
    }),
    // Found to be numbers above.
    evaluations: evaluations as number,
    milliseconds: milliseconds as number,
  };
}

function floats(name: string, given: Data | undefined, length: number): Float64Array {
  if (given instanceof Float64Array && given.length === length) return given;
  return refuse(name, `${length} numbers`, describe(given));
}

/** With sums of squares at the end of every so many, which are not negative. */
function sums(name: string, given: Data | undefined, length: number, every: number): Float64Array {
  const found = floats(name, given, length);
  for (let i = every - 1; i < length; i += every)
    if ((found[i] as number) < 0) refuse(name, "sums of squares", String(found[i]));
  return found;
}

function refuse(name: string, expected: string, received: string): never {
  throw new MessageError(`partial.${name}`, expected, received);
}
