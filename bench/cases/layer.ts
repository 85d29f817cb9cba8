/** The values of a batch of 128 in a layer of 512. */
export const LAYER = [128, 512] as const;
export const [ROWS, COLS] = LAYER;
export const SIZE = ROWS * COLS;
