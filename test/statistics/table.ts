import { fill } from "../../bench/markers.ts";
import { type Columns, inColumns, inMarkdown } from "../everywhere/columns.ts";
import { hasPassed, type Outcome } from "./outcome.ts";
import type { Results } from "./results.ts";

const COLUMNS: Columns = {
  head: ["test", "draws", "statistic", "value", "p-value", "least p", "result"],
  numbers: new Set([1, 3, 4, 5]),
};

const short = (value: number): string => {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6
    ? String(Number(value.toPrecision(4)))
    : value.toExponential(1);
};

/** 10000000 as 1e7, and others with spaces. */
const count = (n: number): string => {
  const exponent = Math.floor(Math.log10(n));
  if (n >= 1e5 && n % 10 ** exponent === 0) return `${n / 10 ** exponent}e${exponent}`;
  return String(n).replace(/\B(?=(\d{3})+$)/g, " ");
};

const cells = (outcome: Outcome): string[] => [
  outcome.name,
  count(outcome.draws),
  outcome.statistic,
  short(outcome.value),
  short(outcome.p),
  outcome.threshold.toExponential(1),
  hasPassed(outcome) ? (outcome.control ? "fails, as it must" : "passed") : "FAILED",
];

const summary = ({ outcomes, seconds, falseAlarm }: Pick<Results, "outcomes" | "seconds" | "falseAlarm">): string => {
  const failed = outcomes.filter((outcome) => !hasPassed(outcome)).length;
  const least = Math.min(...outcomes.filter(({ control }) => !control).map(({ p }) => p));
  return [
    `${outcomes.length - failed} passed, ${failed} failed in ${seconds.toFixed(0)} s; least p-value ${short(least)};`,
    `were the keys random, right samplers would fail one of the tests at most ${(100 * falseAlarm).toPrecision(2)} % of the time`,
  ].join(" ");
};

export const renderText = (results: Results): string =>
  `${inColumns(COLUMNS, results.outcomes.map(cells))}\n${summary(results)}`;

/** The text with the report between its markers. @throws Error when it has none */
export function withReport(text: string, results: Results): string {
  const { machine, node, version, date, outcomes } = results;
  const where = `\`npm run test:statistics\`, ${date}: reparam ${version}, Node ${node}, ${machine.cpu}, ${machine.cores} cores. `;
  return fill(text, "statistics", `\n${where}${summary(results)}.\n\n${inMarkdown(COLUMNS, outcomes.map(cells))}\n`);
}
