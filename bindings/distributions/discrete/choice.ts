import { expand, type GraphCore, sameShape, sizeOf, Tensor } from "../../graph/extend.ts";
import type { Shape } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { perturb } from "../../relax/index.ts";
import type { Values } from "../parameters.ts";

/** Length of the last dimension of a parameter; what is none is refused where parameters are. */
export const colsOf = (values: Values): number =>
  values instanceof Tensor ? (values.shape.at(-1) ?? 1) : ((values as ArrayLike<number> | undefined)?.length ?? 1);

/**
 * Rows of logits for values of a shape, and how many there are before they repeat: row r of the values goes with row
 * r mod `batches`. Only where the values stretch the batch between its dimensions are the logits stretched too.
 */
export function alongside(logits: Tensor, shape: Shape): { readonly rows: Tensor; readonly batches: number } {
  const batch = logits.shape.slice(0, -1);
  const first = batch.findIndex((n) => n > 1);
  const own = first < 0 ? [] : batch.slice(first);
  if (sameShape(own, shape.slice(shape.length - own.length))) return { rows: logits, batches: sizeOf(own) };
  return { rows: expand(logits, [...shape, ...logits.shape.slice(-1)]), batches: sizeOf(shape) };
}

/** Elements perturbed at a time: many draws need no more wasm memory than their results. */
const CHUNK = 1 << 20;

/** What takes `rows` rows of perturbed logits at z to results at y. */
export type Choice = (core: GraphCore, y: number, z: number, rows: number, cols: number) => void;

/**
 * Chooses among logits + gumbel(key), row by row, the logits repeated as often as it takes: row r, item k has the noise of
 * element offset + r cols + k.
 *
 * @param y where the results are, `width` numbers a row
 */
export function choosePerturbed(
  core: GraphCore,
  { logits, key, offset }: { readonly logits: Tensor; readonly key: Key; readonly offset: number },
  { y, rows, width }: { readonly y: number; readonly rows: number; readonly width: number },
  choice: Choice,
): void {
  const cols = logits.shape.at(-1) as number;
  const chunk = Math.max(1, Math.floor(CHUNK / cols));
  for (let first = 0; first < rows; first += chunk)
    core.scoped(() => {
      const count = Math.min(chunk, rows - first);
      const start = first * cols;
      const z = perturb(core, key, { offset: offset + start }, count * cols, (at) =>
        repeat(core, logits, start, at, count * cols),
      );
      choice(core, y + 4 * first * width, z, count, cols);
    });
}

/** Copies `size` elements of the endless repetition of x from element `start` on. */
function repeat(core: GraphCore, x: Tensor, start: number, to: number, size: number): void {
  for (let done = 0; done < size; ) {
    const from = (start + done) % x.size;
    const length = Math.min(size - done, x.size - from);
    core.move(to + 4 * done, x.at + 4 * from, length);
    done += length;
  }
}

/** Turns the integers that a kernel chose into floats, in place. */
export function toFloats(core: GraphCore, at: number, size: number): void {
  const [integers, floats] = [core.words(at, size), core.view(at, size)];
  for (let i = 0; i < size; i++) floats[i] = integers[i] as number;
}
