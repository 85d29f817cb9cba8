import { softmax } from "reparam";
import { by } from "../cases/case.ts";
import { gradients, logits, pixels } from "../data.ts";
import { type Area, both, input, type Kernels, output, work } from "./memory.ts";

/** A kernel of the core and a call of it. */
export interface Kernel {
  readonly name: string;
  readonly size: string;
  /** What is counted and timed: results, or what is read where the result is one number; products of a matrix product. */
  readonly elements: number;
  readonly flops?: number;
  readonly areas: () => readonly Area[];
  /** `at`: the addresses of the areas; `turn`: how many calls there were before. */
  readonly call: (kernels: Kernels, at: readonly number[], turn: number) => void;
}

const LARGE = 1 << 20;
/** With its result in the second-level cache of most machines. */
const MEDIUM = 1 << 16;
const VOCABULARY = 151_936;
const TAU = 0.5;

const KEY = [0x243f6a88, 0x85a308d3] as const;
/** A power of two; another key a call, in turn, as in bench/data.ts. */
const KEYS = 256;

const noise = (
  name: "noiseBits" | "noiseUniform" | "noiseExponential" | "noiseGumbel" | "noiseLogistic" | "noiseNormal",
): Kernel => ({
  name,
  size: "1M",
  elements: LARGE,
  areas: () => [output(LARGE)],
  call: (k, [out]) => k[name](out, LARGE / 4, ...KEY, 0, 0),
});

const elementwise = (
  name: "expForward" | "logForward" | "tanhForward" | "sigmoidForward" | "softplusForward",
  data: (n: number) => Float32Array,
): Kernel => ({
  name,
  size: "64k",
  elements: MEDIUM,
  areas: () => [input(data(MEDIUM)), output(MEDIUM)],
  call: (k, [x, y]) => k[name](y, x, MEDIUM),
});

const softmaxOf = (name: "softmaxForward" | "logSoftmaxForward", rows: number, cols: number): Kernel => ({
  name,
  size: by(rows, cols),
  elements: rows * cols,
  areas: () => [input(logits(rows * cols)), output(rows * cols), work(new Float64Array([TAU]))],
  call: (k, [x, y, tau]) => k[name](y, x, rows, cols, tau, 0),
});

const topK = (best: number): Kernel => ({
  name: "gumbelTopK",
  size: `${by(1, VOCABULARY)}, ${best}`,
  elements: VOCABULARY,
  areas: () => [input(logits(VOCABULARY)), work(new Int32Array(best)), work(new Float32Array(best))],
  call: (k, [x, indices, scores], turn) =>
    k.gumbelTopK(indices, scores, x, VOCABULARY, best, 0, KEY[0] ^ (turn % KEYS), KEY[1], 0, 0, 0, -Infinity),
});

const softmaxBackward = (rows: number, cols: number): Kernel => ({
  name: "softmaxBackward",
  size: by(rows, cols),
  elements: rows * cols,
  areas: () => [
    input(softmax(logits(rows * cols), { cols })),
    input(gradients(rows * cols)),
    both(new Float32Array(rows * cols)),
    work(new Float64Array([TAU])),
  ],
  call: (k, [y, dy, dx, tau]) => k.softmaxBackward(dx, y, dy, rows, cols, tau, 0),
});

const gemm = (n: number, workBytes: number): Kernel => ({
  name: "gemm",
  size: `${n}³`,
  elements: n ** 3,
  flops: 2 * n ** 3,
  areas: () => [input(logits(n * n)), input(gradients(n * n)), output(n * n), work(new Uint8Array(workBytes))],
  call: (k, [a, b, c, scratch]) => k.gemm(c, a, b, n, n, n, n, 1, n, 1, 0, scratch),
});

const WEIGHTS = 784 * 512;

export const kernelsOf = (core: Kernels): readonly Kernel[] => [
  noise("noiseBits"),
  noise("noiseUniform"),
  noise("noiseExponential"),
  noise("noiseGumbel"),
  noise("noiseLogistic"),
  noise("noiseNormal"),
  {
    name: "gumbelPerturb",
    size: "1M",
    elements: LARGE,
    areas: () => [input(logits(LARGE)), output(LARGE)],
    call: (k, [x, z]) => k.gumbelPerturb(z, x, LARGE / 4, ...KEY, 0, 0, 0),
  },
  softmaxOf("softmaxForward", 1024, 1024),
  softmaxOf("softmaxForward", 16384, 10),
  softmaxOf("logSoftmaxForward", 1024, 1024),
  softmaxBackward(1024, 1024),
  softmaxBackward(16384, 10),
  topK(1),
  topK(50),
  {
    name: "selectArgmax",
    size: by(1024, 1024),
    elements: LARGE,
    areas: () => [input(logits(LARGE)), work(new Int32Array(1024))],
    call: (k, [z, indices]) => k.selectArgmax(indices, z, 1024, 1024),
  },
  elementwise("expForward", logits),
  elementwise("logForward", pixels),
  elementwise("tanhForward", logits),
  elementwise("sigmoidForward", logits),
  elementwise("softplusForward", logits),
  gemm(512, core.gemmWorkBytes()),
  {
    name: "adamStep",
    size: by(784, 512),
    elements: WEIGHTS,
    areas: () => [
      both(logits(WEIGHTS)),
      input(gradients(WEIGHTS)),
      both(new Float32Array(WEIGHTS)),
      both(new Float32Array(WEIGHTS)),
    ],
    call: (k, [x, dx, m, v]) => k.adamStep(x, dx, m, v, WEIGHTS, 1e-3, 1, 0.9, 0.1, 0.999, 1e-3, 1e-8),
  },
  {
    name: "checkLogits",
    size: "1M",
    elements: LARGE,
    areas: () => [input(logits(LARGE))],
    call: (k, [x]) => void k.checkLogits(x, LARGE),
  },
];
