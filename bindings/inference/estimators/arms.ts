import { checkInteger, checkOptions } from "../../core/index.ts";
import { exp, mul, sigmoid, softplus, type Tensor, tanh, tensor } from "../../graph/index.ts";
import type { Credit } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import { evenly, meanOf, type Problem } from "../problem.ts";
import { onlyBinary } from "./accept.ts";

/**
 * Leave-one-out with samples that avoid each other: sum over i of (f(b_i) - mean f)(b_i - p) / ((n - 1)(1 - rho)) with n antithetic
 * samples of each binary variable, the first of which is the draw, and rho the correlation of any two. Unbiased, no derivative;
 * n evaluations for each of the `samples` of the estimate. With two copies it is `disarm`.
 *
 * Let q be the smaller of p and 1 - p. Copy i has the less likely value where (1 - d_i)^(n - 1) < q, for d uniform on the simplex:
 * (1 - d_i)^(n - 1) is uniform on (0, 1), and two are below q together with probability C = max(0, 2 q^(1 / (n - 1)) - 1)^(n - 1), less than
 * q^2, so that 1 - rho = (q - C) / (q (1 - q)).
 *
 * Dimitriev, Zhou 2021, "ARMS: Antithetic-REINFORCE-multi-sample gradient for binary variables", section 4 (Dirichlet copula).
 * @param options `copies`: n, 2 or more, 4 by default
 */
export function arms(options: { readonly copies?: number } = {}): Estimator {
  const { copies = 4 } = checkOptions(options, ["copies"]);
  checkInteger("copies", copies, 2);
  return {
    name: "ARMS",
    unbiased: true,
    differentiates: false,
    refuses: onlyBinary,
    estimate(problem) {
      const { factors, samples, draws } = problem;
      const groups = factors.map((factor, i) => copiesOf(problem, factor, draws[i] as Tensor, copies));
      const costs = Array.from({ length: copies }, (_, c) =>
        problem.evaluate(groups.map(({ points }) => points[c] as Tensor)),
      );
      const f = costs.map((each) => each.toArray());
      const mean = new Float64Array(f[0] as Float32Array).map(
        (_, i) => f.reduce((sum, each) => sum + (each[i] as number), 0) / copies,
      );
      return {
        value: meanOf(costs[0] as Tensor),
        credits: [
          ...costs.map((of) => evenly(of, 1 / copies)),
          ...factors.map((factor, i): Credit => {
            const { points, p, scale } = groups[i] as Group;
            const width = problem.width(factor);
            const weights = new Float64Array(factor.size);
            for (const [c, point] of points.entries())
              for (const [j, b] of point.toArray().entries()) {
                const [v, at] = [j % factor.size, Math.floor(j / width)];
                const above = (f[c]?.[at] as number) - (mean[at] as number);
                (weights[v] as number) +=
                  (above * (b - (p[v] as number)) * (scale[v] as number)) / ((copies - 1) * samples);
              }
            return { of: factor.logits, n: 1, weights };
          }),
        ],
      };
    },
  };
}

interface Group {
  /** The draws and their copies, each [samples, ...shape]. */
  readonly points: readonly Tensor[];
  readonly p: Float32Array;
  /** 1 / (1 - rho) */
  readonly scale: Float64Array;
}

function copiesOf({ source, samples }: Problem, factor: Factor, draws: Tensor, copies: number): Group {
  const others = copies - 1;
  const { size, shape } = factor;
  const logits = factor.logits.toArray();
  const q = sigmoid(
    tensor(
      logits.map((l) => -Math.abs(l)),
      [size],
    ),
  ).toArray();
  const root = rootOf(logits, q, others);
  const noise = source.noise(factor, "logistic", "", samples);
  // -log of the uniform number below q of which the draw has the less likely value, by n - 1: 1 - d_1 = exp(-a).
  const a = mul(
    softplus(
      tensor(
        noise.map((e, i) => ((logits[i % size] as number) > 0 ? -e : e)),
        [noise.length],
      ),
    ),
    1 / others,
  );
  const rest = exp(mul(a, -1)).toArray();
  // 1 - exp(-a) without cancellation.
  const half = tanh(mul(a, 0.5)).toArray();
  const shares = source.noise(factor, "exponential", "ARMS", samples, others);
  const values = Array.from({ length: others }, () => new Float32Array(noise.length));
  for (let i = 0; i < noise.length; i++) {
    const v = i % size;
    const likely = (logits[v] as number) > 0 ? 1 : 0;
    const first = (half[i] as number) * (1 + (rest[i] as number));
    let total = 0;
    for (let c = 0; c < others; c++) total += shares[i * others + c] as number;
    for (let c = 0; c < others; c++) {
      // 1 - d of this copy: of what the draw left over, what the others have, and the draw's.
      const without = first + ((rest[i] as number) * (total - (shares[i * others + c] as number))) / total;
      (values[c] as Float32Array)[i] = without < (root[v] as number) ? 1 - likely : likely;
    }
  }
  return {
    points: [draws, ...values.map((each) => tensor(each, [samples, ...shape]))],
    p: sigmoid(factor.logits).toArray(),
    scale: new Float64Array(q).map((each, v) => {
      if (each === 0) return 1;
      return (each * (1 - each)) / (each - power(Math.max(0, 2 * (root[v] as number) - 1), others));
    }),
  };
}

/** q^(1 / m), which a step of Newton's method in f64 makes as good as q is: its distance from 1 counts. */
function rootOf(logits: Float32Array, q: Float32Array, m: number): Float64Array {
  const magnitudes = tensor(
    logits.map((l) => Math.abs(l)),
    [logits.length],
  );
  const near = exp(mul(softplus(magnitudes), -1 / m)).toArray();
  return new Float64Array(near).map((root, v) => {
    const next = power(root, m);
    return next === 0 ? root : root - ((next - (q[v] as number)) * root) / (m * next);
  });
}

function power(x: number, n: number): number {
  let result = 1;
  for (let i = 0; i < n; i++) result *= x;
  return result;
}
