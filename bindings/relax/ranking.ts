import { ArgumentError, checkInteger, describe } from "../core/index.ts";
import { badState } from "./stream.ts";

/** Elements of a stream, best first: the larger score, and of equal scores the lower index. */
export interface Ranking {
  /** Numbers of the elements in the stream. */
  readonly indices: readonly number[];
  /** Their logits + gumbel, finite float32 numbers. */
  readonly scores: readonly number[];
}

/**
 * The k best of two rankings, as places in them: i is that of the first, ~i that of the second. The order is one of all elements,
 * so any grouping gives the same.
 */
export function mergeRankings(a: Ranking, b: Ranking, k: number): number[] {
  const [first, length] = [a.indices.length, Math.min(k, a.indices.length + b.indices.length)];
  const places: number[] = [];
  let i = 0;
  for (let j = 0; j < b.indices.length && places.length < length; )
    places.push(i < first && isBetter(a, i, b, j) ? i++ : ~j++);
  while (places.length < length) places.push(i++);
  return places;
}

function isBetter(a: Ranking, i: number, b: Ranking, j: number): boolean {
  const [x, y] = [a.scores[i] as number, b.scores[j] as number];
  return x === y ? (a.indices[i] as number) < (b.indices[j] as number) : x > y;
}

/** What is at the places that `mergeRankings` gave. */
export const pick = <T>(places: readonly number[], a: readonly T[], b: readonly T[]): T[] =>
  places.map((place) => (place < 0 ? b[~place] : a[place]) as T);

/** Parts of a stream have no element in common. One that is among the best of neither part goes unseen. */
export function refuseTwice(a: Ranking, b: Ranking): void {
  const seen = new Set(a.indices);
  const twice = b.indices.find((index) => seen.has(index));
  if (twice !== undefined) throw badState("elements that this stream has not seen", `element ${twice} again`);
}

/** A copy of the ranking in a state, of at most k elements below `next`. */
export function readRanking(state: Ranking, k: number, next: number): Ranking {
  const { indices: givenIndices, scores: givenScores } = state;
  const areLists = Array.isArray(givenIndices) && Array.isArray(givenScores);
  if (!areLists || givenIndices.length !== givenScores.length || givenIndices.length > k)
    throw badState(
      "as many indices as scores, and at most k",
      `${describe(givenIndices)} and ${describe(givenScores)}`,
    );
  const [indices, scores]: [number[], number[]] = [Array.from(givenIndices), Array.from(givenScores)];
  for (const index of indices) checkInteger("state.indices", index, 0, next - 1);
  const wrong = scores.findIndex((score) => !isFloat32(score));
  if (wrong >= 0)
    throw new ArgumentError("state.scores", "finite float32 numbers", `${describe(scores[wrong])} at ${wrong}`);
  const ranking = { indices, scores };
  const unsorted = scores.findIndex((_, i) => i > 0 && !isBetter(ranking, i - 1, ranking, i));
  if (unsorted >= 0) throw badState("elements best first, each once", `another order at ${unsorted}`);
  const seen = new Set<number>();
  for (const index of indices) {
    if (seen.has(index)) throw badState("elements best first, each once", `element ${index} twice`);
    seen.add(index);
  }
  return ranking;
}

export const isFloat32 = (value: unknown): value is number =>
  Number.isFinite(value) && Math.fround(value as number) === value;
