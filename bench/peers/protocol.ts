import type { Work } from "./work.ts";

/**
 * A contestant is a process that reads a request a line and answers each with one line, both JSON: the same for Node and
 * Python. Unasked, it does nothing, so that it does not disturb the one whose turn it is. It ends with its input.
 */
export type Request =
  /** Makes data and functions, in place of those of the work before. @answers Methods */
  | { readonly do: "prepare"; readonly work: Work }
  /** Computes once and writes the result, float32 in the machine's order, into the file. @answers Done */
  | { readonly do: "result"; readonly method: number; readonly file: string }
  /** Computes for so many milliseconds, at least once. @answers Samples */
  | { readonly do: "turn"; readonly method: number; readonly milliseconds: number };

/** The first line, unasked. */
export interface Hello {
  /** Names and versions of what is measured, the most important first. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of reparam: which build runs. */
  readonly build?: string;
  /** What a reader should know of how it runs. */
  readonly note?: string;
}

/** Ways to do the work, none if it cannot be done. */
export interface Methods {
  readonly methods: readonly string[];
}

export interface Samples {
  /** Nanoseconds a call; of calls that are too short for a clock, the mean of some. */
  readonly samples: readonly number[];
}

/** Instead of any other answer. */
export interface Failure {
  readonly error: string;
}
