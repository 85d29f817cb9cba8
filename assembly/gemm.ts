import { add, load, loadNext, loadSplat, mulAdd, size, splat, store, storeTransposed } from "./lanes";

/**
 * Matrix product C (+)= A B, C: f32[m][n] dense. A(i, p) and B(p, j) are addressed by strides, so that one kernel serves
 * the forward product and both gradients: a transpose is a swap of strides.
 *
 * Blocks of A (MC rows by KC) and B (KC by NC columns) are packed into panels of 4 rows and 8 columns, zero-padded at the
 * edges; a panel pair stays in the first-level cache while a 4 by 8 tile of C is held in registers.
 * Each element of C sums its products in the order of p, within blocks of KC, so the result depends on no blocking of
 * rows or columns, and both builds agree.
 * Source: Goto, van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
 */
const MC: usize = 128;
const KC: usize = 256;
const NC: usize = 512;

/** Bytes of `work` that gemm needs: one block of A, one of B, one tile of C. */
export function gemmWorkBytes(): usize {
  return (MC * KC + KC * NC + 32) << 2;
}

/** c: f32[m][n]; A(i, p) at a + 4 (i ai + p ap), B(p, j) at b + 4 (p bp + j bj); added to c when `accumulating`. */
export function gemm(
  c: usize, a: usize, b: usize, m: usize, n: usize, k: usize,
  ai: usize, ap: usize, bp: usize, bj: usize, accumulating: i32, work: usize,
): void {
  assert((ai == 1 || ap == 1) && (bp == 1 || bj == 1) && c != a && c != b);
  const blockB = work + ((MC * KC) << 2);
  const tile = blockB + ((KC * NC) << 2);
  for (let j: usize = 0; j < n; j += NC) {
    const nc = min(NC, n - j);
    for (let p: usize = 0; p < k; p += KC) {
      const kc = min(KC, k - p);
      pack(blockB, b + ((p * bp + j * bj) << 2), nc, kc, bj, bp, 8);
      for (let i: usize = 0; i < m; i += MC) {
        const mc = min(MC, m - i);
        pack(work, a + ((i * ai + p * ap) << 2), mc, kc, ai, ap, 4);
        multiplyBlocks(c + ((i * n + j) << 2), n, work, blockB, mc, nc, kc, accumulating != 0 || p > 0, tile);
      }
    }
  }
}

/**
 * Panels of `width` lines: element (line, p) of panel q goes to q (kc width) + p width + line, missing lines are 0.
 * One of the two strides is 1; reads are consecutive along it.
 */
function pack(out: usize, from: usize, lines: usize, kc: usize, lineStride: usize, stride: usize, width: usize): void {
  for (let line: usize = 0; line < lines; line += width, out += (kc * width) << 2) {
    const count = min(width, lines - line);
    const panel = from + ((line * lineStride) << 2);
    if (count < width) {
      memory.fill(out, 0, (kc * width) << 2);
      packPart(out, panel, count, 0, kc, lineStride, stride, width);
    } else if (lineStride == 1) {
      if (ASC_FEATURE_SIMD) packRuns<v128>(out, panel, kc, stride, width);
      else packRuns<f32>(out, panel, kc, stride, width);
    } else {
      const done = ASC_FEATURE_SIMD ? kc & ~3 : 0;
      if (ASC_FEATURE_SIMD) for (let l: usize = 0; l < width; l += 4) packTransposed(out, panel, l, done, lineStride, width);
      packPart(out, panel, width, done, kc, lineStride, stride, width);
    }
  }
}

/** Lines side by side in memory: runs of `width` floats. */
function packRuns<V>(out: usize, panel: usize, kc: usize, stride: usize, width: usize): void {
  for (let p: usize = 0; p < kc; p++, panel += stride << 2, out += width << 2)
    for (let i: usize = 0; i < width << 2; i += size<V>()) store<V>(out + i, load<V>(panel + i));
}

/** Four lines, each consecutive in p, four values of p at a time. */
function packTransposed(out: usize, panel: usize, line: usize, kc: usize, lineStride: usize, width: usize): void {
  const step = lineStride << 2;
  const from = panel + line * step;
  let to = out + (line << 2);
  for (let p: usize = 0; p < kc << 2; p += 16, to += width << 4) {
    const a = load<v128>(from + p);
    const b = load<v128>(from + step + p);
    const c = load<v128>(from + 2 * step + p);
    const d = load<v128>(from + 3 * step + p);
    storeTransposed<v128>(to, width << 2, a, b, c, d);
  }
}

/** The first `lines` lines of a panel from p0 on, one element at a time. */
function packPart(out: usize, panel: usize, lines: usize, p0: usize, kc: usize, lineStride: usize, stride: usize, width: usize): void {
  for (let line: usize = 0; line < lines; line++)
    for (let p = p0; p < kc; p++) f32.store(out + ((p * width + line) << 2), f32.load(panel + ((line * lineStride + p * stride) << 2)));
}

function multiplyBlocks(c: usize, n: usize, blockA: usize, blockB: usize, mc: usize, nc: usize, kc: usize, accumulating: bool, tile: usize): void {
  for (let j: usize = 0; j < nc; j += 8) {
    for (let i: usize = 0; i < mc; i += 4) {
      const panelA = blockA + ((i * kc) << 2);
      const panelB = blockB + ((j * kc) << 2);
      const at = c + ((i * n + j) << 2);
      if (i + 4 <= mc && j + 8 <= nc) multiplyPanels(at, n << 2, panelA, panelB, kc, accumulating);
      else {
        multiplyPanels(tile, 32, panelA, panelB, kc, false);
        copyTile(at, n << 2, tile, min(4, mc - i), min(8, nc - j), accumulating);
      }
    }
  }
}

@inline
function multiplyPanels(c: usize, stride: usize, a: usize, b: usize, kc: usize, accumulating: bool): void {
  if (ASC_FEATURE_SIMD) tile4x8(c, stride, a, b, kc, accumulating);
  else tile4x8Scalar(c, stride, a, b, kc, accumulating);
}

/** The valid rows and columns of an edge tile. */
function copyTile(c: usize, stride: usize, tile: usize, rows: usize, cols: usize, accumulating: bool): void {
  for (let i: usize = 0; i < rows; i++, c += stride, tile += 32) {
    for (let j: usize = 0; j < cols << 2; j += 4)
      f32.store(c + j, accumulating ? f32.load(c + j) + f32.load(tile + j) : f32.load(tile + j));
  }
}

/** C[4][8] (+)= sum over p of a[p][4] (outer) b[p][8], held in eight vectors. */
function tile4x8(c: usize, stride: usize, a: usize, b: usize, kc: usize, accumulating: bool): void {
  let c00 = splat<v128>(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (const end = a + (kc << 4); a < end; a += 16, b += 32) {
    const b0 = load<v128>(b);
    const b1 = loadNext<v128>(b);
    const a0 = loadSplat<v128>(a);
    c00 = mulAdd<v128>(a0, b0, c00);
    c01 = mulAdd<v128>(a0, b1, c01);
    const a1 = loadSplat<v128>(a + 4);
    c10 = mulAdd<v128>(a1, b0, c10);
    c11 = mulAdd<v128>(a1, b1, c11);
    const a2 = loadSplat<v128>(a + 8);
    c20 = mulAdd<v128>(a2, b0, c20);
    c21 = mulAdd<v128>(a2, b1, c21);
    const a3 = loadSplat<v128>(a + 12);
    c30 = mulAdd<v128>(a3, b0, c30);
    c31 = mulAdd<v128>(a3, b1, c31);
  }
  storeRow(c, c00, c01, accumulating);
  storeRow(c + stride, c10, c11, accumulating);
  storeRow(c + 2 * stride, c20, c21, accumulating);
  storeRow(c + 3 * stride, c30, c31, accumulating);
}

@inline
function storeRow(c: usize, low: v128, high: v128, accumulating: bool): void {
  if (accumulating) {
    low = add<v128>(load<v128>(c), low);
    high = add<v128>(load<v128>(c + 16), high);
  }
  store<v128>(c, low);
  store<v128>(c + 16, high);
}

/** The same sums, one element of C at a time. */
function tile4x8Scalar(c: usize, stride: usize, a: usize, b: usize, kc: usize, accumulating: bool): void {
  for (let i: usize = 0; i < 16; i += 4) {
    for (let j: usize = 0; j < 32; j += 4) {
      let sum: f32 = 0;
      for (let p: usize = 0; p < kc; p++) sum += f32.load(a + i + (p << 4)) * f32.load(b + j + (p << 5));
      const at = c + j;
      f32.store(at, accumulating ? f32.load(at) + sum : sum);
    }
    c += stride;
  }
}
