import type { Setting, Univariate } from "./case.ts";
import { integrate } from "./quadrature.ts";

/** A setting as the library has it: in float32. */
export const rounded = (setting: Setting): Setting =>
  Object.fromEntries(Object.entries(setting).map(([name, x]) => [name, Math.fround(x)]));

/** E f(x) under the oracle. */
export function expectation(family: Univariate, setting: Setting, f: (x: number) => number): number {
  const p = (x: number): number => Math.exp(family.logProb(x, setting));
  if (family.counts) {
    const { from, to } = family.counts(setting);
    let total = 0;
    for (let k = from; k <= to; k++) if (p(k) > 0) total += p(k) * f(k);
    return total;
  }
  const { from, to, breaks } = (family.range as NonNullable<Univariate["range"]>)(setting);
  return integrate((x) => (p(x) > 0 ? p(x) * f(x) : 0), from, to, breaks);
}
