/** Coordinates of a Sobol' point that has a table; points of more are put together of several. */
export const COORDINATES = 64;

/**
 * Of coordinates 2 to 64, from the lowest bits on: the inner coefficients of the primitive polynomial, s - 1 bits of it, and
 * (m_i - 1) / 2, i - 1 bits of each of m_2 to m_s (m_1 is 1). The first lines of new-joe-kuo-6.21201.
 *
 * Joe, Kuo 2008, "Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30, 2635-2654: searched
 * for small t of the projections on two coordinates. Copyright (c) 2008, Frances Y. Kuo and Stephen Joe: see LICENSE.
 */
const TABLE =
  "0x80569df323e5018d9ff43b29dfb9ec8376e894a7df34bf06a5a7c2fb5e78392c2c5b68fa16819f96679f1116ab045ce10102209b006b0def" +
  "acba3950884d5552f5abdfea3cd1a4887f3d872b6461e183d42a837b9bdf191ce472e1dcb2017b89c72a64699812c82c93c0fc3d896a0b5f" +
  "2f091d7694df262ad25983fdff4afa60dfc8e43629fcc79a6efdf03dc0d0b5378b444e44758fa9b05eb4a8ec8a5752cbc0024367e2309ae3" +
  "d49b153fda8a7ac53139a604a43f13c8788edb8999eef07d2a658dcd847c4f1b8c155c3707187d5e523404b9b9c944850b5851117";

/** How many of them have a polynomial of degree 1, 2, ...: all primitive ones, but for the last degree. */
const OF_DEGREE = [1, 1, 2, 2, 6, 6, 18, 16, 11];

let made: Uint32Array | undefined;

/**
 * Direction numbers: bit k of a point's number, where it is set, adds [32 c + k] to coordinate c by exclusive or. The fraction's
 * first bit is the highest. The first coordinate is the fraction of van der Corput, the bits turned round.
 */
export function directions(): Uint32Array {
  if (made) return made;
  const v = new Uint32Array(COORDINATES * 32);
  for (let k = 0; k < 32; k++) v[k] = 1 << (31 - k);
  let rest = BigInt(TABLE);
  const take = (count: number): number => {
    const bits = Number(BigInt.asUintN(count, rest));
    rest >>= BigInt(count);
    return bits;
  };
  let at = 32;
  for (const [i, count] of OF_DEGREE.entries())
    for (let c = 0, s = i + 1; c < count; c++, at += 32) {
      const inner = take(s - 1);
      for (let k = 0; k < s; k++) v[at + k] = (2 * take(k) + 1) << (31 - k);
      // v_k = a_1 v_(k-1) ^ ... ^ a_(s-1) v_(k-s+1) ^ v_(k-s) ^ v_(k-s) / 2^s: Bratley, Fox 1988, eq. 2.
      for (let k = s; k < 32; k++) {
        const last = v[at + k - s] as number;
        let next = last ^ (last >>> s);
        for (let j = 1; j < s; j++) if ((inner >>> (s - 1 - j)) & 1) next ^= v[at + k - j] as number;
        v[at + k] = next;
      }
    }
  made = v;
  return v;
}
