import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fill } from "../../bench/markers.ts";
import { drawBounds, drawVariances } from "../../examples/discrete-vae/curves.ts";
import { estimators } from "../../examples/discrete-vae/estimators.ts";
import { renderTables } from "../../examples/discrete-vae/report.ts";
import { merged, type Results } from "../../examples/discrete-vae/results.ts";

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const results = JSON.parse(read("examples/discrete-vae/results.json")) as Results;

test("docs/discrete-vae.md and its pictures are those of results.json", () => {
  const page = read("docs/discrete-vae.md");
  expect(fill(page, "vae", renderTables(results, "images/discrete-vae/"))).toBe(page);
  for (const latent of new Set(results.runs.map((run) => run.latent))) {
    const runs = results.runs.filter((run) => run.latent === latent);
    expect(drawBounds(runs)).toBe(read(`docs/images/discrete-vae/${latent}-bounds.svg`));
    expect(drawVariances(runs)).toBe(read(`docs/images/discrete-vae/${latent}-variances.svg`));
  }
});

test("at least six estimators were run, the same but for the estimator", () => {
  expect(new Set(results.runs.map(({ estimator }) => estimator)).size).toBeGreaterThanOrEqual(6);
  for (const latent of ["bernoulli", "categorical"]) {
    const starts = results.runs.filter((run) => run.latent === latent).map(({ checkpoints }) => checkpoints[0].train);
    expect(new Set(starts).size).toBe(1);
  }
});

test("runs of later take the place of those of the same estimator; of other settings nothing is kept", () => {
  const [first, ...others] = results.runs;
  const changed = { ...first, seconds: -1 };
  const again = merged(results, { ...results, runs: [changed], compared: results.compared.slice(0, 1) });
  expect(again.runs).toEqual([changed, ...others]);
  expect(again.compared).toEqual(results.compared);
  const names = Object.keys(estimators);
  const backwards = merged({ ...results, runs: others, compared: [] }, { ...results, runs: [first] });
  expect(backwards).toEqual(results);
  expect(names.indexOf(first.estimator)).toBeLessThan(names.indexOf(others[0].estimator));
  const longer = { ...results, settings: { ...results.settings, steps: 7 }, runs: [first] };
  expect(merged(results, longer)).toBe(longer);
});
