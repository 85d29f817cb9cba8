import {
  ExpRelaxedOneHotCategorical,
  LogitRelaxedBernoulli,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
} from "../../bindings/entry/default/distributions.ts";
import { add, backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { foldIn, key, uniform } from "../../bindings/index.ts";

/**
 * No NaN and no infinity among samples, log-probabilities and gradients, over categories and temperatures.
 *
 * Run alone it draws 10^7 (or as many as its first argument says) from each kind, shared by the temperatures, and of more
 * than 10 categories a second argument's number, 10^6 by default: `node --import tsx test/distributions/relaxed-draws.ts`.
 */
export const CATEGORIES = [2, 3, 10, 100, 1000];
export const TEMPERATURES = [1e-3, 0.01, 0.1, 0.5, 1, 3, 10];

/** About this many elements are drawn in a step. */
const CHUNK = 1 << 18;

/** How many numbers were looked at, and how many of them were not finite. */
export interface Tally {
  numbers: number;
  bad: number;
}

function look(tally: Tally, values: Float32Array): void {
  tally.numbers += values.length;
  for (const v of values) if (!Number.isFinite(v)) tally.bad++;
}

type Family = (p: { logits: Tensor; temperature: Tensor }) => {
  sampleAndLogProb(key: ReturnType<typeof foldIn>, options: object): { sample: Tensor; logProb: Tensor };
};

/** Draws rows, and the gradients of a loss with random weights in both samples and log-probabilities. */
function drawAll(tally: Tally, make: Family, shape: number[], logits: Float32Array, tau: number, rows: number): void {
  const p = { logits: parameter(shape, logits), temperature: parameter([], [tau]) };
  const most = Math.max(1, Math.floor(CHUNK / logits.length));
  for (let done = 0; done < rows; done += most) {
    const some = Math.min(most, rows - done);
    step(() => {
      const { sample, logProb } = make(p).sampleAndLogProb(foldIn(key(99), done), { shape: [some] });
      const weights = tensor(uniform(foldIn(key(98), done), sample.size), sample.shape);
      backward(add(sum(mul(sample, weights)), mul(sum(logProb), 1 / some)));
      look(tally, sample.toArray());
      look(tally, logProb.toArray());
    });
  }
  // They add up, and what is not finite stays so.
  for (const leaf of Object.values(p)) {
    look(tally, leaf.grad());
    leaf.dispose();
  }
}

/** The one-hot laws: `rows` of them, over all temperatures. */
export function drawRows(categories: number, rows: number, temperatures: readonly number[] = TEMPERATURES): Tally {
  const tally = { numbers: 0, bad: 0 };
  const logits = uniform(key(97), categories).map((u) => 20 * u - 10);
  for (const tau of temperatures)
    for (const make of [
      (p: Parameters<Family>[0]) => new RelaxedOneHotCategorical({ ...p, validateArgs: false }),
      (p: Parameters<Family>[0]) => new ExpRelaxedOneHotCategorical({ ...p, validateArgs: false }),
    ])
      drawAll(tally, make, [categories], logits, tau, Math.ceil(rows / temperatures.length));
  return tally;
}

/** The binary laws. */
export function drawBinary(rows: number, temperatures: readonly number[] = TEMPERATURES): Tally {
  const tally = { numbers: 0, bad: 0 };
  const logits = Float32Array.of(-20, -1, 0, 3);
  for (const tau of temperatures)
    for (const make of [
      (p: Parameters<Family>[0]) => new RelaxedBernoulli({ ...p, validateArgs: false }),
      (p: Parameters<Family>[0]) => new LogitRelaxedBernoulli({ ...p, validateArgs: false }),
    ])
      drawAll(tally, make, [4], logits, tau, Math.ceil(rows / 4 / temperatures.length));
  return tally;
}

if (process.argv[1] === import.meta.filename) {
  const [few, many] = [Number(process.argv[2] ?? 1e7), Number(process.argv[3] ?? 1e6)];
  const report = (what: string, draws: number, { numbers, bad }: Tally): void =>
    console.log(`${what}: ${draws} draws, ${numbers} numbers, ${bad} not finite`);
  report("binary", few, drawBinary(few));
  for (const categories of CATEGORIES) {
    const draws = categories > 10 ? many : few;
    report(`${categories} categories`, draws, drawRows(categories, draws));
  }
}
