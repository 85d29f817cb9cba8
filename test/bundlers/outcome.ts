import { oneLine } from "../everywhere/run.ts";

/** Bytes of a bundle: minified, and that with gzip -9. */
export interface Size {
  readonly minified: number;
  readonly gzip: number;
}

/** What came of a bundler. */
export interface Findings {
  /** The line that a program printed, for each place where its bundle ran. */
  readonly answers: readonly Answer[];
  /** Of `import { gumbelSoftmax } from "reparam"`, with the wasm; and from "reparam/slim", without. */
  readonly one?: Size;
  readonly slim?: Size;
  /** What else was found to be as it should. */
  readonly note?: string;
}

export interface Answer {
  readonly program: Program;
  readonly place: string;
  readonly text: string;
}

/** Folders of projects/ whose program prints a line. */
export type Program = "all" | "one";

/** The lines that the programs print in Node, without a bundler. */
export type Expected = Readonly<Record<Program, string>>;

export type Status = "passed" | "failed" | "not run";

/** A line of the table. */
export interface Result {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly version?: string;
  /** Where the bundles ran, all with the same bits when it passed. */
  readonly places?: string;
  readonly one?: Size;
  readonly slim?: Size;
  readonly note?: string;
  /** What differs, or why it failed or did not run. */
  readonly reason?: string;
  readonly seconds?: number;
}

export interface Tried {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly seconds: number;
}

/** A bundle that gives other bits than Node has failed, and so has a bundler whose bundles nobody ran. */
export function judge(tried: Tried, { answers, one, slim, note }: Findings, expected: Expected): Result {
  const wrong = answers.find(({ program, text }) => text !== expected[program]);
  const reason = wrong
    ? `${wrong.program} in ${wrong.place}: ${difference(expected[wrong.program], wrong.text)}`
    : answers.length === 0 && note === undefined
      ? "nothing was run"
      : undefined;
  return {
    ...tried,
    status: reason === undefined ? "passed" : "failed",
    places: [...new Set(answers.map(({ place }) => place))].join(", "),
    ...(one && { one }),
    ...(slim && { slim }),
    ...(note !== undefined && { note }),
    ...(reason !== undefined && { reason: oneLine(reason) }),
  };
}

/** The first field that differs, of two lines of JSON; of others all. */
function difference(expected: string, got: string): string {
  try {
    const fields = JSON.parse(got) as Record<string, unknown>;
    for (const [name, value] of Object.entries(JSON.parse(expected) as Record<string, unknown>))
      if (fields[name] !== value) return `${name}: expected ${value}, got ${fields[name]}`;
  } catch {}
  return `expected ${expected}, got ${got}`;
}

/** 0 when something passed, nothing failed, and all that had to run did. */
export function exitCode(results: readonly Result[], required: readonly string[]): number {
  const failed = results.some(({ status }) => status === "failed");
  const absent = required.some((id) => results.find((result) => result.id === id)?.status !== "passed");
  return failed || absent || !results.some(({ status }) => status === "passed") ? 1 : 0;
}
