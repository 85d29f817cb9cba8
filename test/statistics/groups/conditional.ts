import {
  categorical,
  conditionalGumbel,
  foldIn,
  gumbel,
  importanceWeights,
  type Key,
  streamReservoir,
  streamTopK,
  topDownGumbel,
  truncatedGumbel,
} from "reparam";
import { argmax, logSumExp, softmax } from "../../reference/relax.ts";
import { cdf } from "../../reference/statistics.ts";
import { type Job, job, keyFor } from "../job.ts";
import type { Outcome } from "../outcome.ts";
import { chiSquareTest, ksTest } from "../tools/law.ts";
import { momentTests, Powers } from "../tools/moments.ts";
import { tuplesTest } from "../tools/tuples.ts";
import { FEW, plackettLuce, repeat } from "./categorical.ts";

const ROWS = 1e6;
/** Of unlike weights: the rarest is drawn once in 135 times. */
export const LOGITS = Float32Array.of(1.5, -0.5, 0, -3);
const cols = LOGITS.length;
const many = repeat(LOGITS, ROWS);
const total = logSumExp(LOGITS);

/** Entry j of each row. */
const column = (z: Float32Array, j: number): Float32Array =>
  Float32Array.from({ length: z.length / cols }, (_, row) => z[row * cols + j]);

/**
 * Rows with the law of LOGITS + gumbel: every entry Gumbel about its logit; the largest Gumbel about their logSumExp and
 * independent of where it is; the two largest an ordered draw without replacement.
 */
export function perturbedTests(name: string, z: Float32Array): Outcome[] {
  const BINS = 20;
  const rows = z.length / cols;
  const levels = new Float64Array(rows);
  const places = new Float64Array(cols * BINS);
  const pairs = new Int32Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    const entries = z.slice(row * cols, (row + 1) * cols);
    const first = argmax(entries);
    levels[row] = cdf.gumbel(entries[first] - total);
    places[first * BINS + Math.min(BINS - 1, Math.floor(levels[row] * BINS))]++;
    entries[first] = Number.NEGATIVE_INFINITY;
    pairs.set([first, argmax(entries)], 2 * row);
  }
  const p = softmax(LOGITS);
  return [
    ...Array.from(LOGITS, (x, j) =>
      ksTest(`${name}: entry ${j} Gumbel about its logit`, column(z, j), (v) => cdf.gumbel(v - x)),
    ),
    ksTest(`${name}: largest Gumbel about logSumExp`, levels, cdf.uniform),
    chiSquareTest(
      `${name}: largest independent of its place`,
      places,
      p.flatMap((each) => new Array<number>(BINS).fill((each / BINS) * rows)),
    ),
    tuplesTest(`${name}: law of the ordered pair of the largest`, pairs, plackettLuce(p, 2)),
  ];
}

const conditionalJob = (name = "conditionalGumbel"): Job =>
  job(name, () => {
    const index = categorical(foldIn(keyFor(name), 0), many, { cols });
    return perturbedTests(name, conditionalGumbel(foldIn(keyFor(name), 1), many, { cols, index }));
  });

const topDownJob = (name = "topDownGumbel"): Job =>
  job(name, () => {
    const max = gumbel(foldIn(keyFor(name), 0), ROWS).map((g) => g + total);
    return perturbedTests(name, topDownGumbel(foldIn(keyFor(name), 1), many, { cols, max }));
  });

/** P(logit + G <= x | logit + G <= bound) */
function truncatedJob(bound: number): Job {
  const name = `truncatedGumbel below ${bound}`;
  return job(name, () => {
    const z = truncatedGumbel(keyFor(name), many, { cols, bound });
    return Array.from(LOGITS, (x, j) =>
      ksTest(`${name}: entry ${j}`, column(z, j), (v) => Math.exp(Math.min(0, Math.exp(x - bound) - Math.exp(x - v)))),
    );
  });
}

/** With k = 3 the weights have a variance: they are large as rarely as the fourth largest score is. */
function weightsJob(k = 3): Job {
  const name = `importanceWeights of ${FEW.length}, k = ${k}`;
  const functions = [
    { what: "the index", f: (i: number) => i },
    { what: "the rarest category", f: (i: number) => Number(i === 5) },
  ];
  return job(name, () => {
    const { indices, weights } = importanceWeights(keyFor(name), repeat(FEW, ROWS), { k, cols: FEW.length });
    return functions.flatMap(({ what, f }) => {
      const estimates = Float64Array.from({ length: ROWS }, (_, row) => {
        let sum = 0;
        for (let at = row * k; at < (row + 1) * k; at++) sum += weights[at] * f(indices[at]);
        return sum;
      });
      const powers = new Powers(softmax(FEW).reduce((sum, p, i) => sum + p * f(i), 0));
      powers.add(estimates);
      const variance = powers.second / powers.n;
      return momentTests(`${name}, of ${what}`, powers, { variance, fourthCentralMoment: Infinity });
    });
  });
}

const STREAMS = 200_000;

/** Pairs of a stream in chunks whose bounds differ from draw to draw. */
function streamJob(name: string, draw: (key: Key, cut: number) => ArrayLike<number>): Job {
  return job(name, () => {
    const key = keyFor(name);
    const pairs = new Int32Array(2 * STREAMS);
    for (let i = 0; i < STREAMS; i++) pairs.set(draw(foldIn(key, i), 1 + (i % (FEW.length - 1))), 2 * i);
    return [tuplesTest(`${name}: law of the ordered pair`, pairs, plackettLuce(softmax(FEW), 2))];
  });
}

const ITEMS = Array.from(FEW, (_, i) => i);

const streamJobs = [
  streamJob(
    "streamTopK, two chunks",
    (key, cut) => streamTopK(key, { k: 2 }).push(FEW.subarray(0, cut)).push(FEW.subarray(cut)).result().indices,
  ),
  streamJob("streamReservoir, two streams merged", (key, cut) => {
    const rest = streamReservoir<number>(key, { k: 2, offset: cut }).push(ITEMS.slice(cut), FEW.subarray(cut));
    const first = streamReservoir<number>(key, { k: 2 }).push(ITEMS.slice(0, cut), FEW.subarray(0, cut));
    return first.merge(rest.state).result().items;
  }),
];

export const conditionalJobs: readonly Job[] = [
  weightsJob(),
  ...streamJobs,
  conditionalJob(),
  topDownJob(),
  ...[-1, 0.5, 4].map(truncatedJob),
];
