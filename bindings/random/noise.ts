import { type Core, checkInteger, checkOptions, checkOut, core, makeArray } from "../core/index.ts";
import { addressOf } from "./address.ts";
import { checkKey, type Key } from "./key.ts";

/** Which part of a key's noise is drawn, and where to. */
export interface NoiseOptions<T = Float32Array> {
  /** Number of the first element, an integer of 0 or more: 0 by default. */
  readonly offset?: number;
  /** Where to put the result, of exactly its length; a new array by default. */
  readonly out?: T;
}

type NoiseKernel = "noiseUniform" | "noiseExponential" | "noiseGumbel" | "noiseLogistic" | "noiseNormal" | "noiseBits";

/** Elements drawn at a time: long runs need no more wasm memory than this. */
const CHUNK = 1 << 20;

/** @param take copies elements from wasm memory to where they belong */
function draw(
  kernel: NoiseKernel,
  key: Key,
  offset: number,
  length: number,
  take: (core: Core, at: number, count: number, done: number) => void,
): void {
  const { hi, lo } = checkKey(key);
  addressOf(offset, length);
  const shared = core();
  shared.scoped(() => {
    const at = shared.allocate(Math.min(length, CHUNK) + 48);
    for (let done = 0; done < length; done += CHUNK) {
      const count = Math.min(CHUNK, length - done);
      const { shift, low, high, blocks } = addressOf(offset + done, count);
      shared.kernels[kernel](at, blocks, lo, hi, low, high);
      take(shared, at + 4 * shift, count, done);
    }
  });
}

function floats(kernel: NoiseKernel, key: Key, length: number, options: NoiseOptions): Float32Array {
  const { offset = 0, out } = checkOptions(options, ["offset", "out"]);
  checkInteger("length", length, 0);
  const result = out === undefined ? makeArray(Float32Array, length, "length") : checkOut(out, "Float32Array", length);
  draw(kernel, key, offset, length, (shared, at, count, done) => shared.copyTo(result, at, count, done));
  return result;
}

/**
 * Random 32-bit words of Philox4x32-10: element 4 b + w is word w of block b. All noise is made from these.
 * A pure function of (key, element), like everything here: `bits(key, 60, { offset: 40 })` is the end of `bits(key, 100)`.
 *
 * Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
 * @throws KeyError, ArgumentError, ShapeError (`out` of another length)
 */
export function bits(key: Key, length: number, options: NoiseOptions<Uint32Array> = {}): Uint32Array {
  const { offset = 0, out } = checkOptions(options, ["offset", "out"]);
  checkInteger("length", length, 0);
  const result = out === undefined ? makeArray(Uint32Array, length, "length") : checkOut(out, "Uint32Array", length);
  draw("noiseBits", key, offset, length, (shared, at, count, done) => result.set(shared.words(at, count), done));
  return result;
}

/** Uniform on the open interval (0, 1): from 2^-65 to 1 - 2^-24, never an end. */
export function uniform(key: Key, length: number, options: NoiseOptions = {}): Float32Array {
  return floats("noiseUniform", key, length, options);
}

/** Exponential of rate 1, -log(1 - u): from 2^-65 to 45.05, both tails at full resolution. */
export function exponential(key: Key, length: number, options: NoiseOptions = {}): Float32Array {
  return floats("noiseExponential", key, length, options);
}

/**
 * Standard Gumbel, -log of the `exponential` of the same key: from -3.81 to 45.05.
 * argmax(logits + gumbel) has the law softmax(logits) (the Gumbel-max trick).
 */
export function gumbel(key: Key, length: number, options: NoiseOptions = {}): Float32Array {
  return floats("noiseGumbel", key, length, options);
}

/** Standard logistic, log(u / (1 - u)): from -45.05 to 45.05. */
export function logistic(key: Key, length: number, options: NoiseOptions = {}): Float32Array {
  return floats("noiseLogistic", key, length, options);
}

/** Standard normal (Box and Muller 1958), |z| up to 9.5. */
export function normal(key: Key, length: number, options: NoiseOptions = {}): Float32Array {
  return floats("noiseNormal", key, length, options);
}
