/** The double exponential rule of Takahasi and Mori 1974 on [a, b]: ends may be singular, as long as f is integrable. */
export function integrate(f: (x: number) => number, a: number, b: number, breaks: readonly number[] = []): number {
  const ends = [a, ...breaks.filter((x) => x > a && x < b).sort((p, q) => p - q), b];
  return ends.slice(1).reduce((sum, end, i) => sum + piece(f, ends[i] as number, end), 0);
}

const LEVEL = 1 / 64;

function piece(f: (x: number) => number, a: number, b: number): number {
  const half = (b - a) / 2;
  let sum = 0;
  for (let i = -384; i <= 384; i++) {
    const u = (Math.PI / 2) * Math.sinh(i * LEVEL);
    // The distance from the nearer end, where the nodes crowd.
    const gap = (2 * half) / (1 + Math.exp(2 * Math.abs(u)));
    const x = u < 0 ? a + gap : b - gap;
    if (gap === 0 || x <= a || x >= b) continue;
    const weight = (half * (Math.PI / 2) * Math.cosh(i * LEVEL)) / Math.cosh(u) ** 2;
    const y = f(x);
    if (weight > 0 && y !== 0) sum += weight * y;
  }
  return sum * LEVEL;
}

/** f'(x) by central differences with Richardson's extrapolation: about 1e-10 relative for a smooth f. */
export function derivative(f: (x: number) => number, x: number, scale = Math.max(1e-3, Math.abs(x) / 16)): number {
  const rows: number[][] = [];
  let best = Number.NaN;
  let least = Infinity;
  let first = scale;
  while (first > 1e-12 && !Number.isFinite(f(x + first) - f(x - first))) first /= 2; // an end of where f is defined
  for (let i = 0, h = first; i < 12; i++, h /= 2) {
    const row = [(f(x + h) - f(x - h)) / (2 * h)];
    for (let k = 1; k <= i; k++)
      row.push((row[k - 1] as number) + ((row[k - 1] as number) - (rows[i - 1]?.[k - 1] as number)) / (4 ** k - 1));
    const change = i > 0 ? Math.abs((row[i] as number) - (rows[i - 1]?.[i - 1] as number)) : Infinity;
    if (change < least) [least, best] = [change, row[i] as number];
    rows.push(row);
  }
  return best;
}
