/**
 * How far out a p-value has to be to be looked at. Both ends count: a p-value near 1 says "too even". Of the p-values of perfect
 * words 2 WEAK = 1 % are weak, and one of a thousand of them fails once in 500 runs.
 */
export const WEAK = 0.005;
export const FAILED = 1e-6;

export const distance = (p: number): number => Math.min(p, 1 - p);
export const isWeak = (p: number): boolean => distance(p) < WEAK;
export const isFailed = (p: number): boolean => distance(p) < FAILED;
