/** The same words in an order of bits for which a test looks more closely: most look at the high bits. */

export const reversed = (piece: Uint32Array): Uint32Array => piece.map(reverse);

/** Bits of a word in reverse order (Warren, Hacker's Delight, section 7-1). */
function reverse(x: number): number {
  x = ((x & 0x55555555) << 1) | ((x >>> 1) & 0x55555555);
  x = ((x & 0x33333333) << 2) | ((x >>> 2) & 0x33333333);
  x = ((x & 0x0f0f0f0f) << 4) | ((x >>> 4) & 0x0f0f0f0f);
  return (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
}

/** 16 bits of each word, from bit `from` on, two words to a word. */
export const halves =
  (from: 0 | 16) =>
  (piece: Uint32Array): Uint32Array => {
    const result = new Uint32Array(piece.length / 2);
    for (let i = 0; i < result.length; i++)
      result[i] = ((piece[2 * i] >>> from) << 16) | ((piece[2 * i + 1] >>> from) & 0xffff);
    return result;
  };

/** One word in four. */
export function everyFourth(piece: Uint32Array): Uint32Array {
  const result = new Uint32Array(piece.length / 4);
  for (let i = 0; i < result.length; i++) result[i] = piece[4 * i];
  return result;
}
