/** tsx scripts/randomness/table.ts: writes docs/randomness.json as tables between the markers of docs/randomness.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fill } from "../../bench/markers.ts";
import { inMarkdown } from "../../test/everywhere/columns.ts";
import { BATTERIES } from "./batteries.ts";
import { CONTROLS } from "./controls.ts";
import { PUBLISHED, readResults, type Tested } from "./results.ts";
import { STREAMS, type Stream } from "./streams.ts";
import { distance, isFailed, isWeak, WEAK } from "./weak.ts";

const ALL: readonly Stream[] = [...STREAMS, ...CONTROLS];
const isControl = ({ stream }: Tested): boolean => CONTROLS.some(({ id }) => id === stream);

const pValues = (results: readonly Tested[]): number[] => results.flatMap(({ tests }) => tests.map(({ p }) => p));

/** Three digits; what is no further from an end than the program prints is that end. */
const show = (p: number): string =>
  p === 0 || p === 1 ? String(p) : p < 1e-3 ? p.toExponential(1) : p > 0.999 ? p.toFixed(6) : p.toFixed(3);

const emphasis = (p: number): string => (isFailed(p) ? `**${show(p)}**` : isWeak(p) ? `*${show(p)}*` : show(p));

/** In the order of the batteries and of their streams. */
function inOrder(results: readonly Tested[]): Tested[] {
  const place = ({ battery, stream }: Tested): number =>
    BATTERIES.findIndex(({ id }) => id === battery) * ALL.length + ALL.findIndex(({ id }) => id === stream);
  return [...results].sort((a, b) => place(a) - place(b));
}

/** A line for each battery and stream. */
function summary(results: readonly Tested[]): string {
  const head = ["battery", "words", "p-values", "weak", "expected", "failed", "farthest out", "taken", "time"];
  const cells = inOrder(results).map((tested) => {
    const ps = pValues([tested]);
    const farthest = ps.reduce((most, p) => (distance(p) < distance(most) ? p : most), 0.5);
    return [
      tested.battery,
      isControl(tested) ? `control: ${tested.stream}` : tested.stream,
      String(ps.length),
      String(ps.filter(isWeak).length),
      (2 * WEAK * ps.length).toFixed(2),
      String(ps.filter(isFailed).length),
      show(farthest),
      `${(tested.bytes / 1e9).toFixed(2)} GB`,
      `${tested.seconds.toFixed(0)} s`,
    ];
  });
  return inMarkdown({ head, numbers: new Set([2, 3, 4, 5, 6, 7, 8]) }, cells);
}

/** All together, against what perfect words would give. */
function total(results: readonly Tested[]): string {
  const [ours, theirs] = [results.filter((tested) => !isControl(tested)), results.filter(isControl)];
  const ps = pValues(ours);
  const failing = theirs.filter(({ tests }) => tests.some(({ p }) => isFailed(p)));
  const minutes = results.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const gigabytes = ours.reduce((sum, { bytes }) => sum + bytes, 0) / 1e9;
  const versions = [...new Set(ours.map(({ version, date }) => `reparam ${version}, ${date}`))].sort().join("; ");
  return [
    `${versions}, ${minutes.toFixed(0)} minutes in all. The library's words: ${ours.length} runs of a battery, ${gigabytes.toFixed(0)} GB,`,
    `${ps.length} p-values, of which ${ps.filter(isWeak).length} are weak, where ${(2 * WEAK * ps.length).toFixed(1)} are expected by chance, and`,
    `${ps.filter(isFailed).length} fail. The controls: ${failing.length} of ${theirs.length} runs fail.`,
  ].join(" ");
}

/** Every p-value of a battery, a column for each stream. */
function every(battery: string, results: readonly Tested[]): string {
  const runs = inOrder(results.filter((tested) => tested.battery === battery));
  const names = [...new Set(runs.flatMap(({ tests }) => tests.map(({ test }) => test)))];
  const cells = names.map((name) => [
    name,
    ...runs.map(({ tests }) =>
      tests
        .filter(({ test }) => test === name)
        .map(({ p }) => emphasis(p))
        .join(" "),
    ),
  ]);
  const head = ["test", ...runs.map(({ stream }) => stream)];
  return inMarkdown({ head, numbers: new Set(runs.map((_, i) => i + 1)) }, cells);
}

const legend = (streams: readonly Stream[]): string =>
  inMarkdown(
    { head: ["words", "what they are"], numbers: new Set() },
    streams.map(({ id, title }) => [`\`${id}\``, title]),
  );

/** The text with all tables between their markers. @throws Error when it has not all markers */
export function withTables(text: string, results: readonly Tested[]): string {
  const ran = BATTERIES.filter(({ id }) => results.some(({ battery }) => battery === id));
  const details = ran.map(({ id, title }) => `### ${title}\n\n${every(id, results)}`).join("\n\n");
  const parts = {
    streams: legend(STREAMS),
    controls: legend(CONTROLS),
    summary: `${total(results)}\n\n${summary(results)}`,
    details,
  };
  return Object.entries(parts).reduce((filled, [name, part]) => fill(filled, name, `\n${part}\n`), text);
}

function main(): void {
  const file = fileURLToPath(new URL("../../docs/randomness.md", import.meta.url));
  writeFileSync(file, withTables(readFileSync(file, "utf8"), readResults(PUBLISHED)));
}

if (import.meta.filename === process.argv[1]) main();
