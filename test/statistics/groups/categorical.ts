import { categorical, foldIn, topK } from "reparam";
import { softmax } from "../../reference/relax.ts";
import { mulberry32 } from "../../reference/statistics.ts";
import { countingJob, type Job, job, keyFor } from "../job.ts";
import { hitsTest } from "../tools/hits.ts";
import { chiSquareTest } from "../tools/law.ts";
import { type Likely, tuplesTest } from "../tools/tuples.ts";

/** Logits like those of a language model: log-weights that fall as a power of a shuffled rank. */
export function zipf(cols: number, seed: number): Float32Array {
  const random = mulberry32(seed);
  const logits = Float32Array.from({ length: cols }, (_, rank) => -1.1 * Math.log(rank + 1));
  for (let i = cols - 1; i > 0; i--) {
    const j = random() % (i + 1);
    [logits[i], logits[j]] = [logits[j], logits[i]];
  }
  return logits;
}

export const tally = (values: Int32Array, size: number): Float64Array => {
  const counts = new Float64Array(size);
  for (const value of values) counts[value]++;
  return counts;
};

interface Setting {
  readonly cols: number;
  readonly draws: number;
  readonly parts?: number;
  /** Every so many categories one that stays; the others are -Infinity. */
  readonly keep?: number;
}

/** Each draw of 100 000 categories takes 0.15 ms: a tenth of the draws, unless all but few categories are absent. */
const SETTINGS: readonly Setting[] = [
  { cols: 2, draws: 1e6 },
  { cols: 3, draws: 1e6 },
  { cols: 10, draws: 1e6 },
  { cols: 1000, draws: 1e6 },
  { cols: 100_000, draws: 1e5, parts: 4 },
  { cols: 3, draws: 1e6, keep: 2 },
  { cols: 10, draws: 1e6, keep: 3 },
  { cols: 1000, draws: 1e6, keep: 3 },
  { cols: 100_000, draws: 1e6, parts: 4, keep: 5003 },
];

function lawJob({ cols, draws, parts = 1, keep = 1 }: Setting): Job<Float64Array> {
  const name = `categorical of ${cols}${keep > 1 ? `, all but 1 in ${keep} absent` : ""}`;
  const logits = zipf(cols, cols).map((x, i) => (i % keep === 0 ? x : Number.NEGATIVE_INFINITY));
  return countingJob(
    name,
    parts,
    (part) => tally(categorical(foldIn(keyFor(name), part), logits, { draws: draws / parts }), cols),
    (counts) => [
      chiSquareTest(
        name,
        counts,
        softmax(logits).map((p) => p * draws),
      ),
    ],
  );
}

/** Ordered k-tuples of different categories, and how likely each is without replacement (Plackett 1975, Luce 1959). */
export function plackettLuce(p: readonly number[], k: number): Likely[] {
  if (k === 0) return [{ tuple: [], chance: 1 }];
  return plackettLuce(p, k - 1).flatMap(({ tuple, chance }) => {
    const left = 1 - tuple.reduce((sum, i) => sum + p[i], 0);
    return p.flatMap((pi, i) => (tuple.includes(i) ? [] : [{ tuple: [...tuple, i], chance: (chance * pi) / left }]));
  });
}

export const repeat = (row: Float32Array, rows: number): Float32Array =>
  Float32Array.from({ length: rows * row.length }, (_, i) => row[i % row.length]);

/** Logits of a few categories of unlike weights. */
export const FEW = Float32Array.of(0.5, -1, 1.5, 0, -0.5, -2);

/** The law of the ordered tuple, by enumeration, and of which categories are in it. */
function tupleJob(k: number): Job {
  const name = `topK of ${FEW.length}, k = ${k}`;
  const rows = 1e6;
  const cols = FEW.length;
  return job(name, () => {
    const { indices } = topK(keyFor(name), repeat(FEW, rows), { k, cols });
    const law = plackettLuce([...softmax(FEW)], k);
    const included = tally(indices, cols);
    return [
      tuplesTest(`${name}: law of the ordered ${k}-tuple`, indices, law),
      ...Array.from(k < cols ? FEW : [], (_, i) => {
        const chance = law.reduce((sum, each) => sum + (each.tuple.includes(i) ? each.chance : 0), 0);
        return hitsTest(`${name}: category ${i} is in it`, included[i], rows, chance);
      }),
    ];
  });
}

/** Many categories, for which topK leaves out the noise that cannot win: pairs by the classes of their members. */
function longPairsJob(): Job {
  const [name, cols, classes, draws] = ["topK of 2000, k = 2", 2000, 8, 200_000];
  const logits = zipf(cols, 7);
  return job(name, () => {
    const key = keyFor(name);
    const counts = new Float64Array(classes * classes);
    for (let i = 0; i < draws; i++) {
      const [a, b] = topK(foldIn(key, i), logits, { k: 2 }).indices;
      counts[(a % classes) * classes + (b % classes)]++;
    }
    const p = softmax(logits);
    const law = new Float64Array(classes * classes);
    for (let a = 0; a < cols; a++)
      for (let b = 0; b < cols; b++)
        if (a !== b) law[(a % classes) * classes + (b % classes)] += (p[a] * p[b]) / (1 - p[a]);
    return [
      chiSquareTest(
        `${name}: law of the pair, in 64 classes`,
        counts,
        law.map((chance) => chance * draws),
      ),
    ];
  });
}

export const categoricalJobs: readonly Job[] = [...SETTINGS.map(lawJob), ...[1, 2, 3, 6].map(tupleJob), longPairsJob()];
