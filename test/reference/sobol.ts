// Sobol' points by their definition, and scrambling by a tree of random bits that is kept: slow, and shares nothing with the library.

import { mulberry32 } from "./statistics.ts";

/** s a m_1 ... m_s of coordinates 2 to 64, as printed in new-joe-kuo-6.21201 (Copyright (c) 2008, Frances Y. Kuo and Stephen Joe). */
const JOE_KUO = `
1 0 1
2 1 1 3
3 1 1 3 1
3 2 1 1 1
4 1 1 1 3 3
4 4 1 3 5 13
5 2 1 1 5 5 17
5 4 1 1 5 5 5
5 7 1 1 7 11 19
5 11 1 1 5 1 1
5 13 1 1 1 3 11
5 14 1 3 5 5 31
6 1 1 3 3 9 7 49
6 13 1 1 1 15 21 21
6 16 1 3 1 13 27 49
6 19 1 1 1 15 7 5
6 22 1 3 1 15 13 25
6 25 1 1 5 5 19 61
7 1 1 3 7 11 23 15 103
7 4 1 3 7 13 13 15 69
7 7 1 1 3 13 7 35 63
7 8 1 3 5 9 1 25 53
7 14 1 3 1 13 9 35 107
7 19 1 3 1 5 27 61 31
7 21 1 1 5 11 19 41 61
7 28 1 3 5 3 3 13 69
7 31 1 1 7 13 1 19 1
7 32 1 3 7 5 13 19 59
7 37 1 1 3 9 25 29 41
7 41 1 3 5 13 23 1 55
7 42 1 3 7 3 13 59 17
7 50 1 3 1 3 5 53 69
7 55 1 1 5 5 23 33 13
7 56 1 1 7 7 1 61 123
7 59 1 1 7 9 13 61 49
7 62 1 3 3 5 3 55 33
8 14 1 3 1 15 31 13 49 245
8 21 1 3 5 15 31 59 63 97
8 22 1 3 1 11 11 11 77 249
8 38 1 3 1 11 27 43 71 9
8 47 1 1 7 15 21 11 81 45
8 49 1 3 7 3 25 31 65 79
8 50 1 3 1 1 19 11 3 205
8 52 1 1 5 9 19 21 29 157
8 56 1 3 7 11 1 33 89 185
8 67 1 3 3 3 15 9 79 71
8 70 1 3 7 11 15 39 119 27
8 84 1 1 3 1 11 31 97 225
8 97 1 1 1 3 23 43 57 177
8 103 1 3 7 7 17 17 37 71
8 115 1 3 1 5 27 63 123 213
8 122 1 1 3 5 11 43 53 133
9 8 1 3 5 5 29 17 47 173 479
9 13 1 3 3 11 3 1 109 9 69
9 16 1 1 1 5 17 39 23 5 343
9 22 1 3 1 5 25 15 31 103 499
9 25 1 1 1 11 11 17 63 105 183
9 44 1 1 5 11 9 29 97 231 363
9 47 1 1 5 15 19 45 41 7 383
9 52 1 3 7 7 31 19 83 137 221
9 55 1 1 1 3 23 15 111 223 83
9 59 1 1 5 13 31 15 55 25 161
9 62 1 1 3 13 25 47 39 87 257
`
  .trim()
  .split("\n")
  .map((line) => line.split(" ").map(Number));

/** m_1 to m_32 of a coordinate: m_k = 2 a_1 m_(k-1) ^ 4 a_2 m_(k-2) ^ ... ^ 2^s m_(k-s) ^ m_(k-s), Joe and Kuo 2008, eq. 2. */
export function integersOf(coordinate: number): bigint[] {
  if (coordinate === 0) return Array.from({ length: 32 }, () => 1n);
  const [s, a, ...m] = JOE_KUO[coordinate - 1] as [number, number, ...number[]];
  const all = m.map(BigInt);
  for (let k = s; k < 32; k++) {
    let next = ((all[k - s] as bigint) << BigInt(s)) ^ (all[k - s] as bigint);
    for (let j = 1; j < s; j++) if ((a >> (s - 1 - j)) % 2) next ^= (all[k - j] as bigint) << BigInt(j);
    all.push(next);
  }
  return all;
}

/** Point number i, in the order of its bits: 32 bits of coordinate c. */
export function sobol(i: number, coordinate: number): bigint {
  const bits = i.toString(2).split("").reverse();
  return integersOf(coordinate).reduce((x, m, k) => (bits[k] === "1" ? x ^ (m << BigInt(31 - k)) : x), 0n);
}

/**
 * Number 5000 of scipy 1.17.1, `scipy.stats.qmc.Sobol(64, scramble=False)`, in units of 2^-13. Its points come in the order of Gray
 * codes: this is point 5000 ^ 2500.
 */
export const SCIPY_5000 = [
  1611, 2135, 1767, 3379, 7679, 8087, 6933, 5455, 3455, 8109, 2931, 4711, 5799, 4011, 6123, 4347, 3427, 4651, 6155,
  5913, 6525, 1893, 4715, 1713, 7695, 451, 3391, 7565, 3003, 5, 3713, 1691, 6665, 5525, 7833, 1409, 4619, 6985, 3633,
  365, 825, 3735, 3483, 8013, 5757, 7971, 8039, 7687, 363, 3235, 4957, 5959, 767, 6311, 4837, 5023, 4959, 3569, 7313,
  853, 6313, 7649, 7559, 4299,
];

/** Owen's scrambling, of 32 bits: a random bit for each node of the tree, drawn when it is met and kept. */
export function owen(seed: number): (x: bigint) => bigint {
  const random = mulberry32(seed);
  const turns = new Map<string, number>();
  return (x) => {
    const bits = x.toString(2).padStart(32, "0");
    let result = "";
    for (let level = 0; level < 32; level++) {
      const before = bits.slice(0, level);
      if (!turns.has(before)) turns.set(before, random() >>> 31);
      result += Number(bits[level]) ^ (turns.get(before) as number);
    }
    return BigInt(`0b${result}`);
  };
}
