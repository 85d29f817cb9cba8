import type { Case } from "./cases/index.ts";
import { digits, duration, percent, times } from "./format.ts";
import type { Result } from "./results.ts";

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
