import "../../../bindings/entry/default/distributions.ts"; // provides the modules to the sources
import { drawBinary, drawRows, type Tally, TEMPERATURES } from "../../distributions/relaxed-draws.ts";
import { countingJob, type Job } from "../job.ts";
import { hitsTest } from "../tools/hits.ts";

/** Samples, log-probabilities and gradients of relaxed laws, `draws` over all temperatures: none is NaN or infinite. */
function finiteJob(title: string, draws: number, run: (draws: number, temperatures: readonly number[]) => Tally): Job {
  const name = `${title}, temperatures ${TEMPERATURES[0]} to ${TEMPERATURES.at(-1)}: numbers that are not finite`;
  return countingJob(
    name,
    TEMPERATURES.length,
    (part) => {
      const { numbers, bad } = run(draws / TEMPERATURES.length, [TEMPERATURES[part]]);
      return Float64Array.of(numbers, bad);
    },
    ([numbers, bad]) => [hitsTest(name, bad, numbers, 0)],
  ) as Job;
}

const rowsOf = (categories: number, draws: number): Job =>
  finiteJob(`relaxed one-hot of ${categories}, ${draws} draws`, draws, (n, temperatures) =>
    drawRows(categories, n, temperatures),
  );

export const finiteJobs: readonly Job[] = [
  rowsOf(1000, 1e5),
  rowsOf(10, 1e6),
  rowsOf(2, 1e6),
  finiteJob("relaxed binary, 1000000 draws", 1e6, drawBinary),
];
