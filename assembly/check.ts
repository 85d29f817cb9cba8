import { allBelow, load, size } from "./lanes";
import { whole } from "./rows";

/** Scans that the bindings run before a kernel: they answer where an input is wrong, or -1. */

function firstInvalid<V>(x: usize, n: usize): i32 {
  const bytes = n << 2;
  let i: usize = 0;
  for (const end = whole<V>(bytes); i < end; i += size<V>()) if (!allBelow<V>(load<V>(x + i), Infinity)) break;
  for (; i < bytes; i += 4) if (!(f32.load(x + i) < Infinity)) return i32(i >> 2);
  return -1;
}

/** Position of the first NaN or +Infinity among x: f32[n]. */
export function checkLogits(x: usize, n: usize): i32 {
  if (ASC_FEATURE_SIMD) return firstInvalid<v128>(x, n);
  else return firstInvalid<f32>(x, n);
}

/** The first row of x: f32[rows][cols] with fewer than k categories present, that is above -Infinity. */
export function checkPresent(x: usize, rows: usize, cols: usize, k: usize): i32 {
  for (let row: usize = 0; row < rows; row++, x += cols << 2) {
    let present: usize = 0;
    for (let i: usize = 0; i < cols && present < k; i++) if (f32.load(x + (i << 2)) > -Infinity) present++;
    if (present < k) return i32(row);
  }
  return -1;
}
