/** Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011) for one block, as keys are derived with: the same bits as the library. */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** What the two uses of a derived key put in the third counter word. */
const SPLIT = 2;
const FOLD_IN = 3;

interface Key {
  readonly hi: number;
  readonly lo: number;
}

/** The high word of a b, by halves: no product leaves the integers that f64 holds exactly. */
function mulHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
}

function derive({ lo, hi }: Key, low: number, high: number, use: number): Key {
  let [c0, c1, c2, c3, k0, k1] = [low, high, use, 0, lo, hi];
  for (let round = 0; round < ROUNDS; round++) {
    const [high0, high1] = [mulHigh(M0, c0), mulHigh(M1, c2)];
    const [low0, low1] = [Math.imul(M0, c0), Math.imul(M1, c2)];
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  return { lo: c0 >>> 0, hi: c1 >>> 0 };
}

export const foldIn = (parent: Key, data: number): Key =>
  derive(parent, data % 2 ** 32, Math.floor(data / 2 ** 32), FOLD_IN);

export function split(parent: Key, n: number): Key[] {
  const keys: Key[] = [];
  for (let i = 0; i < n; i++) keys.push(derive(parent, i, 0, SPLIT));
  return keys;
}
