import {
  ArgumentError,
  checkBoolean,
  checkInteger,
  checkOptions,
  checkSynchronous,
  describe,
  ShapeError,
} from "../../core/index.ts";
import {
  backwardIfClear,
  changesHeld,
  checkTensor,
  gradientsApart,
  type Parameter,
  show,
  useOnly,
} from "../../graph/extend.ts";
import { mul, type Parameters, step, sum, type Tensor } from "../../graph/index.ts";
import type { Signal } from "../async-step.ts";
import { Moments, type MomentsState } from "../expectation/moments.ts";
import { BYTES_OF_MOMENTS, momentsFromData } from "../expectation/partial.ts";
import { Frame } from "../frame.ts";
import { checkExecutor, type Executor } from "../shards/executor.ts";
import { gather, jobOf, SHARDS_EACH } from "../shards/gather.ts";
import {
  addGradients,
  bytesOfNodes,
  type Gradients,
  giveBack,
  gradientTree,
  nodesFromData,
  nodesToData,
  setValues,
  valuesOf,
} from "../shards/gradients.ts";
import { workOf } from "../shards/shared.ts";
import { longestOf, type Range, ranges, type Tree } from "../shards/tree.ts";
import { type Data, encode } from "../shards/wire.ts";

/** Some rows in a row, and what else there is to know of this call. */
export interface RowsPiece<I = undefined> {
  /** Number of the first row. */
  readonly from: number;
  /** One beyond the number of the last row. */
  readonly to: number;
  /** As the options have it: a step's number, a temperature. */
  readonly input: I;
}

/** A loss of each row, [to - from], made in a step that is open. Which rows are meant by their numbers, and their noise, it knows. */
export type RowsLoss<I = undefined> = (piece: RowsPiece<I>) => Tensor;

/** Over which rows, and where. */
export interface MeanOfRowsOptions<I = undefined> {
  /** How many there are: 1 or more. */
  readonly rows: number;
  /** Rows of a step: 256 by default, the last may have fewer. Sums of gradients are cut there, so their last bits depend on it. */
  readonly piece?: number;
  /** What the loss is told: plain data, which goes to workers with each call. */
  readonly input?: I;
  /** Whether the gradient of the mean is added to those of the parameters: true by default; false to evaluate. */
  readonly gradients?: boolean;
  /** What computes: this thread by default. The loss is then of a `shared` work; the bits are the same. */
  readonly executor?: Executor;
  /** With an executor: pieces of a shard, by default as many as give each worker one shard, of an evaluation sixteen. */
  readonly shard?: number;
  /** An AbortSignal, looked at before each piece. */
  readonly signal?: Signal;
  /** Called after each piece, or shard; a promise is awaited. */
  readonly onProgress?: (progress: { readonly done: number; readonly of: number }) => unknown;
}

/** Losses of rows together. */
export interface MeanOfRows {
  /** The mean, of exact sums and rounded once. */
  readonly value: number;
  /** Of the mean, by the spread of the rows; NaN of a single row. */
  readonly standardError: number;
  /** Exact sums, plain data: for `Moments.merge`. */
  readonly moments: MomentsState;
}

/**
 * The mean of a loss over the rows of a batch or of a data set, a piece at a time, and the gradient of it: gradient accumulation, and
 * with an executor data-parallel training and evaluation with steps of one's own.
 *
 *     const { value } = await meanOfRows(loss, { rows: 400, piece: 100, input: { step: 7, tau: 0.9 }, executor });
 *     optimizer.step();
 *
 * Gradients of pieces are summed as a tree, neighbours first, so that the sum has the same bits whoever computes which pieces. They are
 * added to the parameters when all is done: after an error nothing has changed.
 *
 * @throws (the promise rejects) ArgumentError (options, losses that are not finite, a loss that is not of a shared work); ShapeError (losses
 *   that are not one for each row); ShardError; the signal's reason; what the loss throws
 */
export async function meanOfRows<I extends Data | undefined = undefined>(
  loss: RowsLoss<I>,
  options: MeanOfRowsOptions<I>,
): Promise<MeanOfRows> {
  const { rows, piece, input, gradients, executor, shard, signal, onProgress } = checkOptions(options, [
    "rows",
    "piece",
    "input",
    "gradients",
    "executor",
    "shard",
    "signal",
    "onProgress",
  ]);
  if (typeof loss !== "function") throw new ArgumentError("loss", "a function of rows", describe(loss));
  checkExecutor(executor, { shard });
  const run = new Rows(loss as RowsLoss<never>, { rows, piece, gradients });
  const moments = new Moments();
  const tree = gradientTree(run.pieces);
  if (executor) await run.gather(executor, options, moments, tree);
  // Nothing comes after its gradients that could fail.
  else if (run.pieces === 1 && onProgress === undefined) await run.addAlone(input, moments, tree, signal);
  else
    for (let i = 0; i < run.pieces; i++) {
      await run.add({ from: i, to: i + 1 }, input, moments, tree, signal);
      await onProgress?.({ done: Math.min((i + 1) * run.piece, rows), of: rows });
    }
  const result = {
    ...(rows > 1 ? moments.result() : { value: moments.mean, standardError: Number.NaN }),
    moments: moments.state,
  };
  addGradients(tree.root);
  return result;
}

type Cut = {
  readonly rows: number;
  readonly piece: number | undefined;
  readonly gradients: boolean | undefined;
};

class Rows {
  readonly rows: number;
  readonly piece: number;
  readonly gradients: boolean;
  readonly #loss: RowsLoss<never>;
  readonly #frame = new Frame();
  readonly #known: ReadonlySet<Parameter> | undefined;

  /** @param known in a worker: all parameters that the loss may be made of */
  constructor(loss: RowsLoss<never>, { rows, piece = 256, gradients = true }: Cut, known?: ReadonlySet<Parameter>) {
    this.#known = known;
    this.#loss = loss;
    this.rows = checkInteger("rows", rows, 1);
    this.piece = checkInteger("piece", piece, 1);
    this.gradients = checkBoolean("gradients", gradients);
  }

  get pieces(): number {
    return Math.ceil(this.rows / this.piece);
  }

  rowsOf({ from, to }: Range): Range {
    return { from: from * this.piece, to: Math.min(to * this.piece, this.rows) };
  }

  /** Computes pieces in a row. */
  async add(pieces: Range, input: unknown, moments: Moments, tree: Tree<Gradients>, signal?: Signal): Promise<void> {
    for (let index = pieces.from; index < pieces.to; index++) {
      signal?.throwIfAborted();
      const rows = this.rowsOf({ from: index, to: index + 1 });
      const { losses, gradients } = step(() => this.#piece(rows, input), { gradients: this.gradients });
      for (const each of losses) moments.add(each);
      if (gradients) tree.add({ level: 0, index, value: gradients });
      await this.#frame.breathe();
    }
  }

  /** Computes the only piece, without copies where that makes no difference. */
  async addAlone(input: unknown, moments: Moments, tree: Tree<Gradients>, signal?: Signal): Promise<void> {
    signal?.throwIfAborted();
    const { losses, gradients } = step(() => this.#piece({ from: 0, to: this.rows }, input, backwardIfClear), {
      gradients: this.gradients,
    });
    for (const each of losses) moments.add(each);
    if (gradients) tree.add({ level: 0, index: 0, value: gradients });
  }

  /** @param isAdded what adds gradients to those of the parameters by itself, if it can */
  #piece(
    { from, to }: Range,
    input: unknown,
    isAdded?: (loss: Tensor) => boolean,
  ): { losses: Float32Array; gradients: Gradients | undefined } {
    useOnly(this.#known);
    const losses = checkSynchronous("loss", this.#loss({ from, to, input: input as never }));
    checkTensor("loss", losses);
    if (losses.shape.length !== 1 || losses.size !== to - from)
      throw new ShapeError("loss", `[${to - from}], one number for each row`, show(losses.shape));
    if (this.#known && changesHeld().length > 0)
      throw new ArgumentError(
        "loss",
        "one with estimators that remember nothing, with an executor: each worker would learn something else",
        "one that learns",
      );
    const numbers = losses.toArray();
    const wrong = numbers.findIndex((each) => !Number.isFinite(each));
    if (wrong >= 0) throw new ArgumentError("loss", "finite numbers", `${numbers[wrong]} of row ${from + wrong}`);
    if (!this.gradients) return { losses: numbers, gradients: undefined };
    const mean = mul(sum(losses), 1 / this.rows);
    return { losses: numbers, gradients: isAdded?.(mean) ? undefined : gradientsApart(mean) };
  }

  /** Has pieces computed by workers. */
  async gather(
    executor: Executor,
    { input, shard, signal, onProgress }: Pick<MeanOfRowsOptions<unknown>, "input" | "shard" | "signal" | "onProgress">,
    moments: Moments,
    tree: Tree<Gradients>,
  ): Promise<void> {
    const work = workOf({ loss: this.#loss });
    const { parameters } = work.made;
    const { rows, piece, gradients, pieces } = this;
    // Data, or it is refused before anything is sent.
    const data = (input ?? null) as Data;
    const each = gradients ? 1 : SHARDS_EACH;
    const shards = ranges(pieces, shard ?? Math.ceil(pieces / (each * executor.size)));
    const longest = longestOf(shards);
    const batch = {
      job: jobOf("meanOfRows", work, { rows, piece, gradients }),
      state: { values: valuesOf(parameters), input: data },
      shards,
      largest: BYTES_OF_MOMENTS + (gradients ? bytesOfNodes(longest, parameters) : 0),
    };
    encode(data);
    let done = 0;
    const receive = (number: number, value: Data): void => {
      const found = (value ?? {}) as Record<string, Data>;
      const own = this.rowsOf(shards[number] as Range);
      const state = momentsFromData(found.moments, own.to - own.from);
      const nodes = gradients ? nodesFromData(found.nodes, parameters, tree, shards[number] as Range) : [];
      moments.merge(state);
      for (const node of nodes) tree.add(node);
      done += own.to - own.from;
    };
    await gather(executor, batch, receive, { signal, onShard: () => onProgress?.({ done, of: rows }) });
  }
}

/** The worker's side. */
export const meanOfRowsKind = ({ loss }: { readonly loss: RowsLoss<never> }, cut: Cut, parameters: Parameters) => {
  const run = new Rows(loss, cut, new Set(Object.values(parameters)));
  let input: Data | undefined;
  let last: readonly Gradients[] = [];
  return {
    set({ values, input: given }: { readonly values: Data; readonly input: Data }) {
      setValues(parameters, values);
      input = given ?? undefined;
    },
    async run(pieces: Range, signal?: Signal): Promise<Data> {
      const moments = new Moments();
      const tree = gradientTree(run.pieces);
      await run.add(pieces, input, moments, tree, signal);
      last = tree.nodes.map(({ value }) => value);
      return {
        moments: moments.state,
        ...(run.gradients && { nodes: nodesToData(tree.nodes, parameters) }),
      };
    },
    told: () => giveBack(last),
  };
};
