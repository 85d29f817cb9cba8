import type { Case } from "./cases/index.ts";
import { fullName, shortName } from "./engines/engine.ts";
import { digits, duration, percent, times } from "./format.ts";
import type { Result, Results } from "./results.ts";
import { type Cell, isTooSlow, LEAST_SPEED, sideBySide } from "./side-by-side.ts";

type Column = readonly [title: string, width: number, cell: (result: Result) => string];

/** The table on the terminal, a line at a time: widths come from the cases, so that lines align as they finish. */
export class Table {
  readonly #columns: readonly Column[];

  constructor(cases: readonly Case[]) {
    const width = (pick: (each: Case) => string) => Math.max(6, ...cases.map((each) => pick(each).length));
    this.#columns = [
      ["", -width(({ name }) => name), ({ name }) => name],
      ["size", -width(({ size }) => size), ({ size }) => size],
      ["via", -7, ({ via }) => via],
      ["ns/elem", 8, ({ ours }) => digits(ours.median)],
      ["", 6, ({ ours }) => percent(ours.spread)],
      ["plain JS", 8, ({ baseline }) => digits(baseline.median)],
      ["", 6, ({ baseline }) => percent(baseline.spread)],
      ["faster", 6, ({ speedup }) => times(speedup.baseline)],
      ["naive", 8, ({ naive }) => (naive ? digits(naive.median) : "")],
      ["faster", 6, ({ speedup }) => (speedup.naive ? times(speedup.naive) : "")],
      ["a call", 8, ({ ours, elements }) => duration(ours.median * elements)],
      ["", -14, ({ gflops }) => (gflops ? `${digits(gflops)} GFLOP/s` : "")],
    ];
  }

  get header(): string {
    return this.#line(([title]) => title);
  }

  row(result: Result): string {
    return this.#line(([, , cell]) => cell(result));
  }

  /** Columns of negative width are aligned to the left. */
  #line(text: (column: Column) => string): string {
    return this.#columns
      .map((column) => {
        const width = column[1];
        return width < 0 ? text(column).padEnd(-width) : text(column).padStart(width);
      })
      .join("  ")
      .trimEnd();
  }
}

/** What is being measured, on a terminal only, until the returned function takes it away. */
export function showProgress(text: string): () => void {
  if (!process.stdout.isTTY) return () => {};
  process.stdout.write(`… ${text}`);
  return () => process.stdout.write("\r\x1b[K");
}

/** Marks an engine that is too slow on a case. */
const MARK = "▼";

/** Cases and engines: nanoseconds an element, and the speed in times that of the reference. */
export function renderSideBySide(results: Results): string {
  const { reference, others, rows } = sideBySide(results);
  const lines = [
    ["ns/element", shortName(reference), ...others.map(shortName)],
    ...rows.map((row) => [
      `${row.reference.group}: ${row.reference.name} ${row.reference.size}`,
      digits(row.reference.ours.median),
      ...row.others.map(beside),
    ]),
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const slow = rows.flatMap((row) => row.others).filter(isTooSlow).length;
  return [
    ...lines.map((line) =>
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "),
    ),
    `Beside each time: speed in times that of ${fullName(reference)}. ${
      slow > 0 ? `${slow} below ${LEAST_SPEED}×, marked ${MARK}.` : `None below ${LEAST_SPEED}×.`
    }`,
  ].join("\n");
}

function beside(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  const { result, speed } = cell;
  return `${digits(result.ours.median)} ${times(speed).padStart(5)}${isTooSlow(cell) ? MARK : " "}`;
}
