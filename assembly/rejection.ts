import { philoxBlock } from "./philox";

/**
 * Uniform numbers for samplers that need an unknown number of them. Each element has counters of its own,
 * (element low, element high, stream, i) for its i-th block, so a value depends on nothing but (key, element).
 */

const block = memory.data(16, 16);

let k0: u32;
let k1: u32;
let low: u32;
let high: u32;
let stream: u32;
let blocks: u32;
let used: u32;

/** The numbers of an element from the first on. */
export function begin(keyLow: u32, keyHigh: u32, element: u64, use: u32): void {
  k0 = keyLow;
  k1 = keyHigh;
  low = u32(element);
  high = u32(element >> 32);
  stream = use;
  blocks = 0;
  used = 2;
}

function next(): u64 {
  if (used == 2) {
    philoxBlock(block, k0, k1, low, high, stream, blocks++);
    used = 0;
  }
  return load<u64>(block + (used++ << 3));
}

/** In the open interval (0, 1), from 64 bits: from 2^-65 to 1 - 2^-53. */
export function uniform(): f64 {
  return Math.min((f64(next()) + 0.5) * 5.421010862427522e-20, 0.9999999999999999); // 2^-64, 1 - 2^-53
}

/** Standard exponential, -log of a uniform, whose small values are exact: to 45.06; next to 0 it is a multiple of 2^-53. */
export function exponential(): f64 {
  return -Math.log(uniform());
}

/** Standard normal: Box and Muller 1958, the cosine alone. The radius is from -log u, whose tail is exact: |z| <= 9.5. */
export function normal(): f64 {
  const radius = Math.sqrt(-2 * Math.log(uniform()));
  return radius * Math.cos(6.283185307179586 * uniform());
}
