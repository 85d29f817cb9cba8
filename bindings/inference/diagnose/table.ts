import { ArgumentError, checkOptions, describe } from "../../core/index.ts";
import { type Diagnosis, percent, type Report } from "./report.ts";
import { tidy } from "./tidy.ts";

const COLUMNS: Readonly<Record<string, (of: Diagnosis) => string>> = {
  samples: ({ samples }) => String(samples),
  "bias (length)": ({ bias: { detected, norm, normInterval } }) =>
    detected ? `${tidy(norm)} (${normInterval.map(tidy).join(" to ")})` : `none above ${tidy(normInterval[1])}`,
  variance: ({ variance, varianceError }) =>
    varianceError > 0 ? `${tidy(variance)} ± ${percentOf(varianceError, variance)}` : tidy(variance),
  "mean sq. error": ({ meanSquaredError }) => tidy(meanSquaredError),
  cosine: ({ cosine }) => cosine.toFixed(3),
  evaluations: ({ evaluations }) => tidy(evaluations).replace(/\.0+$/, ""),
  ms: ({ milliseconds }) => tidy(milliseconds),
  "variance × ms": ({ varianceTime }) => tidy(varianceTime),
};

/** Two digits of a standard error, in percent. */
const percentOf = (error: number, value: number): string => `${Number(((100 * error) / value).toPrecision(2))} %`;

export function tableOf(report: Report, options: { readonly format?: "text" | "markdown" }): string {
  const { format = "text" } = checkOptions(options, ["format"]);
  if (format !== "text" && format !== "markdown")
    throw new ArgumentError("format", '"text" or "markdown"', describe(format));
  const rows = [
    ["estimator", ...Object.keys(COLUMNS)],
    ...Object.entries(report.estimators).map(([name, each]) => [
      name,
      ...Object.values(COLUMNS).map((cell) => cell(each)),
    ]),
  ];
  const lines = format === "markdown" ? markdown(rows) : text(rows);
  return `${lines.join("\n")}\n\n${noteOf(report)}, variance ± standard error.\n`;
}

/** What the numbers are compared with, and how sure they are. */
export const noteOf = ({ truth, samples, confidence }: Report): string =>
  `${count(samples)} gradients of each; true gradient of length ${tidy(truth.norm)} from ${truth.estimator}` +
  `${truth.exact ? "" : ` (${count(truth.gradients)} gradients)`}; bias at ${percent(confidence)}`;

/** Digits in groups of three. */
const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, " ");

function text(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  const [head = [], ...rest] = rows;
  return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rest.map(line)];
}

function markdown(rows: readonly (readonly string[])[]): string[] {
  const [head = [], ...rest] = rows;
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rest.map(line)];
}
