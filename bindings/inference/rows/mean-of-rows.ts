import {
  ArgumentError,
  checkBoolean,
  checkInteger,
  checkOptions,
  checkSynchronous,
  describe,
  MessageError,
  ShapeError,
} from "../../core/index.ts";
import { backwardIfClear, checkTensor, gradientsApart, show } from "../../graph/extend.ts";
import { mul, step, sum, type Tensor } from "../../graph/index.ts";
import type { Signal } from "../async-step.ts";
import { Moments, type MomentsState } from "../expectation/moments.ts";
import { Frame } from "../frame.ts";
import { checkExecutor, type Executor } from "../shards/executor.ts";
import { gather } from "../shards/gather.ts";
import {
  addGradients,
  bytesOfNodes,
  type Gradients,
  gradientTree,
  nodesFromData,
  nodesToData,
  setValues,
  valuesOf,
} from "../shards/gradients.ts";
import type { Kind } from "../shards/kind.ts";
import { workOf } from "../shards/shared.ts";
import { type Range, ranges, type Tree } from "../shards/tree.ts";
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
  /** With an executor: pieces of a shard, by default as many as give each worker one shard, of an evaluation four. */
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

/** Shards for each worker of what has no gradients to be sent. */
const SHARDS_EACH = 4;
/** Of the moments of a shard, and their names. */
const BYTES_OF_MOMENTS = 4096;

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

interface Cut {
  readonly rows: number;
  readonly piece: number | undefined;
  readonly gradients: boolean | undefined;
}

class Rows {
  readonly rows: number;
  readonly piece: number;
  readonly gradients: boolean;
  readonly #loss: RowsLoss<never>;
  readonly #frame = new Frame();

  constructor(loss: RowsLoss<never>, { rows, piece = 256, gradients = true }: Cut) {
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
    const losses = checkSynchronous("loss", this.#loss({ from, to, input: input as never }));
    checkTensor("loss", losses);
    if (losses.shape.length !== 1 || losses.size !== to - from)
      throw new ShapeError("loss", `[${to - from}], one number for each row`, show(losses.shape));
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
    const { made, properties } = workOf({ loss: this.#loss });
    const { rows, piece, gradients, pieces } = this;
    // Data, or it is refused before anything is sent.
    const data = (input ?? null) as Data;
    const each = gradients ? 1 : SHARDS_EACH;
    const shards = ranges(pieces, shard ?? Math.ceil(pieces / (each * executor.size)));
    const longest = Math.max(...shards.map(({ from, to }) => to - from));
    const batch = {
      job: {
        kind: "meanOfRows",
        work: { name: made.name, input: made.input },
        parts: properties,
        options: { rows, piece, gradients },
      },
      state: { values: valuesOf(made.parameters), input: data },
      shards: shards as unknown as Data[],
      largest: BYTES_OF_MOMENTS + (gradients ? bytesOfNodes(longest, made.parameters) : 0),
    };
    encode(data);
    let done = 0;
    const receive = (number: number, value: Data): void => {
      const found = (value ?? {}) as Record<string, Data>;
      const own = this.rowsOf(shards[number] as Range);
      const state = momentsOf(found.moments, own.to - own.from);
      const nodes = gradients ? nodesFromData(found.nodes, made.parameters, tree, shards[number] as Range) : [];
      moments.merge(state);
      for (const node of nodes) tree.add(node);
      done += own.to - own.from;
    };
    await gather(executor, batch, receive, { signal, onShard: () => onProgress?.({ done, of: rows }) });
  }
}

/** @throws MessageError for what are no moments of so many rows */
function momentsOf(data: Data | undefined, rows: number): MomentsState {
  const state = data as unknown as MomentsState;
  try {
    new Moments().merge(state);
  } catch (error) {
    throw Object.assign(new MessageError("partial", "moments of rows", (error as Error).message), { cause: error });
  }
  if (state.units === rows) return state;
  throw new MessageError("partial", `moments of ${rows} rows`, `those of ${state.units}`);
}

/** The worker's side. */
export const meanOfRowsKind: Kind = (parts, options, parameters) => {
  const run = new Rows(parts.loss as RowsLoss<never>, options as unknown as Cut);
  let input: Data | undefined;
  return {
    set(state) {
      const { values, input: given } = state as Record<string, Data>;
      setValues(parameters, values);
      input = given ?? undefined;
    },
    async run(shard, signal) {
      const moments = new Moments();
      const tree = gradientTree(run.pieces);
      await run.add(shard as unknown as Range, input, moments, tree, signal);
      return {
        moments: moments.state as unknown as Data,
        ...(run.gradients && { nodes: nodesToData(tree.nodes, parameters) }),
      };
    },
  };
};
