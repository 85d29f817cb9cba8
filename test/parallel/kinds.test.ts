// Every kind of computation on threads as users have them: training, fits, bounds and diagnoses have the same bits for 1, 2, 3 and 7.

import { key } from "reparam";
import { adam } from "reparam/graph";
import { diagnose, evidence, fit, meanOfRows } from "reparam/inference";
import type { Executor } from "reparam/parallel";
import { threads } from "reparam/parallel/threads";
import { expect, test } from "vitest";
import { bits, pairs, regression } from "./workers/kinds.mjs";

const module = new URL("./workers/kinds.mjs", import.meta.url);
const WORKERS = [1, 2, 3, 7];

type On = { executor?: Executor; shard?: number };

/** Three steps, each from parameters that the one before has changed. */
async function trained(on: On) {
  const { loss, parameters } = regression();
  const optimizer = adam(parameters, { rate: 0.01 });
  const values: number[] = [];
  for (let step = 0; step < 3; step++) {
    values.push((await meanOfRows(loss, { rows: 40, piece: 6, ...on })).value);
    optimizer.step();
  }
  // An evaluation between steps leaves the messages of the steps as they are.
  const { value } = await meanOfRows(loss, { rows: 40, piece: 6, gradients: false, ...on });
  return [...values, value, ...Object.values(parameters).map((each) => each.toArray())];
}

async function fitted(on: On) {
  const { model, guide, data, estimator } = pairs();
  const run = fit(model, guide, data, { key: key(5), steps: 4, batch: 30, chunk: 4, estimator, ...on });
  const bounds: number[] = [];
  for await (const { bound } of run) bounds.push(bound);
  const after = await evidence(model, guide, data, { key: key(2), samples: 20, chunk: 4, ...on });
  const parameters = { ...model.parameters, ...guide.parameters };
  return [bounds, after, ...Object.values(parameters).map((each) => each.toArray())];
}

/** But for what it took. */
async function diagnosed(on: On) {
  const { problem, estimators, truth } = bits();
  const report = await diagnose(problem, estimators, {
    key: key(4),
    samples: 3000,
    truth: { estimator: truth, gradients: 4000 },
    ...on,
  });
  const untimed = Object.values(report.estimators).map(({ milliseconds: _, varianceTime: __, ...rest }) => rest);
  return [untimed, report.truth];
}

test.each([
  ["training", trained],
  ["a fit and its bound", fitted],
  ["a diagnosis", diagnosed],
])(
  "%s: the same bits for 1, 2, 3 and 7 threads",
  async (_, run) => {
    const alone = await run({});
    for (const workers of WORKERS) {
      const executor = await threads({ module, workers });
      try {
        expect(await run({ executor })).toEqual(alone);
        expect(await run({ executor, shard: workers === 3 ? 1 : 2 })).toEqual(alone);
      } finally {
        await executor.dispose();
      }
    }
  },
  60_000,
);
