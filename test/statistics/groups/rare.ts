import { categorical, foldIn } from "reparam";
import { softmax } from "../../reference/relax.ts";
import { mulberry32 } from "../../reference/statistics.ts";
import { countingJob, type Job, job, keyFor } from "../job.ts";
import { hitsTest } from "../tools/hits.ts";
import { chiSquareTest } from "../tools/law.ts";
import { tally } from "./categorical.ts";

/** Categories so far below one winner that each is drawn once in 800 million times, and together once in 3000. */
const [TAIL, GAP, DRAWS] = [262_144, 20.5, 100_000];

const tailChance = (): number => (TAIL * Math.exp(-GAP)) / (1 + TAIL * Math.exp(-GAP));

function tailJob(): Job {
  const name = `categorical: ${TAIL} categories at ${GAP} below one winner`;
  const logits = new Float32Array(TAIL + 1).fill(-GAP);
  logits[0] = 0;
  const parts = 4;
  return countingJob(
    name,
    parts,
    (part) => tally(categorical(foldIn(keyFor(name), part), logits, { draws: DRAWS / parts }), TAIL + 1),
    (counts) => [hitsTest(`${name}, draws of one of them`, DRAWS - counts[0], DRAWS, tailChance())],
  );
}

/**
 * The same with noise of 24 bits, u = (m + 1/2) 2^-24. Nothing is drawn: the largest Gumbel that there can be does not lift one of the
 * tail to the winner with the least one, so the hits of any such generator are 0, and the test must say that this is wrong.
 */
function coarseJob(): Job {
  return job("24-bit noise (control)", () => {
    const gumbel = (u: number): number => -Math.log(-Math.log(u));
    const [least, most] = [gumbel(2 ** -25), gumbel(1 - 2 ** -25)];
    const hits = most - GAP > least ? Number.NaN : 0;
    return [
      {
        ...hitsTest(
          `control: the same with noise of 24 bits, whose largest reaches none (computed, not drawn)`,
          hits,
          DRAWS,
          tailChance(),
        ),
        control: true,
      },
    ];
  });
}

/** Of a vocabulary of 151 936 all but these are absent, as after a top-k or top-p filter. */
const COLS = 151_936;

/** 256 tokens in 8 stretches of 256: most categories of weight 0 are far from any other, and 1792 are among those that live. */
function filtered(): Float32Array {
  const logits = new Float32Array(COLS).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < 256; i++) logits[(i % 8) * 74 * 256 + 7 + ((37 * i) % 249)] = -i / 40;
  return logits;
}

/** Normal logits of standard deviation 3 (by 12 uniforms), every other one absent: each draw makes noise for all. */
function everyOther(): Float32Array {
  const random = mulberry32(3);
  const normal = (): number => Array.from({ length: 12 }, () => random() / 2 ** 32).reduce((sum, u) => sum + u, -6);
  return Float32Array.from({ length: COLS }, (_, i) => (i % 2 ? 3 * normal() : Number.NEGATIVE_INFINITY));
}

function absentJob(title: string, logits: Float32Array, draws: number, parts: number): Job {
  const name = `categorical of ${COLS}, ${title}`;
  return countingJob(
    name,
    parts,
    (part) => {
      const key = foldIn(keyFor(name), part);
      const counts = new Float64Array(COLS);
      const chunk = Math.min(draws / parts, 100_000);
      for (let i = 0; i * chunk < draws / parts; i++)
        for (const drawn of categorical(foldIn(key, i), logits, { draws: chunk })) counts[drawn]++;
      return counts;
    },
    (counts) => {
      const absent = counts.reduce((sum, count, i) => sum + (logits[i] === Number.NEGATIVE_INFINITY ? count : 0), 0);
      return [
        hitsTest(`${name}: draws of weight 0`, absent, draws, 0),
        chiSquareTest(
          `${name}: law of the others`,
          counts,
          softmax(logits).map((p) => p * draws),
        ),
      ];
    },
  );
}

export const rareJobs: readonly Job[] = [
  absentJob("256 present", filtered(), 1e7, 20),
  absentJob("every other present", everyOther(), 5e4, 4),
  tailJob(),
  coarseJob(),
];
