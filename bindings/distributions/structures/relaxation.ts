import { checkBoolean, ShapeError } from "../../core/index.ts";
import { apply, broadcast, expand, type GraphCore, show, sizeOf } from "../../graph/extend.ts";
import type { Shape, Tensor } from "../../graph/index.ts";
import { kernelsOf } from "../core.ts";
import { gradientOf } from "../fused.ts";
import { asTensor, checkSupport, Given, type Values } from "../parameters.ts";
import { positive, type Support } from "../support.ts";

/** Whether a relaxed structure is handed out as such. */
export interface HardOptions {
  /** Whether the value is the limit of temperature 0; the gradient stays that of the relaxed value. */
  readonly hard?: boolean;
}

/** What every relaxed structure takes. */
export interface RelaxOptions extends HardOptions {
  /** Temperature, finite and above 0: a number, or an array or tensor that broadcasts with the batch. */
  readonly tau?: Values;
}

/** Inputs that were checked: x is [...batch, ...event], tau [...batch]; both stretched. */
export interface Relaxed {
  readonly x: Tensor;
  readonly tau: Tensor;
  readonly batch: Shape;
  /** Members of the batch. */
  readonly count: number;
  /** Length of x's last dimension. */
  readonly n: number;
  readonly hard: boolean;
}

/** Checks what came; `allowed` says what the elements of x may be, for its last dimension. */
export function checkRelaxed(
  name: string,
  values: Values,
  { tau = 1, hard = false }: RelaxOptions,
  eventDims: 1 | 2,
  allowed: (n: number) => Support,
): Relaxed {
  const x = asTensor(name, values);
  const n = checkEvent(name, x.shape, eventDims);
  checkSupport(name, x, allowed(n));
  const temperature = new Given("tau", tau, positive).tensor;
  return stretch(x, temperature, n, checkBoolean("hard", hard), eventDims);
}

/** The n of rows, [..., n], or of square matrices, [..., n, n]. */
export function checkEvent(name: string, shape: Shape, eventDims: 1 | 2): number {
  const [n, m] = shape.slice(-eventDims);
  if (n === undefined || shape.length < eventDims || (m ?? n) !== n)
    throw new ShapeError(name, eventDims === 1 ? "[..., n]" : "square matrices, [..., n, n]", show(shape));
  return n;
}

/** Inputs whose elements need no check. */
export function stretch(x: Tensor, tau: Tensor, n: number, hard: boolean, eventDims: 1 | 2): Relaxed {
  const cut = x.shape.length - eventDims;
  const batch = broadcast(x.shape.slice(0, cut), tau.shape, "tau");
  const stretched = expand(x, [...batch, ...x.shape.slice(cut)]);
  return { x: stretched, tau: expand(tau, batch), batch, count: sizeOf(batch), n, hard };
}

type Structure = "topK" | "sinkhorn" | "softSort" | "neuralSort";
type Kernel = (...numbers: number[]) => void;

/**
 * y = f(x / tau) over the members of the batch, computed in f64 and rounded once. Kernels, with `work` for doubles:
 * `${name}Forward(y, ...rest)`, `${name}Backward(dx, dtau, dy, ...rest)` with rest = x, tau, work, count, n, ...settings.
 * The gradient is computed from x again, so a hard value does without the relaxed one.
 */
export function relax(
  name: Structure,
  { x, tau, batch, count, n, hard }: Relaxed,
  how: {
    readonly event: Shape;
    /** Doubles that the two kernels work with. */
    readonly work: readonly [forward: number, backward: number];
    readonly settings?: (core: GraphCore) => readonly number[];
    readonly harden: (core: GraphCore, y: number) => void;
  },
): Tensor {
  const { event, work, settings = () => [], harden } = how;
  const kernel = (core: GraphCore, direction: "Forward" | "Backward"): Kernel => kernelsOf(core)[`${name}${direction}`];
  return apply({
    name,
    inputs: { x, tau },
    shape: [...batch, ...event],
    forward: (core, y) =>
      core.scoped(() => {
        if (hard) return harden(core, y);
        kernel(core, "Forward")(y, x.at, tau.at, doubles(core, work[0]), count, n, ...settings(core));
      }),
    backward: (core, dy) => {
      const gradients = [gradientOf(x), gradientOf(tau)];
      const scratch = doubles(core, work[1]);
      kernel(core, "Backward")(...gradients, dy, x.at, tau.at, scratch, count, n, ...settings(core));
    },
  });
}

export const doubles = (core: GraphCore, length: number): number => core.allocate(2 * length);

/** Where the k largest of each row are, best first; of equals the lowest index. The address of u32[count][k]. */
export function ranking(core: GraphCore, x: Tensor, n: number, k: number): number {
  const count = x.size / n;
  const [indices, scores] = [core.allocate(count * k), core.allocate(count * k)];
  core.kernels.selectTopK(indices, scores, x.at, count, n, k);
  return indices;
}

/** Writes `rows` rows of n, all 0 but for ones where each `per` indices of a row say. */
export function placeOnes(core: GraphCore, y: number, indices: number, rows: number, n: number, per: number): void {
  const chosen = core.words(indices, rows * per);
  const values = core.view(y, rows * n).fill(0);
  for (let i = 0; i < chosen.length; i++) values[Math.floor(i / per) * n + (chosen[i] as number)] = 1;
}
