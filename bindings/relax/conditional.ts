import { ArgumentError, type Core, checkOptions, checkOut, core, type Floats } from "../core/index.ts";
import { checkKey, type Key } from "../random/index.ts";
import { asMatrix, checkLogits, eachRow, type Matrix } from "./logits.ts";
import { perturb } from "./perturb.ts";

/** How an array is cut into rows, and where the result goes. */
export interface RowOptions {
  /** Categories of a row; all of them by default. */
  readonly cols?: number;
  /** Where to put the result; it must not overlap an input. */
  readonly out?: Float32Array;
}

/**
 * The perturbed logits of a draw that is known: logits + gumbel(key), given that `index` is their argmax in each row. The
 * largest is log Z - log E_i, the others are -log(exp(-largest) + E_j exp(-logits_j)), with the exponential noise E of the key and
 * log Z = logSumExp(logits). With an `index` drawn by `categorical` under another key, the law is that of logits + gumbel.
 *
 * Maddison, Tarlow, Minka 2014, section 3; Paulus, Maddison, Krause 2021, eq. 9.
 * @param logits [rows × cols], row-major; -Infinity for an absent category, and then in the result
 * @param options `index`: the category drawn, one for all rows or one for each, as `categorical` gives them
 * @returns [rows × cols]; of each row the largest is at `index`, and there alone unless it is -3.4028235e38
 * @throws KeyError; ArgumentError (NaN, +Infinity, a row of -Infinity, an absent index); ShapeError (cols, index, out)
 */
export function conditionalGumbel(
  key: Key,
  logits: Floats,
  options: RowOptions & { readonly index: number | Int32Array | readonly number[] },
): Float32Array {
  const { index, out } = checkOptions(options, ["index", "cols", "out"]);
  const noise = checkKey(key);
  const matrix = asMatrix("logits", logits, options.cols);
  const { x, rows, cols } = matrix;
  const places = eachRow("index", index, rows, `an integer from 0 to ${cols - 1}`, (i) => isIndex(i, cols));
  if (out !== undefined) checkOut(out, "Float32Array", x.length, [x]);
  const shared = core();
  return shared.scoped(() => {
    const from = shared.place(x);
    checkLogits(shared, from, rows, cols);
    const totals = shared.allocate(rows);
    shared.kernels.logSumExpForward(totals, from, shared.allocate(cols), rows, cols, shared.placeDouble(1), 0);
    const largest = shared.copy(totals, rows);
    const z = perturb(shared, noise, {}, x.length, (at) => {
      shared.move(at, from, x.length);
      const copy = shared.view(at, x.length);
      for (const [row, i] of places.entries()) {
        const place = row * cols + i;
        if (x[place] === -Infinity)
          throw new ArgumentError("index", "a category above -Infinity in its row", `${i} in row ${row}`);
        copy[place] = largest[row] as number;
      }
    });
    const tops = places.map((i, row) => shared.view(z, x.length)[row * cols + i] as number);
    shift(shared, z, matrix, tops);
    for (const [row, i] of places.entries()) shared.view(z, x.length)[row * cols + i] = tops[row] as number;
    return shared.copyTo(out, z, x.length);
  });
}

/**
 * logits + gumbel(key), given that each is below `bound`: -log(exp(-bound) + E exp(-logits)), with the exponential noise E of the
 * key. Draws of Gumbels in descending order, and of what an argmax leaves, are made of these.
 *
 * Maddison, Tarlow, Minka 2014, section 3.
 * @param logits [rows × cols], row-major; -Infinity for an absent category, and then in the result
 * @param options `bound`: a finite number, one for all rows or one for each
 * @returns [rows × cols], all of it below the bound; at the bound -3.4028235e38, below which there is no float32 number, at it
 * @throws KeyError; ArgumentError (NaN, +Infinity, a row of -Infinity, bound); ShapeError (cols, bound, out)
 */
export function truncatedGumbel(
  key: Key,
  logits: Floats,
  options: RowOptions & { readonly bound: number | Floats },
): Float32Array {
  const { bound, out } = checkOptions(options, ["bound", "cols", "out"]);
  return shifted(key, logits, options.cols, out, "bound", bound, () => undefined);
}

/**
 * logits + gumbel(key), given that the largest of each row is `max`: top-down sampling. The argmax has the law softmax(logits)
 * and is that of the `categorical` draw of the key. With the children's log-probabilities as logits and their parent's
 * perturbed log-probability as `max`, this is the step of stochastic beam search: the leaves of a tree get Gumbel noise
 * from the root on, and only those that are looked at.
 *
 * z = -log(exp(-max) - exp(-m) + exp(-(logits + gumbel))), m the largest of logits + gumbel.
 * Kool, van Hoof, Welling 2019, "Stochastic beams and where to find them", section 4.1 and appendix B.3; Maddison, Tarlow,
 * Minka 2014.
 * @param logits [rows × cols], row-major; -Infinity for an absent category, and then in the result
 * @param options `max`: a finite number, one for all rows or one for each
 * @returns [rows × cols], `max` (as float32) in each row once, or where the noise vanishes in float32
 * @throws KeyError; ArgumentError (NaN, +Infinity, a row of -Infinity, max); ShapeError (cols, max, out)
 */
export function topDownGumbel(
  key: Key,
  logits: Floats,
  options: RowOptions & { readonly max: number | Floats },
): Float32Array {
  const { max, out } = checkOptions(options, ["max", "cols", "out"]);
  return shifted(key, logits, options.cols, out, "max", max, (core, z, { rows, cols }) => {
    const best = core.allocate(rows);
    core.kernels.selectArgmax(best, z, rows, cols);
    return Array.from(core.copyWords(best, rows), (i, row) => core.view(z, rows * cols)[row * cols + i] as number);
  });
}

function shifted(
  key: Key,
  logits: Floats,
  width: number | undefined,
  out: Float32Array | undefined,
  name: string,
  limit: number | Floats,
  peaksOf: (core: Core, z: number, matrix: Matrix) => readonly number[] | undefined,
): Float32Array {
  const noise = checkKey(key);
  const matrix = asMatrix("logits", logits, width);
  const { x, rows, cols } = matrix;
  const tops = eachRow(name, limit, rows, "a finite float32 number", (value) => Number.isFinite(Math.fround(value)));
  if (out !== undefined) checkOut(out, "Float32Array", x.length, [x]);
  const shared = core();
  return shared.scoped(() => {
    const z = perturb(shared, noise, {}, x.length, (at) => shared.write(x, at));
    checkLogits(shared, z, rows, cols);
    shift(shared, z, matrix, tops, peaksOf(shared, z, matrix));
    return shared.copyTo(out, z, x.length);
  });
}

/** Rows of variates to those below their tops, or with these as their peaks (assembly/conditional.ts). */
function shift(
  core: Core,
  z: number,
  { rows, cols }: Matrix,
  tops: readonly number[],
  peaks?: readonly number[],
): void {
  const [to, from] = [core.place(tops), core.place(peaks ?? new Float32Array(rows).fill(Infinity))];
  core.kernels.conditionalShift(z, to, from, rows, cols);
}

const isIndex = (value: number, cols: number): boolean => Number.isSafeInteger(value) && value >= 0 && value < cols;
