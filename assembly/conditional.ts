import { below, expOf, log1pOf, logOf, oneMinusExp } from "./scalar";

/**
 * Gumbel variates given where they end: below a bound, or at a maximum. One element at a time, in both builds: few are needed,
 * and the code is in every bundle.
 * Source: Maddison, Tarlow, Minka 2014, section 3; Kool, van Hoof, Welling 2019, appendix B.3.
 */

/**
 * In each row of z: f32[rows][cols], from variates that are at most `peak` to variates that are at most `top`:
 * z = -log(exp(-top) - exp(-peak) + exp(-z)); peaks, tops: f32[rows], tops finite. An infinite peak is none. Where z is the
 * peak it becomes the top, and everywhere else less, however it is rounded, or as little as a float can be; -Infinity stays.
 * Identity: v = top - z + log(1 - exp(z - peak)); z = top - log(1 + exp(v))
 * Max error: 4e-7 * max(1, |z|, |top|)
 */
export function conditionalShift(z: usize, tops: usize, peaks: usize, rows: usize, cols: usize): void {
  for (; rows > 0; rows--, tops += 4, peaks += 4) {
    const top = f32.load(tops);
    const peak = f32.load(peaks);
    const most = max(below(top), -f32.MAX_VALUE); // -Infinity would be an absent category
    for (const end = z + (cols << 2); z < end; z += 4) {
      const x = f32.load(z);
      const d = peak - x;
      const log1mExp: f32 = d < 18 ? logOf(oneMinusExp(d)) : 0; // further off the difference is 1
      const v = top - x + log1mExp;
      const y = (v > 0 ? x - log1mExp : top) - log1pOf(expOf(-Mathf.abs(v)));
      f32.store(z, x == peak ? top : min(y, most));
    }
  }
}

/** P(x + G > bound) = 1 - exp(-exp(x - bound)), G standard Gumbel. p, x: f32[n]. */
export function conditionalExceed(p: usize, x: usize, bound: f32, n: usize): void {
  for (const end = x + (n << 2); x < end; x += 4, p += 4) f32.store(p, oneMinusExp(expOf(f32.load(x) - bound)));
}
