import { absolute, allBelow, allTrue, and, lessThan, load, size, splat } from "./lanes";

/** Scans of an input: they answer where it is wrong. */

@inline
function isFinite<V>(x: V): V {
  return lessThan<V>(absolute<V>(x), splat<V>(Infinity));
}

function firstInvalid<V>(x: usize, n: usize): i32 {
  const end = x + (n << 2);
  let at = x;
  for (; at + 4 * size<V>() <= end; at += 4 * size<V>()) {
    const ab = and<V>(isFinite<V>(load<V>(at)), isFinite<V>(load<V>(at + size<V>())));
    const cd = and<V>(isFinite<V>(load<V>(at + 2 * size<V>())), isFinite<V>(load<V>(at + 3 * size<V>())));
    if (!allTrue<V>(and<V>(ab, cd))) break;
  }
  while (at < end && allTrue<f32>(isFinite<f32>(load<f32>(at)))) at += 4;
  if (at == end) return ALL_FINITE;
  for (; at < end; at += 4) if (!allBelow<f32>(load<f32>(at), Infinity)) return i32((at - x) >> 2);
  return SOME_ABSENT;
}

const ALL_FINITE = -1;
const SOME_ABSENT = -2;

/** Position of the first NaN or +Infinity among x: f32[n]. If there is none: -1 when all are finite, -2 when some are -Infinity. */
export function checkLogits(x: usize, n: usize): i32 {
  if (ASC_FEATURE_SIMD) return firstInvalid<v128>(x, n);
  else return firstInvalid<f32>(x, n);
}

/** The first row of x: f32[rows][cols] with fewer than k categories present, that is above -Infinity; -1 if there is none. */
export function checkPresent(x: usize, rows: usize, cols: usize, k: usize): i32 {
  for (let row: usize = 0; row < rows; row++, x += cols << 2) {
    let present: usize = 0;
    for (let i: usize = 0; i < cols && present < k; i++) if (f32.load(x + (i << 2)) > -Infinity) present++;
    if (present < k) return i32(row);
  }
  return -1;
}
