import type { Kernels } from "./builds.ts";
import { mulberry32 } from "./reference/statistics.ts";

export type Result = [name: string, bits: Uint32Array];

/** Where a case puts its inputs and reads its results; arrays of the same seed hold the same numbers in every build. */
export interface Memory {
  /** Random numbers in (-size, size). */
  floats(n: number, size?: number): number;
  /** Random numbers from `least` on. */
  above(n: number, least: number): number;
  values(x: readonly number[]): number;
  doubles(x: readonly number[]): number;
  zeros(n: number): number;
  read(name: string, at: number, n: number): Result;
  number(name: string, x: number): Result;
}

type Case = (kernels: Kernels, memory: Memory, seed: number) => Result[];

const SPECIAL = [0, -0, 1e-45, -1e-40, 0.625, -88.5, 90, -104, 3e38, -3e38, Infinity, -Infinity];

/** Rows and columns of a seed: 1 to 9, and 1 to 50 so that each remainder modulo 4 is met. */
function shapeOf(seed: number): { rows: number; cols: number; n: number } {
  const [rows, cols] = [1 + (seed % 9), 1 + ((seed * 7) % 50)];
  return { rows, cols, n: rows * cols };
}

const activations: Case = (k, m, seed) => {
  const { n } = shapeOf(seed);
  const functions = ["relu", "tanh", "sigmoid", "softplus", "exp", "log"] as const;
  return functions.flatMap((f) => {
    const [y, dx] = [m.zeros(n + SPECIAL.length), m.floats(n)];
    const x = f === "log" ? m.above(n + SPECIAL.length, 1e-3) : m.floats(n + SPECIAL.length, 10 ** (seed % 3));
    k[`${f}Forward`](y, x, n);
    k[`${f}Backward`](dx, f === "softplus" || f === "log" ? x : y, m.floats(n), n);
    const special = m.zeros(SPECIAL.length);
    k[`${f}Forward`](special, m.values(f === "log" ? SPECIAL.map(Math.abs) : SPECIAL), SPECIAL.length);
    return [
      m.read(`${f}Forward`, y, n),
      m.read(`${f}Backward`, dx, n),
      m.read(`${f} special`, special, SPECIAL.length),
    ];
  });
};

const arithmetic: Case = (k, m, seed) => {
  const { rows, cols, n } = shapeOf(seed);
  const binary = (["add", "sub", "mul", "div"] as const).map((f) => {
    const out = m.zeros(n);
    k[`${f}Forward`](out, m.floats(n), m.above(n, 0.1), n);
    return m.read(f, out, n);
  });
  const [scaled, filled, a, product, quotient] = [m.zeros(n), m.zeros(n), m.floats(n), m.floats(n), m.floats(n)];
  k.scale(scaled, m.floats(n), 0.3, n);
  k.fill(filled, 0.7, n);
  k.accumulate(a, m.floats(n), -1.7, n);
  k.accumulateProduct(product, m.floats(n), m.floats(n), 0.9, n);
  k.accumulateQuotient(quotient, m.floats(n), m.above(n, 0.1), 0.9, n);
  const [byRow, byColumn, copied, added] = [m.zeros(n), m.zeros(n), m.zeros(rows * (cols + 2)), m.floats(n)];
  k.repeatRow(byRow, m.floats(cols), rows, cols);
  k.repeatColumn(byColumn, m.floats(rows), rows, cols);
  k.copyRows(copied, cols + 2, m.floats(n), cols, rows, cols);
  k.addRow(added, m.floats(cols), rows, cols);
  const [rowSums, columnSums] = [m.floats(rows), m.floats(cols)];
  k.sumRows(rowSums, m.floats(n, 100), 1 / 3, rows, cols);
  k.sumColumns(columnSums, m.floats(n, 100), rows, cols);
  return [
    ...binary,
    m.read("scale", scaled, n),
    m.read("fill", filled, n),
    m.read("accumulate", a, n),
    m.read("accumulateProduct", product, n),
    m.read("accumulateQuotient", quotient, n),
    m.read("repeatRow", byRow, n),
    m.read("repeatColumn", byColumn, n),
    m.read("copyRows", copied, rows * (cols + 2)),
    m.read("addRow", added, n),
    m.read("sumRows", rowSums, rows),
    m.read("sumColumns", columnSums, cols),
    m.number("sumOfSquares", k.sumOfSquares(m.floats(n), n)),
  ];
};

const check: Case = (k, m, seed) => {
  const { rows, cols, n } = shapeOf(seed);
  const bad = Array.from({ length: n }, (_, i) => (i % 11 === seed % 13 ? Infinity : i % 3 === 0 ? -Infinity : i));
  return [
    m.number("checkLogits", k.checkLogits(m.values(bad), n)),
    m.number("checkLogits of valid ones", k.checkLogits(m.floats(n), n)),
    m.number("checkPresent", k.checkPresent(m.values(bad), rows, cols, Math.ceil(cols / 2))),
  ];
};

const conditional: Case = (k, m, seed) => {
  const { rows, cols, n } = shapeOf(seed);
  const [z, p] = [m.floats(n, 10 ** (seed % 4)), m.zeros(n)];
  const peaks = seed & 1 ? m.values(new Array<number>(rows).fill(Infinity)) : m.above(rows, 10 ** (seed % 4));
  k.conditionalShift(z, m.floats(rows, 10), peaks, rows, cols);
  k.conditionalExceed(p, m.floats(n, 10), seed % 5 === 0 ? -Infinity : 1.5, n);
  return [m.read("conditionalShift", z, n), m.read("conditionalExceed", p, n)];
};

/** Sizes about the panels of 4 and 8 and, now and then, beyond the blocks of 128, 512 and 256; every pair of strides. */
const gemm: Case = (k, m, seed) => {
  const random = mulberry32(seed);
  const size = (block: number): number => 1 + (seed % 10 === 9 ? block + (random() % 9) : random() % 37);
  const [rows, cols, inner] = [size(128), size(512), size(256)];
  const [ai, ap] = seed & 1 ? [1, rows] : [inner, 1];
  const [bp, bj] = seed & 2 ? [1, inner] : [cols, 1];
  const [c, work] = [m.floats(rows * cols), m.zeros(k.gemmWorkBytes() / 4)];
  k.gemm(c, m.floats(rows * inner), m.floats(inner * cols), rows, cols, inner, ai, ap, bp, bj, (seed >> 2) & 1, work);
  return [m.read(`gemm ${rows} x ${inner} x ${cols}`, c, rows * cols)];
};

const likelihood: Case = (k, m, seed) => {
  const { rows, cols, n } = shapeOf(seed);
  const work = m.zeros(cols + 3);
  const [logits, targets] = [m.floats(n, 10), m.above(n, 0)];
  const [y, d, dTargets, dy] = [m.zeros(rows), m.floats(n), m.floats(n), m.floats(rows)];
  k.bernoulliForward(y, logits, targets, work, rows, cols);
  k.bernoulliBackward(d, logits, targets, dy, work, rows, cols);
  k.bernoulliTargetsBackward(dTargets, logits, dy, rows, cols);
  const [logQ, logP, tau] = [m.zeros(n), m.zeros(n), m.doubles([1])];
  k.logSoftmaxForward(logQ, logits, rows, cols, tau, 0);
  k.logSoftmaxForward(logP, m.floats(n), rows, cols, tau, 0);
  const [kl, dq, dp] = [m.zeros(rows), m.floats(n), m.floats(n)];
  const priorStep = seed & 1 ? 4 * cols : 0;
  k.categoricalKlForward(kl, logQ, logP, priorStep, work, rows, cols);
  k.categoricalKlBackward(dq, logQ, logP, priorStep, kl, dy, work, rows, cols);
  k.categoricalKlPriorBackward(dp, logQ, logP, dy, work, rows, cols);
  return [
    m.read("bernoulliForward", y, rows),
    m.read("bernoulliBackward", d, n),
    m.read("bernoulliTargetsBackward", dTargets, n),
    m.read("categoricalKlForward", kl, rows),
    m.read("categoricalKlBackward", dq, n),
    m.read("categoricalKlPriorBackward", dp, n),
  ];
};

const noise: Case = (k, m, seed) => {
  const blocks = 1 + ((seed * 11) % 90);
  const room = blocks * 4 + 32;
  const kernels = ["Bits", "Uniform", "Exponential", "Gumbel", "Logistic", "Normal"] as const;
  const results = kernels.map((f) => {
    const out = m.zeros(room);
    k[`noise${f}`](out, blocks, seed, 99, 2 ** 32 - 1 - seed, seed);
    return m.read(f, out, blocks * 4);
  });
  const [block, z] = [m.zeros(4), m.zeros(room)];
  k.noiseBlock(block, seed, 1, 2, 3, 4, 5);
  k.gumbelPerturb(z, m.floats(room), blocks, seed, 99, 7, 0, seed % 3);
  const best = Math.min(1 + (seed % 20), blocks * 4);
  const [indices, scores] = [m.zeros(best), m.zeros(best)];
  k.gumbelTopK(indices, scores, m.floats(room, 10), blocks * 4, best, seed % 4, seed, 99, 7, 0, seed % 3, -Infinity);
  return [
    ...results,
    m.read("noiseBlock", block, 4),
    m.read("gumbelPerturb", z, blocks * 4),
    m.read("gumbelTopK indices", indices, best),
    m.read("gumbelTopK scores", scores, best),
  ];
};

const optimizer: Case = (k, m, seed) => {
  const { n } = shapeOf(seed);
  const [x, mean, square] = [m.floats(n), m.floats(n), m.above(n, 0)];
  k.adamStep(x, m.floats(n), mean, square, n, 1e-3, 1.25, 0.9, 0.1, 0.999, 1e-3, 1e-8);
  const [moved, velocity] = [m.floats(n), m.floats(n)];
  k.sgdStep(moved, m.floats(n), velocity, n, 0.1, 0.9);
  const arrays = { x, mean, square, moved, velocity };
  return Object.entries(arrays).map(([name, at]) => m.read(name, at, n));
};

const select: Case = (k, m, seed) => {
  const { rows, cols, n } = shapeOf(seed);
  const few = Array.from({ length: n }, (_, i) => (i * 7919) % 5); // many ties
  const [z, best] = [seed & 1 ? m.values(few) : m.floats(n), 1 + (seed % cols)];
  const [arg, hot, indices, scores] = [m.zeros(2 * rows), m.zeros(n), m.zeros(rows * best), m.zeros(rows * best)];
  k.selectArgmax(arg, z, rows, cols);
  k.selectOneHot(hot, z, rows, cols);
  k.selectTopK(indices, scores, z, rows, cols, best);
  return [
    m.read("selectArgmax", arg, rows),
    m.read("selectOneHot", hot, n),
    m.read("selectTopK indices", indices, rows * best),
    m.read("selectTopK scores", scores, rows * best),
  ];
};

const softmax: Case = (k, m, seed) => {
  const { rows, cols, n } = shapeOf(seed);
  const tau = m.doubles(Array.from({ length: rows }, (_, r) => 0.3 + r));
  const step = seed & 1 ? 8 : 0;
  const [x, y, log, total] = [m.floats(n, 10 ** (seed % 4)), m.zeros(n), m.zeros(n), m.zeros(rows)];
  const [dx, dLog, dTotal, work] = [m.floats(n), m.floats(n), m.floats(n), m.zeros(1024)];
  k.softmaxForward(y, x, rows, cols, tau, step);
  k.logSoftmaxForward(log, x, rows, cols, tau, step);
  k.logSumExpForward(total, x, work, rows, cols, tau, step);
  k.softmaxBackward(dx, y, m.floats(n), rows, cols, tau, step);
  k.logSoftmaxBackward(dLog, log, m.floats(n), rows, cols, tau, step);
  k.logSumExpBackward(dTotal, x, m.floats(rows), work, rows, cols, tau, step);
  const [part, whole] = [m.doubles([0, 0, 0, 0, 0, 0]), m.doubles([0.1 + (seed % 5)])];
  k.logSumExpPart(part, x, work, n, whole);
  const arrays = { y, log, dx, dLog, dTotal };
  return [
    m.read("logSumExpForward", total, rows),
    m.read("logSumExpPart", part, 12),
    m.number("logSumExpTotal", k.logSumExpTotal(part, whole)),
    ...Object.entries(arrays).map(([name, at]) => m.read(name, at, n)),
  ];
};

/** By file of assembly/: each runs all kernels of its file at the sizes of a seed. */
export const KERNEL_CASES: Record<string, Case> = {
  activations,
  arithmetic,
  check,
  conditional,
  gemm,
  likelihood,
  "noise and gumbel": noise,
  optimizer,
  select,
  softmax,
};
