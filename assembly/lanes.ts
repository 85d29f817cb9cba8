/**
 * Elementwise operations on lanes. V is f32 (scalar build) or v128 (four lanes); the same text compiles to both.
 *
 * A lane is 32 bits: whether it holds a float or an integer is up to the operation that reads it. Comparisons give a
 * mask, all ones or all zeros. This file and rows.ts are the only ones that spell intrinsics.
 */

/** Bytes of one V: the step of a loop over memory. */
@inline
export function size<V>(): usize {
  return sizeof<V>();
}

/** Elements in one V. */
@inline
export function lanes<V>(): usize {
  return sizeof<V>() / 4;
}

// --- memory ---------------------------------------------------------------------------------------------------------

@inline
export function load<V>(at: usize): V {
  if (isVector<V>()) return v128.load(at);
  else return load_f32(at) as V;
}

/** The vector after the one at `at`: the distance is part of the instruction. */
@inline
export function loadNext<V>(at: usize): V {
  if (isVector<V>()) return v128.load(at, 16);
  else return load_f32(at + 4) as V;
}

@inline
export function store<V>(at: usize, x: V): void {
  if (isVector<V>()) v128.store(at, x);
  else store_f32(at, x as f32);
}

@inline
function load_f32(at: usize): f32 {
  return f32.load(at);
}

@inline
function store_f32(at: usize, x: f32): void {
  f32.store(at, x);
}

/** The last `bytes` (4, 8 or 12) of a row; the missing lanes hold `pad`. Only vectors have tails. */
@inline
export function loadTail<V>(at: usize, bytes: usize, pad: V): V {
  if (isVector<V>()) {
    let x = bytes == 4 ? v128.load32_zero(at) : v128.load64_zero(at);
    if (bytes == 12) x = v128.load32_lane(at, x, 2, 8);
    return v128.bitselect(x, pad, v128.load(TAIL_MASKS + bytes * 4 - 16));
  } else return pad;
}

@inline
export function storeTail<V>(at: usize, bytes: usize, x: V): void {
  if (isVector<V>()) {
    if (bytes == 4) v128.store32_lane(at, x, 0);
    else {
      v128.store64_lane(at, x, 0);
      if (bytes == 12) v128.store32_lane(at, x, 2, 8);
    }
  }
}

/** Masks of the first one, two and three lanes. */
const TAIL_MASKS = memory.data<u32>([~0, 0, 0, 0, ~0, ~0, 0, 0, ~0, ~0, ~0, 0], 16);

/**
 * Stores the transpose of four vectors: element i of a, b, c, d side by side at `at + i * stride`.
 * For f32 it is the one row a, b, c, d.
 */
@inline
export function storeTransposed<V>(at: usize, stride: usize, a: V, b: V, c: V, d: V): void {
  if (isVector<V>()) {
    const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const cd0 = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const cd1 = i32x4.shuffle(c, d, 2, 6, 3, 7);
    v128.store(at, i64x2.shuffle(ab0, cd0, 0, 2));
    v128.store(at + stride, i64x2.shuffle(ab0, cd0, 1, 3));
    v128.store(at + 2 * stride, i64x2.shuffle(ab1, cd1, 0, 2));
    v128.store(at + 3 * stride, i64x2.shuffle(ab1, cd1, 1, 3));
  } else {
    store_f32(at, a as f32);
    store_f32(at + 4, b as f32);
    store_f32(at + 8, c as f32);
    store_f32(at + 12, d as f32);
  }
}

/** One float in every lane. */
@inline
export function loadSplat<V>(at: usize): V {
  if (isVector<V>()) return v128.load32_splat(at);
  else return load_f32(at) as V;
}

// --- floats ---------------------------------------------------------------------------------------------------------

@inline
export function splat<V>(x: f32): V {
  if (isVector<V>()) return f32x4.splat(x);
  else return x as V;
}

@inline
export function add<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.add(a, b);
  else return a + b;
}

@inline
export function sub<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.sub(a, b);
  else return a - b;
}

@inline
export function mul<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.mul(a, b);
  else return a * b;
}

@inline
export function div<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.div(a, b);
  else return a / b;
}

/** a * b + c, rounded twice: fused products differ between machines, so there are none here. */
@inline
export function mulAdd<V>(a: V, b: V, c: V): V {
  return add<V>(mul<V>(a, b), c);
}

@inline
export function sqrt<V>(x: V): V {
  if (isVector<V>()) return f32x4.sqrt(x);
  else return f32.sqrt(x as f32) as V;
}

@inline
export function nearest<V>(x: V): V {
  if (isVector<V>()) return f32x4.nearest(x);
  else return f32.nearest(x as f32) as V;
}

/** a < b ? b : a, so NaN in `a` survives. */
@inline
export function max<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.pmax(a, b);
  else return select(b, a, a < b);
}

/** b < a ? b : a, so NaN in `a` survives. */
@inline
export function min<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.pmin(a, b);
  else return select(b, a, b < a);
}

@inline
export function lessThan<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.lt(a, b);
  else return mask(a < b) as V;
}

@inline
export function atMost<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.le(a, b);
  else return mask(a <= b) as V;
}

@inline
export function equal<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.eq(a, b);
  else return mask(a == b) as V;
}

@inline
function mask(condition: bool): f32 {
  return reinterpret<f32>(-i32(condition));
}

/** (f64(x) - shift) * scale - n, the subtraction and the product in double precision, rounded once to f32. */
@inline
export function residual<V>(x: V, shift: f64, scale: f64, n: V): V {
  if (isVector<V>()) {
    const s = f64x2.splat(shift);
    const c = f64x2.splat(scale);
    const low = f64x2.sub(f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(x), s), c), f64x2.promote_low_f32x4(n));
    const xh = i64x2.shuffle(x, x, 1, 1);
    const nh = i64x2.shuffle(n, n, 1, 1);
    const high = f64x2.sub(f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(xh), s), c), f64x2.promote_low_f32x4(nh));
    return i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
  } else return f32((f64(x) - shift) * scale - f64(n)) as V;
}

// --- integers -------------------------------------------------------------------------------------------------------

@inline
export function word<V>(x: u32): V {
  if (isVector<V>()) return i32x4.splat(x);
  else return reinterpret<f32>(x) as V;
}

/** x, x + 1, ... along the lanes. */
@inline
export function count<V>(x: u32): V {
  if (isVector<V>()) return i32x4.add(i32x4.splat(x), i32x4(0, 1, 2, 3));
  else return reinterpret<f32>(x) as V;
}

@inline
function bits<V>(x: V): i32 {
  return reinterpret<i32>(x as f32);
}

@inline
function lane<V>(x: i32): V {
  return reinterpret<f32>(x) as V;
}

@inline
export function addInt<V>(a: V, b: V): V {
  if (isVector<V>()) return i32x4.add(a, b);
  else return lane<V>(bits<V>(a) + bits<V>(b));
}

@inline
export function subInt<V>(a: V, b: V): V {
  if (isVector<V>()) return i32x4.sub(a, b);
  else return lane<V>(bits<V>(a) - bits<V>(b));
}

/** Low half of the 64-bit product. */
@inline
export function mulLow<V>(a: V, b: V): V {
  if (isVector<V>()) return i32x4.mul(a, b);
  else return lane<V>(bits<V>(a) * bits<V>(b));
}

/** High half of the unsigned 64-bit product. */
@inline
export function mulHigh<V>(a: V, b: V): V {
  if (isVector<V>())
    return i32x4.shuffle(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
  else return lane<V>(i32((u64(u32(bits<V>(a))) * u64(u32(bits<V>(b)))) >> 32));
}

@inline
export function and<V>(a: V, b: V): V {
  if (isVector<V>()) return v128.and(a, b);
  else return lane<V>(bits<V>(a) & bits<V>(b));
}

@inline
export function or<V>(a: V, b: V): V {
  if (isVector<V>()) return v128.or(a, b);
  else return lane<V>(bits<V>(a) | bits<V>(b));
}

/** a where `mask` is not set, else 0. */
@inline
export function andNot<V>(a: V, mask: V): V {
  if (isVector<V>()) return v128.andnot(a, mask);
  else return lane<V>(bits<V>(a) & ~bits<V>(mask));
}

@inline
export function xor<V>(a: V, b: V): V {
  if (isVector<V>()) return v128.xor(a, b);
  else return lane<V>(bits<V>(a) ^ bits<V>(b));
}

@inline
export function shiftLeft<V>(a: V, by: i32): V {
  if (isVector<V>()) return i32x4.shl(a, by);
  else return lane<V>(bits<V>(a) << by);
}

/** Arithmetic shift: the sign is repeated. */
@inline
export function shiftRight<V>(a: V, by: i32): V {
  if (isVector<V>()) return i32x4.shr_s(a, by);
  else return lane<V>(bits<V>(a) >> by);
}

/** Zeros come in from the left. */
@inline
export function shiftRightUnsigned<V>(a: V, by: i32): V {
  if (isVector<V>()) return i32x4.shr_u(a, by);
  else return lane<V>(i32(u32(bits<V>(a)) >> by));
}

@inline
export function minUint<V>(a: V, b: V): V {
  if (isVector<V>()) return i32x4.min_u(a, b);
  else return select(a, b, u32(bits<V>(a)) < u32(bits<V>(b)));
}

@inline
export function lessThanInt<V>(a: V, b: V): V {
  if (isVector<V>()) return i32x4.lt_s(a, b);
  else return mask(bits<V>(a) < bits<V>(b)) as V;
}

@inline
export function lessThanUint<V>(a: V, b: V): V {
  if (isVector<V>()) return i32x4.lt_u(a, b);
  else return mask(u32(bits<V>(a)) < u32(bits<V>(b))) as V;
}

@inline
export function fromInt<V>(a: V): V {
  if (isVector<V>()) return f32x4.convert_i32x4_s(a);
  else return f32(bits<V>(a)) as V;
}

@inline
export function fromUint<V>(a: V): V {
  if (isVector<V>()) return f32x4.convert_i32x4_u(a);
  else return f32(u32(bits<V>(a))) as V;
}

// --- masks ----------------------------------------------------------------------------------------------------------

/** mask ? yes : no, lane by lane. */
@inline
export function choose<V>(yes: V, no: V, mask: V): V {
  if (isVector<V>()) return v128.bitselect(yes, no, mask);
  else return select(yes, no, bits<V>(mask) != 0);
}

@inline
export function anyTrue<V>(mask: V): bool {
  if (isVector<V>()) return v128.any_true(mask);
  else return bits<V>(mask) != 0;
}

@inline
export function allTrue<V>(mask: V): bool {
  if (isVector<V>()) return i32x4.all_true(mask);
  else return bits<V>(mask) != 0;
}

/** False too where a lane is NaN. */
@inline
export function allBelow<V>(x: V, limit: f32): bool {
  return allTrue<V>(lessThan<V>(x, splat<V>(limit)));
}

@inline
export function negate<V>(x: V): V {
  return xor<V>(x, word<V>(0x80000000));
}

@inline
export function absolute<V>(x: V): V {
  return and<V>(x, word<V>(0x7fffffff));
}

/** The sign bit alone. */
@inline
export function signOf<V>(x: V): V {
  return and<V>(x, word<V>(0x80000000));
}

/** |x| with the sign of `sign`. */
@inline
export function withSignOf<V>(x: V, sign: V): V {
  return or<V>(absolute<V>(x), signOf<V>(sign));
}

// --- pairs: two neighbours a, b hold sizeof<V>() / 4 pairs of elements ------------------------------------------------

@inline
export function firsts<V>(a: V, b: V): V {
  if (isVector<V>()) return i32x4.shuffle(a, b, 0, 2, 4, 6);
  else return a;
}

@inline
export function seconds<V>(a: V, b: V): V {
  if (isVector<V>()) return i32x4.shuffle(a, b, 1, 3, 5, 7);
  else return b;
}

/** Stores the pairs (first, second) side by side. */
@inline
export function storePairs<V>(at: usize, first: V, second: V): void {
  if (isVector<V>()) {
    v128.store(at, i32x4.shuffle(first, second, 0, 4, 1, 5), 0);
    v128.store(at, i32x4.shuffle(first, second, 2, 6, 3, 7), 16);
  } else {
    store<V>(at, first);
    store<V>(at + sizeof<V>(), second);
  }
}
