import type { Report } from "reparam/inference";
import { type Block, short } from "./blocks.ts";
import { drawTraces } from "./figures/traces.ts";
import { menu } from "./menu.ts";
import { RATE } from "./optimize.ts";
import { problems } from "./problems/index.ts";
import type { StandardProblem } from "./problems/problem.ts";
import type { ProblemResults, Run } from "./results.ts";

/** The figures and tables of one problem. */
export function sectionOf(results: ProblemResults): Block[] {
  const problem = problems.find(({ id }) => id === results.id) as StandardProblem;
  const { runs, steps, traces, measure, goal } = results;
  return [
    {
      type: "figure",
      file: `${results.id}-traces.svg`,
      alt: `${results.title}: ${measure} against Adam steps, unbiased and biased estimators`,
      svg: drawTraces(
        problem,
        traces.filter(({ drawn }) => drawn),
        `Mean of ${runs} runs, Adam of rate ${RATE}. Labels: the mean over the last fifth; rings: where the mean gradient rests (float64).`,
      ),
    },
    {
      type: "table",
      head: ["estimator", `${measure} at the end`, "mean gradient rests at", goal, "by step"],
      rows: traces.map((run) => [
        run.estimator,
        `${short(run.end)} ± ${short(run.error)}`,
        restText(run),
        `${run.reached} of ${runs} runs`,
        run.reached === runs ? String(run.by) : "",
      ]),
    },
    {
      type: "text",
      text: `${runs} runs of ${steps} steps; at the end: mean over the last fifth of the steps ± its standard error over runs. "By step": when the last run had got there.`,
    },
    ...results.comparisons.flatMap(({ at, report }, i): Block[] => {
      const { head, rows, note } = parted(report.table({ format: "markdown" }));
      return [
        {
          type: "figure",
          file: `${results.id}-bias-variance${i === 0 ? "" : `-${i + 1}`}.svg`,
          alt: `${results.title}: bias and variance of gradients at ${at}`,
          svg: pictured(report).plot({ title: `Gradients at ${at}` }),
        },
        { type: "table", head, rows },
        { type: "text", text: `At ${at}. ${note}` },
      ];
    }),
  ];
}

/** The report without what would fill the picture, and without what has no variance, which is a point at the left end. */
function pictured(report: Report): Report {
  const names = menu.filter(({ drawn }) => drawn).map(({ name }) => name);
  const estimators = Object.fromEntries(
    Object.entries(report.estimators).filter(([name, { variance }]) => names.includes(name) && variance > 0),
  );
  return Object.assign(Object.create(Object.getPrototypeOf(report)), report, { estimators });
}

/** Head and rows of a table in Markdown, and what stands below it. */
function parted(table: string): { head: string[]; rows: string[][]; note: string } {
  const lines = table.trim().split("\n");
  const rows = lines.filter((line) => line.startsWith("|")).map((line) => line.slice(2, -2).split(" | "));
  const note = lines
    .filter((line) => !line.startsWith("|"))
    .join(" ")
    .trim();
  return { head: rows[0] as string[], rows: rows.slice(2), note };
}

const restText = ({ unbiased, rest }: Run): string =>
  rest === undefined ? "not computed" : `${short(rest)}${unbiased ? ", unbiased" : ""}`;
