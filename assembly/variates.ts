import { logNormal } from "./log";
import { philox, Stream } from "./philox";
import { cosQuarter, sinQuarter } from "./trig";
import {
  absolute, add, and, andNot, anyTrue, choose, div, firsts, fromInt, fromUint, lanes, lessThanInt, lessThanUint, load,
  min, minInt, minUint, mul, negate, negateWhere, or, seconds, shiftLeft, shiftRight, signOf, size, splat, sqrt, store,
  storePairs, sub, subInt, word, xor,
} from "./lanes";

/**
 * From random words to variates, a tile at a time.
 *
 * Element e = 4 b + w of the noise of a key takes word w of block b, so a value depends on nothing but (key, e).
 * A word x stands for the uniform v = (x + 1/2) 2^-32. It is folded into a *tail* a = min(v, 1 - v) in (0, 1/2], whose
 * sign tells the side: + low, - high. Float32 resolves small numbers best, so both tails of v are exact where that
 * matters. A tail below 2^-9 (one word in 256) takes 32 more bits from the next stream; the smallest tail is 2^-65.
 */

/** Elements of a tile: a multiple of 16, so that words, tails and results stay in the first-level cache. */
export const TILE: usize = 256;

const words = memory.data(1024, 16);
const spare = memory.data(128, 16);
/** The variates of the current tile, in element order. */
export const variates = memory.data(1024, 16);

export const enum Family {
  Uniform,
  Exponential,
  Gumbel,
  Logistic,
  Normal,
}

/** Fills `variates` with `groups` groups (4 or 16 elements each) from `block` on. */
export function fillVariates<V>(family: Family, groups: usize, k0: u32, k1: u32, block: u64): void {
  fillTails<V>(groups, k0, k1, block);
  const end = variates + groups * 4 * size<V>();
  if (family == Family.Normal) {
    for (let at = variates; at < end; at += 2 * size<V>()) normalPairs<V>(at, at - variates + words);
  } else if (family == Family.Gumbel) {
    for (let at = variates; at < end; at += size<V>()) store<V>(at, exponential<V>(load<V>(at)));
    for (let at = variates; at < end; at += size<V>()) store<V>(at, negate<V>(logNormal<V>(load<V>(at))));
  } else if (family == Family.Exponential) {
    for (let at = variates; at < end; at += size<V>()) store<V>(at, exponential<V>(load<V>(at)));
  } else if (family == Family.Logistic) {
    for (let at = variates; at < end; at += size<V>()) store<V>(at, logistic<V>(load<V>(at)));
  } else {
    for (let at = variates; at < end; at += size<V>()) store<V>(at, uniform<V>(load<V>(at)));
  }
}

function fillTails<V>(groups: usize, k0: u32, k1: u32, block: u64): void {
  fillWords<V>(groups, k0, k1, block);
  const end = groups * 4 * size<V>();
  for (let at: usize = 0; at < end; at += 4 * size<V>(), block += lanes<V>()) groupTails<V>(at, k0, k1, block);
}

/** The words of the tile. */
export function fillWords<V>(groups: usize, k0: u32, k1: u32, block: u64): void {
  assert(groups * 4 * size<V>() <= TILE * 4);
  philox<V>(words, groups, k0, k1, block, Stream.WORDS);
}

/** Words of one group, `at` bytes into the tile, to signed tails. */
function groupTails<V>(at: usize, k0: u32, k1: u32, block: u64): void {
  const to = variates + at;
  const a = load<V>(words + at);
  const b = load<V>(words + at + size<V>());
  const c = load<V>(words + at + 2 * size<V>());
  const d = load<V>(words + at + 3 * size<V>());
  store<V>(to, tail<V>(a));
  store<V>(to + size<V>(), tail<V>(b));
  store<V>(to + 2 * size<V>(), tail<V>(c));
  store<V>(to + 3 * size<V>(), tail<V>(d));
  const nearest = minInt<V>(minInt<V>(distance<V>(a), distance<V>(b)), minInt<V>(distance<V>(c), distance<V>(d)));
  if (anyTrue<V>(lessThanInt<V>(nearest, word<V>(RARE)))) {
    philox<V>(spare, 1, k0, k1, block, Stream.TAILS);
    for (let i: usize = 0; i < 4 * size<V>(); i += size<V>())
      store<V>(to + i, longTail<V>(load<V>(words + at + i), load<V>(spare + i)));
  }
}

/** Words of one group, `at` bytes into the tile, to Gumbel variates. */
export function groupGumbels<V>(at: usize, k0: u32, k1: u32, block: u64): void {
  groupTails<V>(at, k0, k1, block);
  for (let to = variates + at, end = to + 4 * size<V>(); to < end; to += size<V>())
    store<V>(to, negate<V>(logNormal<V>(exponential<V>(load<V>(to)))));
}

/** Whether a word of the group `at` bytes into the tile is below `limit`. */
@inline
export function groupHasBelow<V>(at: usize, limit: u32): bool {
  const from = words + at;
  const low = minUint<V>(load<V>(from), load<V>(from + size<V>()));
  const high = minUint<V>(load<V>(from + 2 * size<V>()), load<V>(from + 3 * size<V>()));
  return anyTrue<V>(lessThanUint<V>(minUint<V>(low, high), word<V>(limit)));
}

// --- tails ----------------------------------------------------------------------------------------------------------

const RARE = 1 << 23;
const WORD: f32 = 2.3283064365386963e-10; // 2^-32

/** min(x, ~x): the distance of the word from its side's end, below 2^31. */
@inline
function distance<V>(x: V): V {
  return xor<V>(x, shiftRight<V>(x, 31));
}

@inline
function tail<V>(x: V): V {
  return or<V>(mul<V>(add<V>(fromInt<V>(distance<V>(x)), splat<V>(0.5)), splat<V>(WORD)), signOf<V>(x));
}

/** The tail of a word followed by 32 spare bits, where the word is rare. */
@inline
export function longTail<V>(x: V, bits: V): V {
  const m = distance<V>(x);
  const rest = mul<V>(add<V>(fromUint<V>(bits), splat<V>(0.5)), splat<V>(WORD));
  const long = mul<V>(add<V>(fromInt<V>(m), rest), splat<V>(WORD));
  return choose<V>(or<V>(long, signOf<V>(x)), tail<V>(x), lessThanInt<V>(m, word<V>(RARE)));
}

// --- families, each from a signed tail ------------------------------------------------------------------------------

const BELOW_ONE: f32 = 0.99999994; // 1 - 2^-24

/** 1 where the tail is on the low side, 0 on the high: 1 - v is this minus the signed tail, exactly. */
@inline
function side<V>(tail: V): V {
  return andNot<V>(splat<V>(1), shiftRight<V>(tail, 31));
}

/** v, rounded into the open interval (0, 1). Smallest 2^-65, largest 1 - 2^-24. */
@inline
export function uniform<V>(tail: V): V {
  return min<V>(add<V>(sub<V>(splat<V>(1), side<V>(tail)), tail), splat<V>(BELOW_ONE));
}

/**
 * -log(1 - v). Smallest 2^-65, largest 65 ln 2 = 45.05.
 * With m = 1 - v rounded and c its rounding error (0 on the high side, where 1 - v is the tail itself),
 * log(1 - v) = log m + c / m; the division is left out, since c only matters where m is close to 1.
 * Max error: 1.75 ulp
 */
@inline
export function exponential<V>(tail: V): V {
  const one = side<V>(tail);
  const m = sub<V>(one, tail);
  const c = sub<V>(sub<V>(one, m), tail);
  return negate<V>(add<V>(logNormal<V>(m), c));
}

/** log(v / (1 - v)): minus the log-odds of the tail on the high side. Between -65 ln 2 and 65 ln 2. */
@inline
export function logistic<V>(tail: V): V {
  const a = absolute<V>(tail);
  return xor<V>(logNormal<V>(div<V>(a, sub<V>(splat<V>(1), a))), signOf<V>(tail));
}

/**
 * Box and Muller 1958: sqrt(2 E) (cos t, sin t), E exponential from the first word of a pair, t uniform from the second.
 * t in quarter turns is quadrant + s: the top two bits, and the other thirty as s in (-1/2, 1/2). |z| <= 9.5.
 */
@inline
function normalPairs<V>(at: usize, wordsAt: usize): void {
  const radius = sqrt<V>(mul<V>(splat<V>(2), exponential<V>(firsts<V>(load<V>(at), load<V>(at + size<V>())))));
  const turn = seconds<V>(load<V>(wordsAt), load<V>(wordsAt + size<V>()));
  const fraction = subInt<V>(and<V>(turn, word<V>(0x3fffffff)), word<V>(1 << 29));
  const s = mul<V>(add<V>(fromInt<V>(fraction), splat<V>(0.5)), splat<V>(9.313225746154785e-10)); // 2^-30
  const c = mul<V>(radius, cosQuarter<V>(s));
  const d = mul<V>(radius, sinQuarter<V>(s));
  // Each quadrant turns (c, d) by 90 degrees: (c, d), (-d, c), (-c, -d), (d, -c).
  const odd = shiftRight<V>(shiftLeft<V>(turn, 1), 31);
  const back = shiftRight<V>(turn, 31);
  storePairs<V>(at, negateWhere<V>(choose<V>(d, c, odd), xor<V>(odd, back)), negateWhere<V>(choose<V>(c, d, odd), back));
}
