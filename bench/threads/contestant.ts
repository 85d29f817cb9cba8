/** Somebody who computes the same as the others, with so many threads. */
export interface Contestant {
  readonly workers: number;
  /** A round: a step, a run. */
  round(): Promise<void>;
  /** What came of all rounds so far, as text: the same for all. */
  result(): string;
  end(): Promise<void>;
}

/** Of 0: none, the program computes by itself. */
export type Start = (workers: number) => Promise<Contestant>;

export const nameOf = (workers: number): string =>
  workers === 0 ? "no workers" : `${workers} thread${workers === 1 ? "" : "s"}`;
