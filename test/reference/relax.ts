// Softmax and its relatives in float64, one row at a time; `rows` lifts them to a [rows, cols] array.

type Row = ArrayLike<number>;
type Tau = number | ArrayLike<number>;

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** Applies f to each row with that row's temperature, and joins what it returns. */
export function rows(
  values: Row,
  cols: number,
  tau: Tau,
  f: (row: number[], tau: number, r: number) => Row | number,
): Float64Array {
  const all = Array.from(values);
  const count = cols === 0 ? 0 : all.length / cols;
  const results = Array.from({ length: count }, (_, r) => {
    const result = f(all.slice(r * cols, (r + 1) * cols), typeof tau === "number" ? tau : (tau[r] as number), r);
    return typeof result === "number" ? [result] : Array.from(result);
  });
  return Float64Array.from(results.flat());
}

/** The first largest entry. */
export function argmax(row: Row): number {
  const values = Array.from(row);
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}

/** log sum exp(x/tau) = top + excess. The largest term is exactly 1 and left to log1p, so a tiny excess survives. */
function logPartition(row: Row, tau: number): { top: number; excess: number } {
  const at = argmax(row);
  const top = row[at] as number;
  const others = Array.from(row).map((x, i) => (i === at ? 0 : Math.exp((x - top) / tau)));
  return { top, excess: Math.log1p(sum(others)) };
}

export function logSumExp(row: Row, tau = 1): number {
  const { top, excess } = logPartition(row, tau);
  return top / tau + excess;
}

export function logSoftmax(row: Row, tau = 1): number[] {
  const { top, excess } = logPartition(row, tau);
  return Array.from(row, (x) => (x - top) / tau - excess);
}

export function softmax(row: Row, tau = 1): number[] {
  return logSoftmax(row, tau).map(Math.exp);
}

/** Gradient of the upstream-weighted sum of y = softmax(x/tau) with respect to x. */
export function softmaxGrad(y: Row, upstream: Row, tau = 1): number[] {
  const inner = sum(Array.from(y, (yi, i) => yi * (upstream[i] as number)));
  return Array.from(y, (yi, i) => (yi * ((upstream[i] as number) - inner)) / tau);
}

/** Jang, Gu & Poole (2017), eq. 2; hard: the one-hot vector of its largest entry. */
export function gumbelSoftmax(logits: Row, noise: Row, tau = 1, hard = false): number[] {
  const perturbed = Array.from(logits, (x, i) => x + (noise[i] as number));
  if (!hard) return softmax(perturbed, tau);
  const at = argmax(perturbed);
  return perturbed.map((_, i) => (i === at ? 1 : 0));
}

export const gumbelSoftmaxGrad = softmaxGrad;

/** KL(softmax(logits) || softmax(prior)), prior uniform by default; 0 log 0 = 0. */
export function categoricalKl(logits: Row, prior: Row = new Array<number>(logits.length).fill(0)): number {
  const q = logSoftmax(prior);
  return sum(
    logSoftmax(logits).map((p, i) => (p === Number.NEGATIVE_INFINITY ? 0 : Math.exp(p) * (p - (q[i] as number)))),
  );
}

/** sum of t log sigmoid(x) + (1 - t) log sigmoid(-x) = t x - softplus(x). */
export function bernoulliLogLikelihood(logits: Row, targets: Row): number {
  const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  return sum(
    Array.from(logits, (x, i) => {
      const t = targets[i] as number;
      return -t * softplus(-x) - (1 - t) * softplus(x);
    }),
  );
}
