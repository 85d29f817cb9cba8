import type { Shape } from "../graph/index.ts";
import { logSumExp } from "../relax/index.ts";

/**
 * Sets of values: where a density lives, and what a parameter may be.
 *
 * A set is over numbers, over rows of the last dimension or over matrices of the last two (`eventDims` 0, 1 or 2).
 */
export interface Support {
  /** What it is called: "positive", "simplex". */
  readonly name: string;
  /** What belongs to it, for messages: "a number above 0". */
  readonly description: string;
  /** Dimensions of an element: 0 of a number, 1 of a row, 2 of a matrix. */
  readonly eventDims: 0 | 1 | 2;
  /** Whether its values are countable. */
  readonly discrete: boolean;
  /**
   * Index of the first of `values` (rows of `cols`) that is not in the set, or of the first element of its row; or -1.
   * `shape`, of the values, is for sets that are others for each member of a batch.
   */
  firstOutside(values: Float32Array, cols: number, shape?: Shape): number;
}

function numbers(
  name: string,
  description: string,
  holds: (x: number) => boolean,
  { discrete = false }: { readonly discrete?: boolean } = {},
): Support {
  // NaN belongs to nothing: `holds` is a comparison that it fails.
  return {
    name,
    description,
    eventDims: 0,
    discrete,
    firstOutside: (values) => values.findIndex((x) => !holds(x)),
  };
}

function rows(
  name: string,
  description: string,
  holds: (row: Float32Array) => boolean,
  { discrete = false }: { readonly discrete?: boolean } = {},
): Support {
  return {
    name,
    description,
    eventDims: 1,
    discrete,
    firstOutside: (values, cols) => {
      for (let at = 0; at < values.length; at += cols) if (!holds(values.subarray(at, at + cols))) return at;
      return -1;
    },
  };
}

const isCount = (x: number): boolean => x >= 0 && Number.isInteger(x);

export const real = numbers("real", "a finite number", (x) => Number.isFinite(x));
export const positive = numbers("positive", "a finite number above 0", (x) => x > 0 && x < Infinity);
export const nonNegative = numbers("nonNegative", "a finite number of 0 or more", (x) => x >= 0 && x < Infinity);
export const unitInterval = numbers("unitInterval", "a number from 0 to 1", (x) => x >= 0 && x <= 1);
export const openUnitInterval = numbers("openUnitInterval", "a number between 0 and 1", (x) => x > 0 && x < 1);
export const boolean = numbers("boolean", "0 or 1", (x) => x === 0 || x === 1, { discrete: true });
export const nonNegativeInteger = numbers("nonNegativeInteger", "an integer of 0 or more", isCount, {
  discrete: true,
});

/** The integers from `least` to `most`. */
export const integerInterval = (least: number, most: number): Support =>
  numbers(
    "integerInterval",
    `an integer from ${least} to ${most}`,
    (x) => Number.isInteger(x) && x >= least && x <= most,
    { discrete: true },
  );

/** Log-odds: every number and both infinities, which are the probabilities 0 and 1. */
export const extendedReal = numbers("extendedReal", "a number, or an infinity", (x) => !Number.isNaN(x));

/** Log-odds of a probability above 0. */
export const aboveMinusInfinity = numbers("aboveMinusInfinity", "a number, or Infinity", (x) => x > -Infinity);

/** Log-odds of a probability below 1. */
export const belowInfinity = numbers("belowInfinity", "a number, or -Infinity", (x) => x < Infinity);

export const positiveProbability = numbers(
  "positiveProbability",
  "a number above 0, of 1 at most",
  (x) => x > 0 && x <= 1,
);

export const probabilityBelowOne = numbers(
  "probabilityBelowOne",
  "a number of 0 or more, below 1",
  (x) => x >= 0 && x < 1,
);

/** Rates whose counts stay below 2^24, where float32 begins to miss integers, by 190 standard deviations. */
export const countableRate = numbers("countableRate", "a number from 0 to 16000000", (x) => x >= 0 && x <= 16e6);

/** Trials whose successes float32 can count. */
export const countableTrials = integerInterval(0, 2 ** 24);

/** How far from 1 a sum of probabilities may be: those that were rounded to float32 and added up carelessly pass. */
const TOLERANCE = 1e-4;

const total = (row: Float32Array): number => row.reduce((sum, x) => sum + x, 0);

/** Probabilities: each of 0 or more, their sum 1. */
export const simplex = rows(
  "simplex",
  `numbers of 0 or more whose sum is 1 (within ${TOLERANCE})`,
  (row) => row.every((x) => x >= 0) && Math.abs(total(row) - 1) <= TOLERANCE,
);

/** Logarithms of such rows; -Infinity for 0. */
export const logSimplex = rows(
  "logSimplex",
  `numbers of 0 or less, or -Infinity, whose exponentials add up to 1 (within ${TOLERANCE})`,
  (row) =>
    row.every((x) => x <= TOLERANCE) &&
    row.some((x) => x > -Infinity) &&
    Math.abs(logSumExp(row)[0] as number) <= TOLERANCE,
);

/** Probabilities of which none is 0: densities may be infinite at the border. */
export const openSimplex = rows(
  "openSimplex",
  `numbers above 0 whose sum is 1 (within ${TOLERANCE})`,
  (row) => row.every((x) => x > 0) && Math.abs(total(row) - 1) <= TOLERANCE,
);

/** Finite logits, or -Infinity for an absent category, at least one present. */
export const logitsRow = rows(
  "logits",
  "finite numbers or -Infinity, at least one of them finite",
  (row) => row.every((x) => x < Infinity) && row.some((x) => x > -Infinity),
);

/** Exactly one 1, and 0 elsewhere. */
export const oneHot = rows(
  "oneHot",
  "one 1 and zeros",
  (row) => total(row) === 1 && row.every((x) => x === 0 || x === 1),
  { discrete: true },
);

/** Each of the numbers from 0 to K - 1 once. */
export const permutation = rows(
  "permutation",
  "each of the integers from 0 to K - 1 once",
  (row) => new Set(row).size === row.length && row.every((x) => Number.isInteger(x) && x >= 0 && x < row.length),
  { discrete: true },
);

/** Logits of which k can be drawn without replacement: finite, or -Infinity for an absent one, at least k present. */
export const presentRow = (k: number): Support =>
  rows("presentRow", `finite numbers or -Infinity, at least ${k} of them finite`, (row) => {
    let present = 0;
    for (const x of row) {
      if (!(x < Infinity)) return false;
      if (x > -Infinity) present++;
    }
    return present >= k;
  });

/** Exactly k ones, and 0 elsewhere. */
export const kHot = (k: number): Support =>
  rows("kHot", `${k} ones and zeros`, (row) => total(row) === k && row.every((x) => x === 0 || x === 1), {
    discrete: true,
  });

/** n × n matrices with exactly one 1 in each row and column, and 0 elsewhere. */
export const permutationMatrix = (n: number): Support => ({
  name: "permutationMatrix",
  description: `a ${n} by ${n} matrix of zeros with a single 1 in each row and column`,
  eventDims: 2,
  discrete: true,
  firstOutside: (values) => {
    for (let at = 0; at < values.length; at += n * n) if (!isPermutation(values.subarray(at, at + n * n), n)) return at;
    return -1;
  },
});

function isPermutation(matrix: Float32Array, n: number): boolean {
  const columns = new Set<number>();
  for (let row = 0; row < n * n; row += n) {
    const ones = matrix.subarray(row, row + n);
    if (total(ones) !== 1 || !ones.every((x) => x === 0 || x === 1)) return false;
    columns.add(ones.indexOf(1));
  }
  return columns.size === n;
}
