import {
  Bernoulli,
  Categorical,
  Normal,
  OneHotCategorical,
  Poisson,
  type Sampleable,
} from "../../bindings/distributions/index.ts";
import { exp, mul, reshape, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { Factor } from "../../bindings/inference/factor.ts";
import * as inference from "../../bindings/inference/index.ts";

/** [n, ...batch] as [n], and [n, rows, ...] as [n, rows]. */
function sumOf(z: Tensor): Tensor {
  const rows = z.shape.slice(0, z.shape.length > 2 ? 2 : 1);
  return sum(reshape(z, [...rows, z.size / rows.reduce((product, of) => product * of, 1)]), { axis: -1 });
}

/** Of estimators that have to be told something. */
const OPTIONS: Readonly<Record<string, object>> = {
  sumAndSample: { k: 2 },
  unorderedSet: { k: 2 },
  relax: { control: sumOf },
};

/** Every estimator of the package, with its defaults where it has them, by the name of its export: each call makes a new one. */
export const ESTIMATORS: readonly { readonly name: string; readonly make: () => inference.Estimator }[] =
  Object.entries(inference).flatMap(([name, exported]) => {
    const make = () => (exported as (options?: object) => inference.Estimator)(OPTIONS[name]);
    return isEstimator(quietly(make)) ? [{ name, make }] : [];
  });

function isEstimator(made: unknown): boolean {
  const { estimate, refuses } = (made ?? {}) as Partial<inference.Estimator>;
  return typeof estimate === "function" && typeof refuses === "function";
}

/** What is no estimator may throw, or reject, without its arguments. */
function quietly(make: () => unknown): unknown {
  try {
    const made = make();
    if (made instanceof Promise) made.catch(() => {});
    return made;
  } catch {
    return undefined;
  }
}

export interface Family {
  readonly name: string;
  /** Shape of a row's parameters. */
  readonly shape: readonly number[];
  /** Of parameters [...rows, ...shape]. */
  readonly law: (parameters: Tensor) => Sampleable;
}

export const FAMILIES: readonly Family[] = [
  { name: "Bernoulli", shape: [2], law: (logits) => new Bernoulli({ logits }) },
  { name: "OneHotCategorical", shape: [2, 3], law: (logits) => new OneHotCategorical({ logits }) },
  { name: "Categorical", shape: [2, 3], law: (logits) => new Categorical({ logits }) },
  { name: "Poisson", shape: [2], law: (logits) => new Poisson({ rate: exp(logits) }) },
  { name: "Normal", shape: [2], law: (loc) => new Normal({ loc, scale: 0.75 }) },
];

/** Each estimator with each family that it takes. Called within a step. */
export const takes = (estimator: inference.Estimator, law: Sampleable): boolean =>
  estimator.refuses(new Factor("", law)) === undefined;

/** (sum of w z)^2 of each row: of whole numbers exact in single precision, so that it has one value only. */
export const squareOf =
  (rows: readonly number[]) =>
  (z: Tensor): Tensor => {
    const n = z.shape[0];
    const width = z.size / n / rows.reduce((product, of) => product * of, 1);
    const s = sum(mul(reshape(z, [n, ...rows, width]), tensor(weights(width))), { axis: -1 });
    return mul(s, s);
  };

/** The same of plain numbers, one for each row. */
export const plainSquare = (z: Float32Array, rows: number): number[] =>
  Array.from({ length: rows }, (_, row) => {
    const of = z.subarray((row * z.length) / rows, ((row + 1) * z.length) / rows);
    return of.reduce((so, each, j) => so + each * weights(of.length)[j], 0) ** 2;
  });

const weights = (width: number): number[] => Array.from({ length: width }, (_, j) => (j + 1) / 4 - 0.5 * (j % 2));
