import { ArgumentError, checkInteger, core, describe, KeyError } from "../core/index.ts";

/**
 * Where randomness comes from: 64 bits as two unsigned 32-bit words. Plain data: it survives JSON, structured clone and
 * a database, and equal words give equal noise on every machine.
 */
export interface Key {
  /** Upper word: an integer from 0 to 2^32 - 1. */
  readonly hi: number;
  /** Lower word: an integer from 0 to 2^32 - 1. */
  readonly lo: number;
}

/** Third counter words for deriving keys; 0 and 1 belong to the noise (assembly/philox.ts). */
const SPLIT = 2;
const FOLD_IN = 3;
const NAMED = 4;

const make = (lo: number, hi: number): Key => Object.freeze({ hi: hi >>> 0, lo: lo >>> 0 });

const isWord = (value: unknown): boolean => typeof value === "number" && value >>> 0 === value;

export function checkKey(value: unknown, name = "key"): Key {
  const candidate = value as Key | null | undefined;
  if (typeof candidate === "object" && candidate !== null && isWord(candidate.hi) && isWord(candidate.lo))
    return candidate;
  const parts =
    typeof candidate === "object" && candidate !== null
      ? ` with hi: ${describe(candidate.hi)}, lo: ${describe(candidate.lo)}`
      : "";
  throw new KeyError(
    name,
    "a Key from key(), split(), foldIn() or named(): { hi, lo }, two unsigned 32-bit integers",
    describe(value) + parts,
  );
}

/**
 * The key of a seed.
 *
 * @param seed a safe integer, or a bigint of at most 64 bits (signed or unsigned); taken modulo 2^64.
 * @throws KeyError when it is anything else
 */
export function key(seed: number | bigint): Key {
  if (typeof seed === "number" ? !Number.isSafeInteger(seed) : typeof seed !== "bigint")
    throw new KeyError("seed", "an integer (a safe integer or a bigint)", describe(seed));
  const wide = BigInt(seed);
  if (wide >= 1n << 64n || wide < -(1n << 63n))
    throw new KeyError("seed", "an integer of at most 64 bits", describe(seed));
  const bits = BigInt.asUintN(64, wide);
  return make(Number(bits & 0xffffffffn), Number(bits >> 32n));
}

/**
 * `n` keys whose noise is independent of one another's and of the parent's.
 * Child i is half a Philox block of the parent at counter (i, 0, 2, 0).
 */
export function split(parent: Key, n = 2): Key[] {
  const { hi, lo } = checkKey(parent);
  checkInteger("n", n, 0, 2 ** 32 - 1);
  return Array.from({ length: n }, (_, i) => derive(lo, hi, i, 0, SPLIT));
}

/**
 * The key for item `data` (a step, an epoch, a user): like a split with no end.
 * Half a Philox block of the parent at counter (data mod 2^32, data div 2^32, 3, 0).
 *
 * @param data an integer from 0 to 2^53 - 1
 */
export function foldIn(parent: Key, data: number): Key {
  const { hi, lo } = checkKey(parent);
  checkInteger("data", data, 0);
  return derive(lo, hi, data % 2 ** 32, Math.floor(data / 2 ** 32), FOLD_IN);
}

/**
 * The key of a named stream of noise: `named(key, "codes")` and `named(key, "dropout")` have nothing in common, so that two parts
 * of a program cannot draw the same noise from one key by accident, whatever they number.
 * The UTF-8 bytes of the name are hashed, eight at a time: half a Philox block, under the key so far, at counter (bytes 0 to 3,
 * bytes 4 to 7, 4, length of the name in bytes). Use 4 is neither noise nor `split` nor `foldIn`: keys of different names, or of
 * other derivations, agree by the chance of 2^-64 only.
 *
 * @param name a string that is not empty; different code points are different names, also where they look the same
 */
export function named(parent: Key, name: string): Key {
  let key = checkKey(parent);
  if (typeof name !== "string" || name === "" || /\p{Surrogate}/u.test(name))
    throw new ArgumentError("name", "a string of at least one character, without lone surrogates", describe(name));
  const bytes = new TextEncoder().encode(name);
  const words = new DataView(new ArrayBuffer(Math.ceil(bytes.length / 8) * 8));
  for (const [i, byte] of bytes.entries()) words.setUint8(i, byte);
  for (let at = 0; at < words.byteLength; at += 8)
    key = derive(key.lo, key.hi, words.getUint32(at, true), words.getUint32(at + 4, true), NAMED, bytes.length);
  return key;
}

function derive(lo: number, hi: number, c0: number, c1: number, use: number, c3 = 0): Key {
  const shared = core();
  return shared.scoped(() => {
    const at = shared.allocate(4);
    shared.kernels.noiseBlock(at, lo, hi, c0, c1, use, c3);
    const [first, second] = shared.copyWords(at, 2);
    return make(first as number, second as number);
  });
}
