import { ArgumentError, type Core, checkInteger, describe } from "../core/index.ts";

/**
 * What has been seen of a row whose logits come in chunks. Chunks may have any lengths, and parts of the row may be seen by
 * different workers, each from its own `offset` on, and merged in any order: the result has the bits of one call on all of it.
 */
export interface Stream<Chunk extends readonly unknown[], State, Result> {
  /**
   * Plain data, frozen, as small as the result: it survives JSON and structured clone. Merged into a new stream, it goes on there.
   */
  readonly state: State;
  /** Takes in a chunk: the elements from `state.next` on. After an error the stream is as it was. Larger chunks cost less. */
  push(...chunk: Chunk): this;
  /**
   * Takes in a copy of what another stream has seen, of other elements of the same row; `state.next` becomes the larger of the two.
   * Refuses what no such stream can have as its state, and one of another key, k or tau. After an error the stream is as it was.
   */
  merge(state: State): this;
  /** What comes of all that was seen; more may be pushed afterwards. */
  result(): Result;
}

/** What every state has. */
export interface StreamState {
  /** Number of the next element. */
  readonly next: number;
}

/** Steps from state to state; none changes one. */
export interface Steps<Chunk extends readonly unknown[], State, Result> {
  readonly add: (state: State, ...chunk: Chunk) => State;
  /** A copy of what a state of such a stream has, and of nothing else; whatever is no such state is refused. */
  readonly read: (state: State) => State;
  readonly merge: (a: State, b: State) => State;
  readonly result: (state: State) => Result;
}

export function makeStream<Chunk extends readonly unknown[], State extends StreamState, Result>(
  initial: State,
  { add, read, merge, result }: Steps<Chunk, State, Result>,
): Stream<Chunk, State, Result> {
  let state = initial;
  return {
    get state() {
      for (const part of Object.values(state)) Object.freeze(part);
      return Object.freeze(state);
    },
    push(...chunk) {
      state = add(state, ...chunk);
      return this;
    },
    merge(other) {
      if (typeof other !== "object" || other === null) throw badState("an object", describe(other));
      checkInteger("state.next", other.next, 0);
      const taken = read(other);
      state = { ...merge(state, taken), next: Math.max(state.next, taken.next) };
      return this;
    },
    result: () => result(state),
  };
}

export const badState = (expected: string, received: string): ArgumentError =>
  new ArgumentError("state", expected, received);

/** Refuses NaN and +Infinity, by their numbers in the stream. */
export function checkChunk(core: Core, name: string, at: number, length: number, offset: number): void {
  const wrong = core.kernels.checkLogits(at, length);
  if (wrong < 0) return;
  const value = core.view(at, length)[wrong];
  throw new ArgumentError(
    name,
    "finite numbers, or -Infinity for an absent category",
    `${value} at element ${offset + wrong} of the stream`,
  );
}
