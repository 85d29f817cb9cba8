/**
 * How far out a p-value has to be. Tests are two-sided: a p-value of 1 says "too even". With n tests of a perfect generator about
 * 2 WEAK n are weak; one that fails would be seen in 2 FAILED n batteries' lives, which is never.
 */
export const WEAK = 0.005;
export const FAILED = 1e-9;

export const isWeak = (p: number): boolean => Math.min(p, 1 - p) < WEAK;
export const isFailed = (p: number): boolean => Math.min(p, 1 - p) < FAILED;
