/** How the results of test:everywhere and test:bundlers become tables. */
export interface Columns {
  readonly head: readonly string[];
  /** Places of the columns of numbers, which end on one line. */
  readonly numbers: ReadonlySet<number>;
}

/** For a terminal. */
export function inColumns({ head, numbers }: Columns, cells: readonly (readonly string[])[]): string {
  const rows = [head, ...cells];
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (numbers.has(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}

/** For a document. */
export function inMarkdown({ head, numbers }: Columns, cells: readonly (readonly string[])[]): string {
  const row = (texts: readonly string[]): string =>
    `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  return [row(head), row(head.map((_, i) => (numbers.has(i) ? "--:" : ":--"))), ...cells.map(row)].join("\n");
}
