import { logSoftmax } from "./rows.ts";

/** The Concrete law in plain float64: Maddison, Mnih, Teh 2017, eq. 10 and app. C.3.3, written as it stands there. */
const logSumExp = (x: readonly number[]): number => {
  const most = Math.max(...x);
  return most + Math.log(x.reduce((sum, v) => sum + Math.exp(v - most), 0));
};

/** log p of y = log x, over the differences of y; of the categories whose logit is above -Infinity. */
export function expConcrete(y: readonly number[], logits: readonly number[], temperature: number): number {
  const present = logits.map((_, k) => k).filter((k) => (logits[k] as number) > -Infinity);
  const u = present.map((k) => (logits[k] as number) - temperature * (y[k] as number));
  const n = present.length;
  let factorial = 0;
  for (let i = 2; i < n; i++) factorial += Math.log(i);
  return (
    factorial + (n - 1) * Math.log(temperature) + u.reduce((sum, v) => sum + v, 0) - (n === 0 ? 0 : n * logSumExp(u))
  );
}

/** log p of x */
export function concrete(x: readonly number[], logits: readonly number[], temperature: number): number {
  const y = x.map(Math.log);
  const present = y.filter((_, k) => (logits[k] as number) > -Infinity);
  return expConcrete(y, logits, temperature) - present.reduce((sum, v) => sum + v, 0);
}

/** y of Gumbel noise g. */
export const drawLog = (g: readonly number[], logits: readonly number[], temperature: number): number[] =>
  logSoftmax(g.map((e, k) => ((logits[k] as number) + e) / temperature));

/** A grid over the plane of (y1 - y3, y2 - y3): E f(y), by the rectangle rule, whose error here is about 1e-8. */
export function planeAverage(
  logits: readonly number[],
  temperature: number,
  f: (y: readonly number[]) => number,
  step = 0.9,
): number {
  const [a, b, c] = logits as [number, number, number];
  const h = step / Math.max(1, temperature);
  const reach = 26 / temperature;
  let total = 0;
  for (let v = -reach; v <= reach; v += h)
    for (let w = -reach; w <= reach; w += h) {
      const y = logSoftmax([v + (a - c) / temperature, w + (b - c) / temperature, 0]);
      const p = Math.exp(expConcrete(y, logits, temperature));
      if (p > 0) total += p * f(y);
    }
  return total * h * h;
}
