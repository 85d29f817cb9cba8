import { ArgumentError, checkOptions } from "../../core/index.ts";
import { apply, broadcast, expand, into, sizeOf } from "../../graph/extend.ts";
import { type Shape, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { kernelsOf } from "../core.ts";
import { Distribution, type ValidateOptions } from "../distribution.ts";
import type { Values } from "../parameters.ts";
import { permutation, real } from "../support.ts";
import { alongside, type Choice, choosePerturbed, colsOf, toFloats } from "./choice.ts";

/** Items whose orders `enumerateSupport` lists: 8! is 40320. */
const FEW = 8;

/**
 * Orders of K items: each place is taken by one of those left, with probabilities softmax of their logits, [..., K].
 * A sample is a row [K] of numbers of items, first place first: those of logits + gumbel, largest first, which is
 * `topK(key, logits, { k: K })`.
 *
 * Plackett 1975; Luce 1959; Yellott 1977 (by Gumbel noise).
 */
export class PlackettLuce extends Distribution {
  readonly support = permutation;

  /** @throws ArgumentError (logits that are not finite), ShapeError (no dimension of items) */
  constructor(options: { readonly logits: Values } & ValidateOptions) {
    const { logits, ...rest } = checkOptions(options, ["logits", "validateArgs"]);
    super({ logits: { values: logits, allowed: real, eventDims: 1 } }, rest, [colsOf(logits)]);
  }

  /** [..., K], as given: log-probabilities of the items for the first place, up to a constant of each row. */
  get logits(): Tensor {
    return this.parameter("logits");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    const { logits } = this;
    const [cols] = this.eventShape as [number];
    const rows = sizeOf(shape) / cols;
    return apply({
      name: "plackettLuceSample",
      inputs: { logits },
      shape,
      forward: (core, y) => choosePerturbed(core, { logits, key, offset }, { y, rows, width: cols }, order),
    });
  }

  protected density(value: Tensor): Tensor {
    const [cols] = this.eventShape as [number];
    const shape = broadcast(this.batchShape, value.shape.slice(0, -1), "value");
    const items = expand(value, [...shape, cols]);
    const { rows: logits, batches } = alongside(this.logits, shape);
    const n = sizeOf(shape);
    return apply({
      name: "plackettLuceLogProb",
      inputs: { logits },
      reads: { value: items },
      shape,
      forward: (core, y) =>
        core.scoped(() =>
          kernelsOf(core).plackettLuceLogProb(y, items.at, logits.at, core.allocate(4 * cols), n, batches, cols),
        ),
      backward: (core, dy) =>
        into(logits, (dx) => {
          const work = core.allocate(4 * cols);
          kernelsOf(core).plackettLuceLogProbGradient(dx, dy, items.at, logits.at, work, n, batches, cols);
        }),
    });
  }

  /** The likeliest order: by logits, largest first, of equals the lower number. */
  mode(): Tensor {
    const { logits } = this;
    const [cols] = this.eventShape as [number];
    return apply({
      name: "plackettLuceMode",
      inputs: { logits },
      shape: logits.shape,
      forward: (core, y) => order(core, y, logits.at, logits.size / cols, cols),
    });
  }

  override get hasEnumerateSupport(): boolean {
    return (this.eventShape[0] as number) <= FEW;
  }

  /**
   * All orders of 8 items at most, in ascending sequence: [K!, ...1, K], which broadcasts with the batch.
   * @throws ArgumentError for more items
   */
  enumerateSupport(): Tensor {
    const [cols] = this.eventShape as [number];
    if (cols > FEW) throw new ArgumentError("logits", `${FEW} items at most, for a list of their orders`, `${cols}`);
    const orders = ordersOf(Array.from({ length: cols }, (_, k) => k));
    return tensor(orders.flat(), [orders.length, ...this.batchShape.map(() => 1), cols]);
  }
}

/** The items of each row of z, largest first. */
const order: Choice = (core, y, z, rows, cols) =>
  core.scoped(() => {
    core.kernels.selectTopK(y, core.allocate(rows * cols), z, rows, cols, cols);
    toFloats(core, y, rows * cols);
  });

/** All orders of the items, in ascending sequence. */
const ordersOf = (items: readonly number[]): number[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((first) => ordersOf(items.filter((item) => item !== first)).map((rest) => [first, ...rest]));
