import { expand, type GraphCore, sameShape, sizeOf, Tensor } from "../../graph/extend.ts";
import type { Shape } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { perturb } from "../../relax/index.ts";
import type { Values } from "../parameters.ts";

/** Length of the last dimension of a parameter; what is none is refused where parameters are. */
export const colsOf = (values: Values): number =>
  values instanceof Tensor ? (values.shape.at(-1) ?? 1) : typeof values === "number" ? 1 : values.length;

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

/**
 * z = logits + gumbel(key), `size` elements from noise element `offset` on, the logits repeated as often as it takes.
 * @returns the address of z: temporary memory of the enclosing scope
 */
export function perturbed(core: GraphCore, logits: Tensor, key: Key, offset: number, size: number): number {
  return perturb(core, key, { offset }, size, (at) => {
    for (let done = 0; done < size; done += logits.size) core.move(at + 4 * done, logits.at, logits.size);
  });
}

/** Turns the integers that a kernel chose into floats, in place. */
export function toFloats(core: GraphCore, at: number, size: number): void {
  const [integers, floats] = [core.words(at, size), core.view(at, size)];
  for (let i = 0; i < size; i++) floats[i] = integers[i] as number;
}
