import { fullName, shortName } from "./engines/engine.ts";
import { digits, duration, percent, provenance, times } from "./format.ts";
import type { Result, Results } from "./results.ts";
import { type Cell, isTooSlow, LEAST_SPEED, type SideBySide, sideBySide } from "./side-by-side.ts";

const HEAD = ["", "size", "ns/element", "plain JavaScript", "faster", "naive", "faster", "a call"];

/** The results as the README shows them: the reference engine, and how fast the others are beside it. */
export function renderTable(results: Results): string {
  const all = sideBySide(results);
  const head = [...HEAD, ...all.others.map(shortName)];
  const lines = [line(head), line(head.map((_, i) => (i < 2 || i === 3 ? ":--" : "--:")))];
  let group = "";
  for (const row of all.rows) {
    const next = row.reference.group;
    if (next !== group) lines.push(line([`**${next}**`, ...head.slice(1).map(() => "")]));
    group = next;
    lines.push(line([...cells(row.reference), ...row.others.map(speed)]));
  }
  return `${lines.join("\n")}\n\n${legend(results, all)}`;
}

function legend(results: Results, { reference, others, rows }: SideBySide): string {
  const tooSlow = rows.flatMap((row) => row.others).some(isTooSlow);
  return [
    `${provenance(results, [reference])}.`,
    "Medians, ± the interquartile range in percent of the median. Calls include the copies into and out of wasm memory;",
    "*(graph)* is an operation in a step, *(kernel)* a kernel alone, on data that is there already.",
    ...(others.length > 0
      ? [
          `The last columns: the speed of our code in ${others.map(fullName).join(", ")}, in times that in`,
          `${fullName(reference)}; ${tooSlow ? "bold is" : "none is"} below ${LEAST_SPEED}×.`,
        ]
      : []),
  ].join(" ");
}

function cells({ name, size, via, elements, ours, baseline, naive, speedup, gflops }: Result): string[] {
  return [
    `${name}${via === "reparam" ? "" : ` (${via})`}`,
    size,
    `${digits(ours.median)} ${percent(ours.spread)}`,
    `${digits(baseline.median)} ${percent(baseline.spread)}: ${literal(baseline.method)}`,
    `**${times(speedup.baseline)}**`,
    naive ? digits(naive.median) : "",
    speedup.naive ? times(speedup.naive) : "",
    duration(ours.median * elements) + (gflops ? `, ${digits(gflops)} GFLOP/s` : ""),
  ];
}

function speed(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  return isTooSlow(cell) ? `**${times(cell.speed)}**` : times(cell.speed);
}

const literal = (text: string): string => text.replace(/[|*_<]/g, "\\$&");

const line = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
