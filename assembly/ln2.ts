/** Constants that exp.ts, log.ts and tempered.ts share. */

export const LN2: f64 = 0.6931471805599453;
export const LOG2_E: f64 = 1.4426950408889634;

// ln 2 = HIGH + LOW; HIGH has 10 significant bits, so n * HIGH is exact for |n| < 2^14.
export const LN2_HIGH: f32 = 0.693359375;
export const LN2_LOW: f32 = -0.00021219444;
