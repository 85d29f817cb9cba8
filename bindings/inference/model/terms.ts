import { ArgumentError, ShapeError } from "../../core/index.ts";
import { expand, show } from "../../graph/extend.ts";
import { add, reshape, type Shape, type Tensor } from "../../graph/index.ts";
import { overRest } from "../bounds/weights.ts";

/** Refuses what is not finite, and says which number it was. */
export function checkDensity(title: string, x: Tensor): Tensor {
  const values = x.toArray();
  const wrong = values.findIndex((each) => !Number.isFinite(each));
  if (wrong < 0) return x;
  const where = x.size > 1 ? ` at element ${wrong} of ${show(x.shape)}` : "";
  throw new ArgumentError(title, "a finite log density", `${values[wrong]}${where}`);
}

/** The parts of a log density: of all of the data [n], and of each row [n, rows]. */
export class Terms {
  readonly #n: number;
  readonly #rows: number;
  #all: Tensor | undefined;
  #each: Tensor | undefined;

  constructor(n: number, rows: number) {
    this.#n = n;
    this.#rows = rows;
  }

  /** [n], [1] or []: undefined if there is none. */
  get all(): Tensor | undefined {
    return this.#all;
  }

  /** [n, rows] or [1, rows]: undefined if there is none. */
  get each(): Tensor | undefined {
    return this.#each;
  }

  /** [points, ...], of one number for each point. */
  addAll(title: string, x: Tensor): void {
    const [first = 1] = x.shape;
    if (first !== 1 && first !== this.#n) throw this.#misfit(title, x.shape, "[points] or []");
    const term = overRest(x, [first]);
    this.#all = this.#all ? add(this.#all, term) : term;
  }

  /** [points, rows, ...] or [rows]. */
  addEach(title: string, x: Tensor): void {
    const [n, rows] = [this.#n, this.#rows];
    const [first, second] = x.shape;
    let term: Tensor;
    if (x.shape.length === 1 && first === rows) term = reshape(x, [1, rows]);
    else if ((first === 1 || first === n) && (second === rows || (second === 1 && x.shape.length >= 2)))
      // One number for all rows is a part of each.
      term = expand(overRest(x, [first, second]), [first, rows]);
    else throw this.#misfit(title, x.shape, "[points, rows, ...] or [rows] (perRow(...) of what is of all)");
    this.#each = this.#each ? add(this.#each, term) : term;
  }

  /** A factor: of one dimension, [points] or [rows]. */
  add(title: string, x: Tensor, isOfRows: boolean): void {
    if (x.shape.length > 1 || isOfRows) this.addEach(title, x);
    else this.addAll(title, x);
  }

  #misfit(title: string, shape: Shape, expected: string): ShapeError {
    return new ShapeError(
      title,
      `a log density ${expected}`,
      `${show(shape)} of ${this.#n} points, ${this.#rows} rows`,
    );
  }
}
