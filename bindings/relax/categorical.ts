import { type Core, checkInteger, checkOptions, core, type Floats, makeArray } from "../core/index.ts";
import { checkKey, type Key } from "../random/index.ts";
import { bestOf, ROOM } from "./best.ts";
import { asMatrix, checkLogits, refuseLogits } from "./logits.ts";
import { perturb } from "./perturb.ts";

/**
 * Exact draws from softmax(logits), row by row, by the Gumbel-max trick: argmax(logits + gumbel).
 * Draw d of row r uses the noise elements r cols + k, with d as the fourth word of the Philox counter: it depends neither on
 * the other rows nor on the other draws, and draw 0 is the argmax of the `gumbelSoftmax` of the same key. For draws at a
 * temperature, divide the logits by it first.
 *
 * Gumbel 1954; Maddison, Tarlow, Minka 2014, eq. 2.
 * @param logits [rows × cols], row-major, not necessarily normalized; -Infinity for a category that is never drawn
 * @returns category numbers, [rows × draws]
 * @throws KeyError; ArgumentError (NaN, +Infinity, a row of -Infinity, draws); ShapeError (cols)
 */
export function categorical(
  key: Key,
  logits: Floats,
  options: { readonly cols?: number; readonly draws?: number } = {},
): Int32Array {
  const { draws = 1 } = checkOptions(options, ["cols", "draws"]);
  const noise = checkKey(key);
  const { x, rows, cols } = asMatrix("logits", logits, options.cols);
  checkInteger("draws", draws, 1, DRAWS);
  const shared = core();
  return shared.scoped(() => {
    const from = shared.allocate(x.length + ROOM);
    shared.write(x, from);
    const drawRows = isLong(cols, 1) ? drawLong : drawShort;
    if (drawRows === drawShort) checkLogits(shared, from, rows, cols);
    const indices = makeArray(Int32Array, rows * draws, "draws");
    for (let draw = 0; draw < draws; draw++) {
      const drawn = drawRows(shared, noise, draw, { at: from, rows, cols });
      for (let row = 0; row < rows; row++) indices[row * draws + draw] = drawn[row] as number;
    }
    return indices;
  });
}

/** Draws that a counter word can number: engines have arrays for more. */
const DRAWS = 2 ** 32;

/** Where it pays to leave out the noise that cannot win: at most one category in 256 is drawn. */
const isLong = (cols: number, k: number): boolean => cols >= 256 * k;

interface Placed {
  readonly at: number;
  readonly rows: number;
  readonly cols: number;
}

/** One category for each row, with the noise of one of the draws. */
type Draw = (core: Core, key: Key, draw: number, logits: Placed) => ArrayLike<number>;

const drawLong: Draw = (core, key, draw, logits) =>
  core.scoped(() => {
    const [indices, scores] = [core.allocate(logits.rows), core.allocate(logits.rows)];
    selectLong(core, key, draw, logits, { indices, scores, k: 1 });
    return core.copyWords(indices, logits.rows);
  });

const drawShort: Draw = (core, key, draw, { at, rows, cols }) =>
  core.scoped(() => {
    const z = perturb(core, key, { draw }, rows * cols, (to) => core.move(to, at, rows * cols));
    const drawn = core.allocate(rows);
    core.kernels.selectArgmax(drawn, z, rows, cols);
    return core.copyWords(drawn, rows);
  });

/** k draws without replacement of each row, in the order drawn. */
export interface TopK {
  /** Category numbers, [rows × k], best first. */
  readonly indices: Int32Array;
  /** Their perturbed logits, [rows × k]. */
  readonly scores: Float32Array;
}

/**
 * k draws without replacement from softmax(logits) in each row, in the order drawn (Plackett-Luce): the k largest of
 * logits + gumbel, the noise that of `categorical`. Of equal scores the lowest index comes first. For draws at a temperature,
 * divide the logits by it first.
 *
 * Kool, van Hoof, Welling 2019, "Stochastic beams and where to find them", section 2.
 * @throws KeyError; ArgumentError (NaN, +Infinity, k larger than the number of categories above -Infinity); ShapeError (cols)
 */
export function topK(key: Key, logits: Floats, options: { readonly k: number; readonly cols?: number }): TopK {
  const { k } = checkOptions(options, ["k", "cols"]);
  const noise = checkKey(key);
  const { x, rows, cols } = asMatrix("logits", logits, options.cols);
  checkInteger("k", k, 1, cols);
  const shared = core();
  return shared.scoped(() => {
    const [indices, scores] = [shared.allocate(rows * k), shared.allocate(rows * k)];
    if (isLong(cols, k)) {
      const at = shared.allocate(x.length + ROOM);
      shared.write(x, at);
      selectLong(shared, noise, 0, { at, rows, cols }, { indices, scores, k });
    } else {
      const z = perturb(shared, noise, {}, x.length, (at) => shared.write(x, at));
      checkLogits(shared, z, rows, cols, k);
      shared.kernels.selectTopK(indices, scores, z, rows, cols, k);
    }
    return { indices: shared.copyWords(indices, rows * k), scores: shared.copy(scores, rows * k) };
  });
}

/**
 * The k largest of each row of logits + noise, the noise that of one of the draws. What is wrong with the logits
 * comes out as the kernel passes over them; only then are they looked through.
 */
function selectLong(
  core: Core,
  key: Key,
  draw: number,
  { at, rows, cols }: Placed,
  { indices, scores, k }: { readonly indices: number; readonly scores: number; readonly k: number },
): void {
  for (let row = 0; row < rows; row++) {
    const to = { indices: indices + 4 * row * k, scores: scores + 4 * row * k, k };
    if (bestOf(core, key, row * cols, { at: at + 4 * row * cols, length: cols }, to, { draw }) < k)
      refuseLogits(core, at, rows, cols, k);
  }
}
