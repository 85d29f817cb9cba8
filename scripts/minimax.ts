// Coefficients of the float32 elementary functions: npx tsx scripts/minimax.ts
//
// Weighted Remez exchange (Cheney, Introduction to Approximation Theory, 1966, ch. 3) for f = a + b*T, where T is the
// part a polynomial replaces: the error of f relative to f is w*(T - P) with w = b / (a + b*T). T is always summed from
// its series or continued fraction, never as a difference of nearly equal numbers, so float64 leaves ~1e-16 of noise
// beneath errors of ~1e-9.

type Real = (u: number) => number;
type Fit = {
  title: string;
  from: number;
  to: number;
  degrees: number[];
  target: Real;
  /** f / (its leading factor) = a(u) + b(u) * T(u); the factor cancels from the relative error. */
  a: Real;
  b: Real;
};

const horner = (c: readonly number[], u: number): number => c.reduceRight((sum, ck) => sum * u + ck, 0);

/** Sums first * prod ratio(k): 40 terms reach 1e-18 on every interval below. */
function series(first: number, ratio: (k: number) => number): Real {
  return (u) => {
    let [term, sum] = [first, first];
    for (let k = 1; k < 40; k++) {
      term *= ratio(k) * u;
      sum += term;
    }
    return sum;
  };
}

// (tanh(x)/x - 1)/x^2 by Lambert's continued fraction tanh(x) = x/(1 + u/(3 + u/(5 + ...))), u = x^2 (DLMF 4.39.1).
const tanhTarget: Real = (u) => {
  let tail = 41;
  for (let odd = 39; odd >= 3; odd -= 2) tail = odd + u / tail;
  return -1 / (u + tail);
};

/** Gaussian elimination with partial pivoting; each row ends in its right-hand side. */
function solve(rows: readonly (readonly number[])[]): number[] {
  const lead = ([first = 0]: readonly number[]) => first;
  const [pivot, ...others] = [...rows].sort((p, q) => Math.abs(lead(q)) - Math.abs(lead(p)));
  if (!pivot) return [];
  const eliminate = (row: readonly number[]) => {
    const scale = lead(row) / lead(pivot);
    return row.slice(1).map((x, k) => x - scale * (pivot[k + 1] ?? 0));
  };
  const rest = solve(others.map(eliminate));
  const right = rest.reduce((sum, x, k) => sum - (pivot[k + 1] ?? 0) * x, pivot.at(-1) ?? 0);
  return [right / lead(pivot), ...rest];
}

/** Chebyshev-spaced; 0 is left out, where a weight may vanish and the restricted problem has no Haar condition. */
function grid(from: number, to: number): number[] {
  const points = Array.from({ length: 8001 }, (_, i) => (from + to - (to - from) * Math.cos((Math.PI * i) / 8000)) / 2);
  return points.filter((u) => Math.abs(u) > 1e-9);
}

/** Completes the fixed low coefficients to degree n, minimising max w*|T - P|. */
function remez(points: readonly number[], target: Real, weight: Real, fixed: readonly number[], n: number): number[] {
  const low = fixed.length;
  const free = n + 1 - low;
  if (free === 0) return [...fixed];
  const node = (u: number) => ({
    u,
    // The free part's factor u^low changes sign at 0: alternation is counted with that sign divided out.
    w: Math.abs(weight(u)) * (u < 0 && low % 2 === 1 ? -1 : 1),
    residual: target(u) - horner(fixed, u),
    error: 0,
  });
  const nodes = points.map(node);
  const size = (p: (typeof nodes)[number] | undefined) => Math.abs(p?.error ?? 0);

  let reference = Array.from({ length: free + 1 }, (_, i) => (1 - Math.cos((Math.PI * (i + 0.5)) / (free + 1))) / 2)
    .map((x) => nodes[Math.round(x * (nodes.length - 1))])
    .filter((p) => p !== undefined);
  let best = { worst: Number.POSITIVE_INFINITY, coefficients: [] as number[] };
  for (let round = 0; round < 60; round++) {
    const rows = reference.map(({ u, w, residual }, i) => {
      const powers = Array.from({ length: free }, (_, k) => w * u ** (low + k));
      return [...powers, i % 2 ? -1 : 1, w * residual];
    });
    const coefficients = [...fixed, ...solve(rows).slice(0, free)];
    for (const p of nodes) p.error = p.w * (target(p.u) - horner(coefficients, p.u));

    const peaks: typeof nodes = [];
    for (const p of nodes) {
      const last = peaks.at(-1);
      if (last === undefined || p.error > 0 !== last.error > 0) peaks.push(p);
      else if (size(p) > size(last)) peaks[peaks.length - 1] = p;
    }
    const worst = Math.max(...peaks.map(size));
    if (worst < best.worst) best = { worst, coefficients };
    // Surplus peaks go smallest first; an interior one takes its lower neighbour along, or signs would not alternate.
    while (peaks.length > free + 1) {
      const end = peaks.length - 1;
      const least = peaks.indexOf(peaks.reduce((p, q) => (size(q) < size(p) ? q : p)));
      if (least === 0 || least === end) peaks.splice(least, 1);
      else if (end === free + 1) peaks.splice(size(peaks[0]) < size(peaks[end]) ? 0 : end, 1);
      else peaks.splice(size(peaks[least - 1]) < size(peaks[least + 1]) ? least - 1 : least, 2);
    }
    if (peaks.length < free + 1 || peaks.every((p, i) => p === reference[i])) break;
    reference = peaks;
  }
  return best.coefficients;
}

function float32(value: number): string {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((d) => Math.fround(Number(value.toPrecision(d))) === value) ?? 17;
  const bits = new DataView(new Float32Array([value]).buffer).getUint32(0, true);
  return `${value.toPrecision(digits).padStart(16)}  0x${bits.toString(16).padStart(8, "0")}`;
}

function report({ title, from, to, degrees, target, a, b }: Fit): void {
  const points = grid(from, to);
  const weight: Real = (u) => b(u) / (a(u) + b(u) * target(u));
  const worst = (c: readonly number[]) => {
    const e = Math.max(...points.map((u) => Math.abs(weight(u) * (target(u) - horner(c, u)))));
    return `${e.toExponential(3)} = 2^${Math.log2(e).toFixed(2)}`;
  };
  console.log(`\n${title}`);
  for (const n of degrees) {
    const free = remez(points, target, weight, [], n);
    const rounded: number[] = [];
    while (rounded.length <= n) {
      const refit = remez(points, target, weight, rounded, n);
      rounded.push(Math.fround(refit[rounded.length] ?? Number.NaN));
    }
    console.log(`  degree ${n}: error ${worst(rounded)} (unrounded ${worst(free)})`);
    for (const [k, c] of rounded.entries()) console.log(`    c${k} ${float32(c)}`);
  }
}

const quarter = Math.PI / 2;
const sine = series(quarter, (k) => -(quarter ** 2) / (2 * k * (2 * k + 1)));
const one: Real = () => 1;
const identity: Real = (u) => u;

report({
  title: "e^r = 1 + r + r^2*P(r), |r| <= 0.3468",
  from: -0.3468,
  to: 0.3468,
  degrees: [3, 4],
  target: series(1 / 2, (k) => 1 / (k + 2)),
  a: (r) => 1 + r,
  b: (r) => r * r,
});
report({
  title: "log(1+t) = t - t^2/2 + t^3*P(t), |t| <= 1/3",
  from: -1 / 3,
  to: 1 / 3,
  degrees: [6, 7, 8],
  target: series(1 / 3, (k) => -(k + 2) / (k + 3)),
  a: (t) => 1 - t / 2,
  b: (t) => t * t,
});
report({
  title: "sin(pi/2*s) = s*P(s^2), |s| <= 1/2",
  from: 0,
  to: 0.25,
  degrees: [3, 4],
  target: sine,
  a: () => 0,
  b: one,
});
// Near 0 the form above inherits the rounding of pi/2 itself (2^-25.1); a leading constant taken apart does not.
report({
  title: "sin(pi/2*s) = s + s*P(s^2), |s| <= 1/2",
  from: 0,
  to: 0.25,
  degrees: [3, 4],
  target: (u) => sine(u) - 1,
  a: one,
  b: one,
});
report({
  title: "sin(pi/2*s) = 1.5*s + s*P(s^2), |s| <= 1/2",
  from: 0,
  to: 0.25,
  degrees: [3, 4],
  target: (u) => sine(u) - 1.5,
  a: () => 1.5,
  b: one,
});
report({
  title: "cos(pi/2*s) = 1 + s^2*Q(s^2), |s| <= 1/2",
  from: 0,
  to: 0.25,
  degrees: [2, 3],
  target: series(-(quarter ** 2) / 2, (k) => -(quarter ** 2) / ((2 * k + 1) * (2 * k + 2))),
  a: one,
  b: identity,
});
report({
  title: "tanh(x) = x + x^3*P(x^2), |x| <= 0.625",
  from: 0,
  to: 0.625 ** 2,
  degrees: [4, 5],
  target: tanhTarget,
  a: one,
  b: identity,
});
