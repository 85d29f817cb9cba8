/**
 * tsx bench/peers/table.ts [FILE]: writes bench/results/peers.json as tables between the markers of FILE, README.md by
 * default.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { digits, duration, percent, provenance, times } from "../format.ts";
import { fill } from "../markers.ts";
import { OURS } from "./contestants.ts";
import { type CaseResult, LATEST, type Participant, type PeersResults, readResults, timeOf } from "./results.ts";

const row = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;

/** Times and ratios of all works; then what is counted, on which machine, with which versions. */
export function renderTable(results: PeersResults): string {
  const { cases, contestants, counted, engine, machine } = results;
  const head = ["", "size", ...contestants.map(({ title }) => title)];
  const lines = [row(head), row(head.map((_, i) => (i < 2 ? ":--" : "--:")))];
  let group = "";
  for (const each of cases) {
    if (each.group !== group) lines.push(row([`**${each.group}**`, ...head.slice(1).map(() => "")]));
    group = each.group;
    lines.push(row([each.name, each.size, ...contestants.map((participant) => cell(each, participant))]));
  }
  const versions = contestants.flatMap(({ title, versions }) => {
    const named = Object.entries(versions).map(([name, version], i) => (i === 0 ? version : `${name} ${version}`));
    return named.length > 0 ? [`${title} ${named.join(", ")}`] : [];
  });
  return [
    lines.join("\n"),
    `${provenance(results, [engine])}; ${versions.join("; ")}. Processor: ${machine.flags?.join(" ") ?? "unknown"}.`,
    `Times an element, or a call where that is said; ± the interquartile range; in bold how many times as fast reparam is. ${counted}`,
  ].join("\n\n");
}

function cell(result: CaseResult, { id }: Participant): string {
  const timed = timeOf(result, id);
  if (!timed) return result.contestants[id] ? "wrong result" : "";
  const time = `${duration(timed.median)}${timed.gflops ? `, ${digits(timed.gflops)} GFLOP/s` : ""}`;
  return id === OURS ? `${time} ${percent(timed.spread)}` : `${time} **${times(timed.ratio)}**`;
}

/** What is required and what was measured. */
export function renderTargets({ targets }: PeersResults): string {
  const head = ["work", "required", "measured", ""];
  return [
    row(head),
    row(head.map(() => ":--")),
    ...targets.map(({ work, required, measured = "not measured", met }) =>
      row([work, required, measured, met === undefined ? "" : met ? "met" : "missed"]),
    ),
  ].join("\n");
}

function main(file = "README.md"): void {
  writeFileSync(file, fill(readFileSync(file, "utf8"), "peers", renderTable(readResults(LATEST))));
}

if (import.meta.filename === process.argv[1]) {
  try {
    main(...process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
