export type Matrix = readonly [rows: number, cols: number];

/** Many short rows (the codes of a batch), square, and few rows as long as a vocabulary. */
export const MATRICES: readonly Matrix[] = [
  [16384, 10],
  [1024, 1024],
  [8, 131072],
];
