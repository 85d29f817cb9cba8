import { foldIn, gumbelSoftmax, topK } from "reparam";
import { argmax, logSumExp, softmax } from "../../reference/relax.ts";
import { cdf } from "../../reference/statistics.ts";
import { type Job, job, keyFor } from "../job.ts";
import { chiSquareTest, ksTest } from "../tools/law.ts";
import { FEW, repeat } from "./categorical.ts";

const ROWS = 1e6;
const cols = FEW.length;

function argmaxJob(tau: number): Job {
  const name = `gumbelSoftmax at tau ${tau}: law of the largest entry`;
  return job(name, () => {
    const y = gumbelSoftmax(keyFor(name), repeat(FEW, ROWS), { cols, tau });
    const counts = new Float64Array(cols);
    for (let row = 0; row < ROWS; row++) counts[argmax(y.subarray(row * cols, row * cols + cols))]++;
    return [
      chiSquareTest(
        name,
        counts,
        softmax(FEW).map((p) => p * ROWS),
      ),
    ];
  });
}

/** max(logits + G) is Gumbel about logSumExp(logits) and independent of where it is (Maddison, Tarlow, Minka 2014, section 2). */
function maximumJob(): Job {
  const name = "largest perturbed logit";
  const BINS = 20;
  return job(name, () => {
    const { indices, scores } = topK(foldIn(keyFor(name), 0), repeat(FEW, ROWS), { k: 1, cols });
    const total = logSumExp(FEW);
    const levels = Float64Array.from(scores, (score) => cdf.gumbel(score - total));
    const counts = new Float64Array(cols * BINS);
    levels.forEach((level, row) => {
      counts[indices[row] * BINS + Math.min(BINS - 1, Math.floor(level * BINS))]++;
    });
    const law = softmax(FEW).flatMap((p) => new Array<number>(BINS).fill((p / BINS) * ROWS));
    return [
      ksTest(`${name}: Gumbel about logSumExp`, levels, cdf.uniform),
      chiSquareTest(`${name}: independent of its place`, counts, law),
    ];
  });
}

export const gumbelSoftmaxJobs: readonly Job[] = [...[0.1, 1, 10].map(argmaxJob), maximumJob()];
