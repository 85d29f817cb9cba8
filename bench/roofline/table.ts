import { digits, percent } from "../format.ts";
import type { Agreement } from "./listing.ts";
import type { Rates } from "./rates.ts";
import type { Row } from "./results.ts";

type Column = readonly [title: string, width: number, cell: (row: Row) => string];

/** Columns of negative width are aligned to the left. */
const COLUMNS: readonly Column[] = [
  ["kernel", -18, ({ kernel }) => kernel],
  ["size", -10, ({ size }) => size],
  ["vector", 7, ({ instructions }) => digits(instructions.vector)],
  ["ld+st", 7, ({ instructions }) => digits(instructions.memory)],
  ["other", 7, ({ instructions }) => digits(instructions.other)],
  ["bound", 7, ({ bounds }) => digits(bounds[0].time)],
  ["ns/elem", 8, ({ measured }) => digits(measured.median)],
  ["", 6, ({ measured }) => percent(measured.spread)],
  ["share", 6, ({ share }) => share100(share)],
  ["bound by", -40, ({ bounds, gflops }) => bounds[0].by + (gflops ? `; ${digits(gflops)} GFLOP/s` : "")],
];

export const share100 = (share: number): string => `${Math.round(100 * share)}%`;

const line = (cell: (column: Column) => string): string =>
  COLUMNS.map((column) => (column[1] < 0 ? cell(column).padEnd(-column[1]) : cell(column).padStart(column[1])))
    .join("  ")
    .trimEnd();

export const header = (): string => line(([title]) => title);

export const describeRow = (row: Row): string => line(([, , cell]) => cell(row));

export function describeRates({ each, vector, all, groups }: Rates): string {
  const single = Object.entries({ ...each, "all vector": vector, "all instructions": all }).map(
    ([name, rate]) => `${name} ${digits(rate)}`,
  );
  const shared = groups.filter(({ length }) => length > 1).map((group) => group.join(", "));
  return [
    `The machine's rates, instructions a nanosecond: ${single.join(", ")}.`,
    `Sharing units: ${shared.join("; ") || "none"}.`,
  ].join("\n");
}

export function describeAgreement({ classes, moves }: Agreement): string {
  const each = Object.entries(classes).map(([name, { table, emitted }]) => `${name} ${table}/${emitted}`);
  return [
    `Vector instructions of the whole core, by the table / in the code the engine emits: ${each.join(", ")};`,
    `not in the table: ${moves.copies} register copies, ${moves.spills} moves to and from the stack.`,
  ].join("\n");
}
