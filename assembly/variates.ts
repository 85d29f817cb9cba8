import { logNormal, minusLogNormal } from "./log";
import { drawNumber, keyHigh, keyLow, philox, philoxBlock, Stream } from "./philox";
import { cosQuarter, sinQuarter } from "./trig";
import {
  absolute, add, addInt, allTrue, and, andNot, anyTrue, atMost, choose, div, firsts, fromInt, fromUint, lanes, lessThan, lessThanInt, lessThanUint,
  load, min, minUint, mul, or, seconds, shiftLeft, shiftRight, shiftRightUnsigned, signOf, size, splat, sqrt, store,
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

/** Elements of a tile: a multiple of 32, so that words, tails and results stay in the first-level cache. */
export const TILE: usize = 256;

const words = memory.data(1024, 16);
const spare = memory.data(16, 16);
/** The signed tails of the current tile, in element order. */
export const tails = memory.data(1024, 16);

/** Fills `tails` with `groups` groups (4 or 16 elements each) from `block` on, with the key that `setKey` was given. */
export function fillTails<V>(groups: usize, block: u64): void {
  fillWords<V>(groups, block);
  const end = groups * 4 * size<V>();
  for (let at: usize = 0; at < end; at += 4 * size<V>(), block += lanes<V>()) groupTails<V>(at, block);
}

/** The same, on to exponential variates. */
export function fillExponentials<V>(groups: usize, block: u64): void {
  fillTails<V>(groups, block);
  for (let i: usize = 0, end = groups * 4 * size<V>(); i < end; i += size<V>())
    store<V>(tails + i, exponential<V>(load<V>(tails + i)));
}

/** The words of the tile. */
export function fillWords<V>(groups: usize, block: u64): void {
  assert(groups * 4 * size<V>() <= TILE * 4);
  philox<V>(words, groups, block, Stream.WORDS);
}

/** Words of one group, `at` bytes into the tile, to signed tails. */
@inline
function groupTails<V>(at: usize, block: u64): void {
  const to = tails + at;
  const a = load<V>(words + at);
  const b = load<V>(words + at + size<V>());
  const c = load<V>(words + at + 2 * size<V>());
  const d = load<V>(words + at + 3 * size<V>());
  store<V>(to, tail<V>(a));
  store<V>(to + size<V>(), tail<V>(b));
  store<V>(to + 2 * size<V>(), tail<V>(c));
  store<V>(to + 3 * size<V>(), tail<V>(d));
  const least = minUint<V>(minUint<V>(rank<V>(a), rank<V>(b)), minUint<V>(rank<V>(c), rank<V>(d)));
  if (anyTrue<V>(lessThanUint<V>(least, word<V>(2 * RARE)))) lengthenTails<V>(at, block, 1);
}

/** Where a word of the group is rare, its tail from 64 bits. Of every `every`th word, if only those have tails. */
function lengthenTails<V>(at: usize, block: u64, every: usize): void {
  for (const end = at + 4 * size<V>(); at < end; at += 16, block++)
    for (let i = at; i < at + 16; i += 4 * every) {
      const x = load<f32>(words + i);
      if (!anyTrue<f32>(lessThanUint<f32>(rank<f32>(x), word<f32>(2 * RARE)))) continue;
      philoxBlock(spare, keyLow(), keyHigh(), u32(block), u32(block >> 32), Stream.TAILS, drawNumber());
      store<f32>(tails + i / every, longTail<f32>(x, load<f32>(spare + i - at)));
    }
}

/** The tails of every other word alone, side by side: half a tile. */
export function fillTailsOfFirsts<V>(groups: usize, block: u64): void {
  fillWords<V>(groups, block);
  const end = groups * 4 * size<V>();
  for (let at: usize = 0; at < end; at += 4 * size<V>(), block += lanes<V>()) {
    const from = words + at;
    const a = firsts<V>(load<V>(from), load<V>(from + size<V>()));
    const b = firsts<V>(load<V>(from + 2 * size<V>()), load<V>(from + 3 * size<V>()));
    store<V>(tails + at / 2, tail<V>(a));
    store<V>(tails + at / 2 + size<V>(), tail<V>(b));
    if (anyTrue<V>(lessThanUint<V>(minUint<V>(rank<V>(a), rank<V>(b)), word<V>(2 * RARE)))) lengthenTails<V>(at, block, 2);
  }
}

/** Words of one group, `at` bytes into the tile, to Gumbel variates in the place of its tails. */
export function groupGumbels<V>(at: usize, block: u64): void {
  groupTails<V>(at, block);
  for (let to = tails + at, end = to + 4 * size<V>(); to < end; to += size<V>())
    store<V>(to, gumbel<V>(exponential<V>(load<V>(to))));
}

/** Whether x + G may be above `least`, or x is NaN, for an element of the group `at` bytes into the tile; x: its logits. */
@inline
export function groupMayExceed<V>(at: usize, x: usize, least: f32): bool {
  const a = staysBelow<V>(words + at, x, least);
  const b = staysBelow<V>(words + at + size<V>(), x + size<V>(), least);
  const c = staysBelow<V>(words + at + 2 * size<V>(), x + 2 * size<V>(), least);
  const d = staysBelow<V>(words + at + 3 * size<V>(), x + 3 * size<V>(), least);
  return !allTrue<V>(and<V>(and<V>(a, b), and<V>(c, d)));
}

@inline
function staysBelow<V>(words: usize, x: usize, least: f32): V {
  return atMost<V>(add<V>(load<V>(x), gumbelBound<V>(load<V>(words))), splat<V>(least));
}

// --- tails ----------------------------------------------------------------------------------------------------------

const RARE = 1 << 23;
const WORD: f32 = 2.3283064365386963e-10; // 2^-32

/** min(x, ~x): the distance of the word from its side's end, below 2^31. */
@inline
function distance<V>(x: V): V {
  return xor<V>(x, shiftRight<V>(x, 31));
}

/** Below 2 RARE where the distance is below RARE, as an unsigned number: the ends of both sides come together at RARE. */
@inline
function rank<V>(x: V): V {
  return addInt<V>(x, word<V>(RARE));
}

/** As a signed number a word of the high side is -(distance + 1): the half makes that minus the middle of its step. */
@inline
function tail<V>(x: V): V {
  return mul<V>(add<V>(fromInt<V>(x), splat<V>(0.5)), splat<V>(WORD));
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
 * -log(1 - v) = -log m - c / m; the division is left out, since c only matters where m is close to 1.
 * Max error: 1.75 ulp
 */
@inline
export function exponential<V>(tail: V): V {
  const one = side<V>(tail);
  const m = sub<V>(one, tail);
  const c = sub<V>(sub<V>(one, m), tail);
  return sub<V>(minusLogNormal<V>(m), c);
}

/** -log E of an exponential variate E. Between -3.81 and 65 ln 2. */
@inline
export function gumbel<V>(exponential: V): V {
  return minusLogNormal<V>(exponential);
}

/** Above every gumbel, as computed: 65 ln 2 is 45.0546. */
export const MOST_GUMBEL: f32 = 45.06;

/**
 * No less than the gumbel of a word, as computed; above it by 0.06 at most where v is small and the word large.
 * -log(1 - v) >= v, so G <= -log v. With h = floor(word / 2), v >= 2^-31 h; and log2 h is no less than e + m, h = 2^e (1 + m),
 * which is what the bits of the float h say, read as an integer: 2^23 (127 + e + m).
 * Roundings, here and in G, add up to 2e-5; the margin is 1e-4.
 */
@inline
export function gumbelBound<V>(word: V): V {
  const h = fromInt<V>(shiftRightUnsigned<V>(word, 1));
  return sub<V>(splat<V>(109.51736), mul<V>(fromInt<V>(h), splat<V>(8.262958e-8))); // ln 2 (31 + 127) + 1e-4, ln 2 / 2^23
}

/** log(v / (1 - v)): minus the log-odds of the tail on the high side. Between -65 ln 2 and 65 ln 2. */
@inline
export function logistic<V>(tail: V): V {
  const a = absolute<V>(tail);
  return xor<V>(logNormal<V>(div<V>(a, sub<V>(splat<V>(1), a))), signOf<V>(tail));
}

/**
 * Box and Muller 1958: sqrt(2 E) (cos t, sin t), E exponential from the first element of a pair, t uniform from the word of
 * the second. t in quarter turns is quadrant + s: the top two bits, and the other thirty as s in (-1/2, 1/2). |z| <= 9.5.
 * The pairs whose firsts have their tails `at` bytes into the tile, to `out`.
 */
@inline
export function storeNormals<V>(out: usize, at: usize): void {
  const turn = seconds<V>(load<V>(words + 2 * at), load<V>(words + 2 * at + size<V>()));
  const radius = sqrt<V>(mul<V>(splat<V>(2), exponential<V>(load<V>(tails + at))));
  const fraction = subInt<V>(and<V>(turn, word<V>(0x3fffffff)), word<V>(1 << 29));
  const s = mul<V>(add<V>(fromInt<V>(fraction), splat<V>(0.5)), splat<V>(9.313225746154785e-10)); // 2^-30
  const c = mul<V>(radius, cosQuarter<V>(s));
  const d = mul<V>(radius, sinQuarter<V>(s));
  // Each quadrant turns (c, d) by 90 degrees: (c, d), (-d, c), (-c, -d), (d, -c). The top bit of `turn` is its sign.
  const odd = shiftLeft<V>(turn, 1);
  const swap = and<V>(xor<V>(c, d), shiftRight<V>(odd, 31));
  storePairs<V>(out, xor<V>(xor<V>(c, swap), signOf<V>(xor<V>(turn, odd))), xor<V>(xor<V>(d, swap), signOf<V>(turn)));
}
