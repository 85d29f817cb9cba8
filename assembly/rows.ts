import { add, anyTrue, equal, load, loadTail, max, size, splat, store, storeTail } from "./lanes";

/**
 * Reductions over a row of f32 in memory. Sums run in f64, element k in accumulator k mod 4, folded as
 * (s0 + s2) + (s1 + s3): the vector build has no other choice, and the scalar build follows it, so that both give the
 * same bits. `bytes` is 4 * cols, any multiple of 4.
 */

/** The part of a row that fills whole vectors. */
@inline
export function whole<V>(bytes: usize): usize {
  return bytes & ~(size<V>() - 1);
}

/** row += x, element by element. */
@inline
export function addRowTo<V>(row: usize, x: usize, bytes: usize): void {
  let i: usize = 0;
  for (const end = whole<V>(bytes); i < end; i += size<V>()) store<V>(row + i, add<V>(load<V>(row + i), load<V>(x + i)));
  if (i < bytes) {
    const zero = splat<V>(0);
    storeTail<V>(row + i, bytes - i, add<V>(loadTail<V>(row + i, bytes - i, zero), loadTail<V>(x + i, bytes - i, zero)));
  }
}

export function addToRow(row: usize, x: usize, bytes: usize): void {
  if (ASC_FEATURE_SIMD) addRowTo<v128>(row, x, bytes);
  else addRowTo<f32>(row, x, bytes);
}

/** Largest element, +0 rather than -0. */
export function rowMax<V>(row: usize, bytes: usize): f32 {
  let best = splat<V>(-Infinity);
  let i: usize = 0;
  for (const end = whole<V>(bytes); i < end; i += size<V>()) best = max<V>(best, load<V>(row + i));
  if (i < bytes) best = max<V>(best, loadTail<V>(row + i, bytes - i, best));
  return largestLane<V>(best) + 0;
}

@inline
function largestLane<V>(x: V): f32 {
  if (isVector<V>()) {
    const pairs = f32x4.pmax(x, i64x2.shuffle(x, x, 1, 0));
    return f32x4.extract_lane(f32x4.pmax(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
  } else return x as f32;
}

/** Position of the largest element; of equals the first. */
export function rowArgmax<V>(row: usize, bytes: usize): usize {
  const best = rowMax<V>(row, bytes);
  let i: usize = 0;
  for (const end = whole<V>(bytes); i < end; i += size<V>()) if (anyTrue<V>(equal<V>(load<V>(row + i), splat<V>(best)))) break;
  while (f32.load(row + i) != best && i < bytes - 4) i += 4;
  return i >> 2;
}

export function rowSum<V>(row: usize, bytes: usize): f64 {
  if (isVector<V>()) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let i: usize = 0;
    for (const end = whole<V>(bytes); i < end; i += 16) {
      const x = v128.load(row + i);
      low = f64x2.add(low, f64x2.promote_low_f32x4(x));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1)));
    }
    if (i < bytes) {
      const x = loadTail<v128>(row + i, bytes - i, f32x4.splat(0));
      low = f64x2.add(low, f64x2.promote_low_f32x4(x));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1)));
    }
    return fold(low, high);
  } else {
    let s0: f64 = 0;
    let s1: f64 = 0;
    let s2: f64 = 0;
    let s3: f64 = 0;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      s0 += f64(f32.load(row + i));
      s1 += f64(f32.load(row + i, 4));
      s2 += f64(f32.load(row + i, 8));
      s3 += f64(f32.load(row + i, 12));
    }
    if (i < bytes) s0 += f64(f32.load(row + i));
    if (i + 4 < bytes) s1 += f64(f32.load(row + i, 4));
    if (i + 8 < bytes) s2 += f64(f32.load(row + i, 8));
    return s0 + s2 + (s1 + s3);
  }
}

/** Sum of a[k] * b[k], the products in f64 too. */
export function rowDot<V>(a: usize, b: usize, bytes: usize): f64 {
  if (isVector<V>()) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let i: usize = 0;
    for (const end = whole<V>(bytes); i < end; i += 16) {
      const x = v128.load(a + i);
      const y = v128.load(b + i);
      low = f64x2.add(low, productLow(x, y));
      high = f64x2.add(high, productLow(i64x2.shuffle(x, x, 1, 1), i64x2.shuffle(y, y, 1, 1)));
    }
    if (i < bytes) {
      const x = loadTail<v128>(a + i, bytes - i, f32x4.splat(0));
      const y = loadTail<v128>(b + i, bytes - i, f32x4.splat(0));
      low = f64x2.add(low, productLow(x, y));
      high = f64x2.add(high, productLow(i64x2.shuffle(x, x, 1, 1), i64x2.shuffle(y, y, 1, 1)));
    }
    return fold(low, high);
  } else {
    let s0: f64 = 0;
    let s1: f64 = 0;
    let s2: f64 = 0;
    let s3: f64 = 0;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      s0 += f64(f32.load(a + i)) * f64(f32.load(b + i));
      s1 += f64(f32.load(a + i, 4)) * f64(f32.load(b + i, 4));
      s2 += f64(f32.load(a + i, 8)) * f64(f32.load(b + i, 8));
      s3 += f64(f32.load(a + i, 12)) * f64(f32.load(b + i, 12));
    }
    if (i < bytes) s0 += f64(f32.load(a + i)) * f64(f32.load(b + i));
    if (i + 4 < bytes) s1 += f64(f32.load(a + i, 4)) * f64(f32.load(b + i, 4));
    if (i + 8 < bytes) s2 += f64(f32.load(a + i, 8)) * f64(f32.load(b + i, 8));
    return s0 + s2 + (s1 + s3);
  }
}

@inline
function productLow(x: v128, y: v128): v128 {
  return f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y));
}

@inline
function fold(low: v128, high: v128): f64 {
  const pairs = f64x2.add(low, high);
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}

/** out[k] += sum over rows of x[row][k], each column in f64 from the first row to the last. */
export function addColumnSums<V>(out: usize, x: usize, rows: usize, bytes: usize): void {
  let i: usize = 0;
  if (isVector<V>()) {
    for (const end = whole<V>(bytes); i < end; i += 16) {
      let low = f64x2.splat(0);
      let high = f64x2.splat(0);
      for (let row: usize = 0, at = x + i; row < rows; row++, at += bytes) {
        const v = v128.load(at);
        low = f64x2.add(low, f64x2.promote_low_f32x4(v));
        high = f64x2.add(high, f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1)));
      }
      const sums = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
      v128.store(out + i, f32x4.add(v128.load(out + i), sums));
    }
  }
  for (; i < bytes; i += 4) {
    let sum: f64 = 0;
    for (let row: usize = 0, at = x + i; row < rows; row++, at += bytes) sum += f64(f32.load(at));
    f32.store(out + i, f32.load(out + i) + f32(sum));
  }
}

/** 1 / sum of the vectors from `at` to `end`, lane by lane, each summed in f64 from the first to the last. */
export function inverseColumnSums<V>(at: usize, end: usize): V {
  if (isVector<V>()) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (; at < end; at += 16) {
      const x = v128.load(at);
      low = f64x2.add(low, f64x2.promote_low_f32x4(x));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1)));
    }
    const one = f64x2.splat(1);
    return i64x2.shuffle(
      f32x4.demote_f64x2_zero(f64x2.div(one, low)), f32x4.demote_f64x2_zero(f64x2.div(one, high)), 0, 2);
  } else {
    let sum: f64 = 0;
    for (; at < end; at += 4) sum += f64(f32.load(at));
    return f32(1 / sum) as V;
  }
}

/**
 * Adds a row to two whole numbers, each i64 high and low parts, 2^32 apart: of each element x the multiple of the last place of
 * `coarse` that is next to it, and of the rest that of `fine`, in these units. Whole numbers have one sum in any order. `coarse` and
 * `fine` are 1.5 * 2^n and above all x, and all rests. Writes 0 into what fills the last vector.
 * @returns whether none of them is NaN
 */
export function addWholes<V>(sums: usize, row: usize, bytes: usize, coarse: f64, fine: f64): bool {
  let upper: i64 = 0;
  let lower: i64 = 0;
  let check: f32 = 0;
  const end = row + bytes;
  if (isVector<V>()) {
    v128.store(end, f32x4.splat(0));
    const a = f64x2.splat(coarse);
    const b = f64x2.splat(fine);
    let uppers = i64x2.splat(0);
    let lowers = i64x2.splat(0);
    let checks = f32x4.splat(0);
    for (; row < end; row += 16) {
      const x = v128.load(row);
      checks = f32x4.add(checks, x);
      const p = f64x2.promote_low_f32x4(x);
      const q = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1));
      const pa = f64x2.add(p, a);
      const qa = f64x2.add(q, a);
      uppers = i64x2.add(uppers, i64x2.add(pa, qa));
      const pb = f64x2.add(f64x2.sub(p, f64x2.sub(pa, a)), b);
      const qb = f64x2.add(f64x2.sub(q, f64x2.sub(qa, a)), b);
      lowers = i64x2.add(lowers, i64x2.add(pb, qb));
    }
    upper = i64x2.extract_lane(uppers, 0) + i64x2.extract_lane(uppers, 1);
    lower = i64x2.extract_lane(lowers, 0) + i64x2.extract_lane(lowers, 1);
    check = i32x4.all_true(f32x4.eq(checks, checks)) ? 0 : NaN;
  } else {
    for (; row < end; row += 4) {
      const x = f32.load(row);
      check += x;
      const a = f64(x) + coarse;
      upper += reinterpret<i64>(a);
      lower += reinterpret<i64>(f64(x) - (a - coarse) + fine);
    }
  }
  // Bits of floats of one binade differ as the floats do.
  const count = i64((bytes + sizeof<V>() - 1) / sizeof<V>() * (sizeof<V>() / 4));
  keep(sums, upper - count * reinterpret<i64>(coarse));
  keep(sums + 16, lower - count * reinterpret<i64>(fine));
  return check == check;
}

function keep(at: usize, sum: i64): void {
  const low = i64.load(at, 8) + (sum & 0xffffffff);
  i64.store(at, i64.load(at) + (sum >> 32) + (low >> 32));
  i64.store(at, low & 0xffffffff, 8);
}
