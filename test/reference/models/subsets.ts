import { logSumExp, sum } from "./log-space.ts";

/**
 * Bayesian linear regression with a hidden set of features that count: y = a + X_S b + noise of variance s², the
 * intercept a and, unless it is known, s² with the improper prior da ds²/s². X and y are centred here.
 *
 * "g": b | S, s² ~ N(0, g s² (X_Sᵀ X_S)⁻¹) (Zellner 1986; Liang et al. 2008, equation 6).
 * "bic": exp(-BIC / 2) of the maximum likelihood fit instead of an evidence (Raftery 1995).
 * "slab": b_j | S ~ N(0, slab²) each by itself, s² known: the spike and slab of George & McCulloch 1997.
 */
export type SlabPrior =
  | { readonly kind: "g"; readonly g: number }
  | { readonly kind: "bic" }
  | { readonly kind: "slab"; readonly slab: number; readonly noise: number };

export interface Enumeration {
  /**
   * log p(y | S), element S with bit j for feature j. For "slab" it is the density of y - mean(y) in the n - 1
   * dimensions where it lies; for the other two it is relative to the empty set's.
   */
  readonly logEvidences: Float64Array;
  /** log of the sum over S of p(S) p(y | S). */
  readonly logEvidence: number;
  /** p(S | y) of all S. */
  readonly probabilities: Float64Array;
  /** p(j in S | y). */
  readonly inclusion: readonly number[];
}

/**
 * All subsets of at most 20 features, each in S with probability `inclusion` by itself. Including a feature is one step
 * of Cholesky's elimination on what is left of [X y]ᵀ[X y], leaving it out drops its row: a tree of 2^p leaves, each of
 * which has the squares that its subset leaves unexplained in its last corner, with p steps of rounding only.
 */
export function enumerateSubsets(
  features: readonly (readonly number[])[],
  target: readonly number[],
  prior: SlabPrior,
  inclusion = 0.5,
): Enumeration {
  const n = target.length;
  const columns = [
    ...(features[0] as readonly number[]).map((_, j) => features.map((row) => row[j] as number)),
    target,
  ];
  const centred = columns.map((column) => {
    const mean = sum(column as number[]) / n;
    return column.map((x) => x - mean);
  });
  const p = columns.length - 1;
  if (p > 20) throw new RangeError(`at most 20 features, got ${p}`);
  // (X_SᵀX_S + I noise²/slab²) of a slab; nothing is added for the other priors.
  const ridge = prior.kind === "slab" ? (prior.noise / prior.slab) ** 2 : 0;
  const gram = centred.map((a, i) => centred.map((b, j) => dot(a, b) + (i === j && i < p ? ridge : 0)));
  const all = at(gram, p, p);
  const logEvidences = new Float64Array(2 ** p);
  const visit = (left: number[][], feature: number, subset: number, size: number, logDeterminant: number): void => {
    const [pivotRow, ...rest] = left as [number[], ...number[][]];
    if (feature === p) {
      logEvidences[subset] = logEvidenceOf(prior, { n, size, left: pivotRow[0] as number, all, logDeterminant });
      return;
    }
    const [pivot, ...row] = pivotRow as [number, ...number[]];
    const without = rest.map((other) => other.slice(1));
    visit(without, feature + 1, subset, size, logDeterminant);
    const within = without.map((other, i) =>
      other.map((x, j) => x - ((row[i] as number) * (row[j] as number)) / pivot),
    );
    visit(within, feature + 1, subset + 2 ** feature, size + 1, logDeterminant + Math.log(pivot));
  };
  visit(gram, 0, 0, 0, 0);
  return summed(logEvidences, p, inclusion);
}

interface Leaf {
  readonly n: number;
  readonly size: number;
  /** yᵀy - yᵀX_S (X_SᵀX_S + ridge)⁻¹ X_Sᵀy */
  readonly left: number;
  readonly all: number;
  readonly logDeterminant: number;
}

function logEvidenceOf(prior: SlabPrior, { n, size, left, all, logDeterminant }: Leaf): number {
  if (prior.kind === "g") {
    return 0.5 * ((n - 1 - size) * Math.log1p(prior.g) - (n - 1) * Math.log1p((prior.g * left) / all));
  }
  if (prior.kind === "bic") return -0.5 * (n * Math.log(left / all) + size * Math.log(n));
  const { slab, noise } = prior;
  // |noise² I + slab² X_S X_Sᵀ| = noise^2(n-1) (slab/noise)^2size |X_SᵀX_S + I noise²/slab²|.
  const logDeviation = (n - 1) * Math.log(noise) + size * Math.log(slab / noise) + 0.5 * logDeterminant;
  return -0.5 * (n - 1) * Math.log(2 * Math.PI) - logDeviation - (0.5 * left) / noise ** 2;
}

function summed(logEvidences: Float64Array, p: number, inclusion: number): Enumeration {
  const joint = logEvidences.map((log, subset) => {
    const size = sizeOf(subset);
    return log + size * Math.log(inclusion) + (p - size) * Math.log1p(-inclusion);
  });
  const logEvidence = logSumExp(joint);
  const probabilities = joint.map((log) => Math.exp(log - logEvidence));
  const included = new Array<number>(p).fill(0);
  probabilities.forEach((probability, subset) => {
    for (let j = 0; j < p; j++) if ((subset >> j) & 1) included[j] = (included[j] as number) + probability;
  });
  return { logEvidences, logEvidence, probabilities, inclusion: included };
}

function sizeOf(subset: number): number {
  let size = 0;
  for (let left = subset; left > 0; left >>= 1) size += left & 1;
  return size;
}

const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((x, i) => x * (b[i] as number)));
const at = (matrix: readonly (readonly number[])[], row: number, col: number): number =>
  (matrix[row] as readonly number[])[col] as number;
