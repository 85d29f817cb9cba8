/** Words as they go through a pipe: endless, in pieces. */
export type Words = Iterable<Uint32Array>;

/** Words of a piece: 1 MiB. */
export const PIECE = 1 << 18;

/** Pieces of `length` words, each filled by `fill`, which is given the number of the piece's first word. */
export function* pieces(fill: (piece: Uint32Array, first: number) => void, length = PIECE): Words {
  for (let first = 0; ; first += length) {
    const piece = new Uint32Array(length);
    fill(piece, first);
    yield piece;
  }
}

/** Words one by one: `next` is given the number of each. */
export const oneByOne = (next: (i: number) => number): Words =>
  pieces((piece, first) => {
    for (let i = 0; i < piece.length; i++) piece[i] = next(first + i);
  });

/** Other words from each piece of them. */
export function* mapPieces(words: Words, change: (piece: Uint32Array) => Uint32Array): Words {
  for (const piece of words) yield change(piece);
}
