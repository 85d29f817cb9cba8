/** A p-value of a battery's test. */
export interface TestResult {
  readonly test: string;
  readonly p: number;
}

/** A collection of tests of what comes through standard input. */
export interface Battery {
  readonly id: string;
  /** What it is and how much of it is run, for the report. */
  readonly title: string;
  /** Ids of the streams it is run on. */
  readonly streams: readonly string[];
  /** Arguments of each start of its program; every start is given the stream from its beginning. */
  readonly starts: readonly (readonly string[])[];
  /** @throws Missing when it is not on this machine */
  prepare(): Promise<Program>;
}

export interface Program {
  readonly file: string;
  /** The p-values in what one start printed. */
  parse(output: string): TestResult[];
}

/** A program is not on this machine; the message says how to get it. */
export class Missing extends Error {}
