import { digits, duration, percent, times } from "../format.ts";
import { type ContestantId, OURS } from "./contestants.ts";
import { type CaseResult, type Participant, timeOf } from "./results.ts";
import type { Verdict } from "./targets.ts";
import type { Work } from "./work.ts";

const TIME = 8;
const RATIO = 7;

/** The table on the terminal, a line at a time. */
export class Table {
  readonly #participants: readonly Participant[];
  readonly #name: number;
  readonly #size: number;

  constructor(works: readonly Work[], participants: readonly Participant[]) {
    this.#participants = participants;
    this.#name = Math.max(...works.map(({ name }) => name.length));
    this.#size = Math.max(...works.map(({ size }) => size.length));
  }

  get header(): string {
    const titles = this.#participants.map(({ id, title }) => title.padStart(this.#width(id)));
    return this.#line("", "", titles);
  }

  row(result: CaseResult): string {
    return this.#line(
      result.name,
      result.size,
      this.#participants.map(({ id }) => this.#cell(result, id).padStart(this.#width(id))),
    );
  }

  #cell(result: CaseResult, id: ContestantId): string {
    const timed = timeOf(result, id);
    if (!timed) return result.contestants[id] ? "wrong" : "";
    const time = duration(timed.median).padStart(TIME);
    return id === OURS
      ? `${time} ${percent(timed.spread).padStart(RATIO)}`
      : `${time} ${times(timed.ratio).padStart(RATIO)}`;
  }

  #width(id: ContestantId): number {
    return Math.max(TIME + 1 + RATIO, this.#participants.find((each) => each.id === id)?.title.length ?? 0);
  }

  #line(name: string, size: string, cells: readonly string[]): string {
    return [name.padEnd(this.#name), size.padEnd(this.#size), ...cells].join("  ").trimEnd();
  }
}

export const gigaflops = (result: CaseResult): string | undefined => {
  const shown = Object.entries(result.contestants).flatMap(([id, each]) =>
    each && "gflops" in each && each.gflops ? [`${id} ${digits(each.gflops)}`] : [],
  );
  return shown.length > 0 ? `  GFLOP/s: ${shown.join(", ")}` : undefined;
};

/** Required, measured, met or not; a line a target. */
export function listVerdicts(verdicts: readonly Verdict[]): string {
  const width = (pick: (each: Verdict) => string) => Math.max(...verdicts.map((each) => pick(each).length));
  const [work, required] = [width((each) => each.work), width((each) => each.required)];
  const lines = verdicts.map(({ met, measured = "not measured", ...each }) =>
    [
      met === undefined ? "  ?     " : met ? "  met   " : "  missed",
      each.work.padEnd(work),
      each.required.padEnd(required),
      measured,
    ].join("  "),
  );
  const count = verdicts.filter(({ met }) => met).length;
  return [`Targets, ${count} of ${verdicts.length} met:`, ...lines].join("\n");
}

const BAR = 20;
/** Of a terminal that does not tell. */
const WIDTH = 80;

/** How far the run is and who works, on a terminal only. */
export class Progress {
  readonly #output: NodeJS.WriteStream;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
  }

  /** @param share of the whole run that is done, 0 to 1 */
  show(share: number, text: string): void {
    if (!this.#output.isTTY) return;
    const full = Math.round(BAR * share);
    const line = `${"█".repeat(full)}${"░".repeat(BAR - full)} ${text}`;
    this.#output.write(`\r\x1b[K${line.slice(0, (this.#output.columns || WIDTH) - 1)}`);
  }

  clear(): void {
    if (this.#output.isTTY) this.#output.write("\r\x1b[K");
  }
}
