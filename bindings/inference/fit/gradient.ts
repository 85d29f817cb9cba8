import { describe, MessageError } from "../../core/index.ts";
import { changesHeld, gradientsApart, type Parameter, useOnly } from "../../graph/extend.ts";
import { mul, type Parameters, step } from "../../graph/index.ts";
import { checkKey, foldIn, type Key, named } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import type { BoundOf } from "../bounds/model.ts";
import { Frame } from "../frame.ts";
import type { Guide } from "../guides/guide.ts";
import type { Learner, Lesson, State } from "../memory.ts";
import type { Model } from "../model/model.ts";
import { type Data as Columns, Table } from "../model/table.ts";
import { gather, type Job, jobOf } from "../shards/gather.ts";
import {
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
import { longestOf, type Range, ranges } from "../shards/tree.ts";
import type { Data } from "../shards/wire.ts";
import { Batches } from "./batches.ts";
import type { FitEstimator } from "./choose.ts";
import type { FitBound } from "./objective.ts";
import { type FitOptions, scheduled } from "./options.ts";
import { type At, Problem, type Rows } from "./problem.ts";

/** Of a step of the fit. */
export interface StepGradient {
  bound: number;
  boundOf: BoundOf;
  readonly gradients: Gradients | undefined;
  /** What estimators learn from the step: for when it is taken. */
  readonly changes: readonly (() => void)[];
}

/** Which step, at which temperatures. */
export interface StepAt {
  readonly step: number;
  readonly tau: number;
  readonly temperature: number;
}

export const noiseAt = (key: Key, { step, tau, temperature }: StepAt): At => ({
  key: foldIn(named(key, "steps"), step),
  tau,
  temperature,
});

export const batchesOf = (key: Key, rows: number, batch: number): Batches =>
  new Batches(named(key, "batches"), rows, batch);

/**
 * The bounds of pieces, and the gradients of what is minimized, summed as a tree: neighbours first, whoever computes which pieces. The
 * pieces have the same points of latents of all of the data: a baseline may not know of these from another piece.
 */
async function sumOf(
  problem: Problem,
  pieces: readonly Rows[],
  { from, to }: Range,
  at: At,
  between: () => Promise<void>,
  { onPiece, known }: { readonly onPiece?: (piece: Rows) => void; readonly known?: ReadonlySet<Parameter> },
) {
  const tree = gradientTree(pieces.length);
  const changes: (() => void)[] = [];
  const bounds = new Float64Array(to - from);
  let boundOf: BoundOf = "discrete";
  for (let index = from; index < to; index++) {
    const piece = pieces[index] as Rows;
    onPiece?.(piece);
    step(() => {
      useOnly(known);
      const found = problem.bound(piece, at);
      bounds[index - from] = found.bound.item();
      boundOf = found.of;
      tree.add({ level: 0, index, value: gradientsApart(mul(-1, found.bound)) });
      changes.push(...changesHeld());
    });
    await between();
  }
  return { tree, bounds, boundOf, changes };
}

const total = (bounds: Float64Array): number => bounds.reduce((sum, each) => sum + each, 0);

/** Computed here. */
export async function gradientHere(
  problem: Problem,
  pieces: readonly Rows[],
  at: At,
  frame: Frame,
  onPiece: (piece: Rows) => void,
): Promise<StepGradient> {
  const all = { from: 0, to: pieces.length };
  const { tree, bounds, boundOf, changes } = await sumOf(problem, pieces, all, at, () => frame.breathe(), { onPiece });
  return { bound: total(bounds), boundOf, gradients: tree.root, changes };
}

type Parallel = FitOptions & Required<Pick<FitOptions, "executor">>;

/** Computed by workers. */
export class GradientThere {
  readonly #options: Parallel;
  readonly #parameters: Parameters;
  readonly #problem: Problem;
  readonly #learners: readonly Learner[];
  readonly #job: Job;

  /** @throws ArgumentError for a model that is not of a shared work */
  constructor(model: Model<never>, guide: Guide<never>, data: unknown, problem: Problem, options: Parallel) {
    const { estimator, key, batch, chunk = CHUNK, samples, bound, schedule = {} } = options;
    const { tau, temperature } = scheduled(schedule, 0);
    const work = workOf({ model, guide, data, estimator });
    this.#options = options;
    this.#parameters = work.made.parameters;
    this.#problem = problem;
    this.#learners = problem.learners;
    const told = { key: { ...key }, chunk, batch, samples, bound: bound && { ...bound }, tau, temperature };
    this.#job = jobOf("fit", work, told);
  }

  async of(at: StepAt, pieces: number): Promise<StepGradient> {
    const { executor, shard, signal } = this.#options;
    const parameters = this.#parameters;
    const shards = ranges(pieces, shard ?? Math.ceil(pieces / executor.size));
    const longest = longestOf(shards);
    const tree = gradientTree(pieces);
    const bounds = new Float64Array(pieces);
    const lessons: (() => void)[][] = [];
    let boundOf: BoundOf = "discrete";
    await gather(
      executor,
      {
        job: this.#job,
        state: { values: valuesOf(parameters), at: { ...at }, memories: this.#problem.memories },
        shards,
        // Lessons are texts of numbers, a few for each piece and estimator.
        largest: (16 + 128 * (1 + this.#learners.length)) * longest + 4096 + bytesOfNodes(longest, parameters),
      },
      (number, value) => {
        const { from, to } = shards[number] as Range;
        const found = (value ?? {}) as Record<string, Data>;
        const own = found.bounds;
        if (!(own instanceof Float64Array) || own.length !== to - from)
          throw new MessageError("partial", `${to - from} bounds`, describe(own));
        if (found.boundOf !== "discrete" && found.boundOf !== "relaxed" && found.boundOf !== "continuous")
          throw new MessageError("partial", "what the bound is of", describe(found.boundOf));
        const learned = lessonsFrom(found.lessons, this.#learners);
        for (const node of nodesFromData(found.nodes, parameters, tree, { from, to })) tree.add(node);
        lessons[number] = learned;
        bounds.set(own, from);
        boundOf = found.boundOf as BoundOf;
      },
      { signal },
    );
    return { bound: total(bounds), boundOf, gradients: tree.root, changes: lessons.flat() };
  }
}

/** Numbers of a lesson. */
const MOST_NUMBERS = 2;

/** All that changes at the end of a step is learned: the main program has refused estimators of another make. */
const lessonsToData = (changes: readonly (() => void)[], learners: readonly Learner[]): Data =>
  (changes as readonly Lesson[]).map(({ learner, numbers }) => [learners.indexOf(learner), ...numbers]);

/** @throws MessageError for what no worker of ours sends */
function lessonsFrom(data: Data | undefined, learners: readonly Learner[]): (() => void)[] {
  const refuse = (received: unknown): never => {
    throw new MessageError("partial", "lessons for estimators, numbers each", describe(received));
  };
  if (!Array.isArray(data)) return refuse(data);
  return data.map((lesson) => {
    const [index, ...numbers] = (Array.isArray(lesson) ? lesson : []) as number[];
    const learner = learners[index as number];
    if (!Number.isSafeInteger(index) || !learner || numbers.length === 0 || numbers.length > MOST_NUMBERS)
      return refuse(lesson);
    if (numbers.some((each) => typeof each !== "number")) return refuse(lesson);
    return () => learner.learn(numbers);
  });
}

/** Most rows of a piece, by default. */
export const CHUNK = 256;

interface Options {
  readonly key: Key;
  readonly chunk: number;
  readonly batch?: number;
  readonly samples?: number;
  readonly bound?: FitBound;
  /** Of the first step. */
  readonly tau: number;
  readonly temperature: number;
}

interface Parts {
  readonly model: Model<never>;
  readonly guide: Guide<never>;
  readonly data?: Columns<never>;
  readonly estimator?: FitEstimator | ((tau: number) => FitEstimator);
}

interface Standing {
  readonly values: Data;
  readonly at: StepAt;
  readonly memories: Readonly<Record<string, State>>;
}

/** The worker's side. The main program has checked the parts, where the same call made the same. */
export const fitKind = (
  { model, guide, data, estimator }: Parts,
  { key, chunk, batch, tau, temperature, ...rest }: Options,
  parameters: Parameters,
) => {
  checkKey(key);
  const table = new Table(data);
  const batches = batchesOf(key, table.rows, batch ?? table.rows);
  const problem = new Problem(model, guide, table, {
    ...rest,
    ...(estimator && { estimator }),
    ...(batch !== undefined && { batch }),
    schedule: { tau, temperature },
  });
  const known = new Set(Object.values(parameters));
  const frame = new Frame();
  let at: StepAt | undefined;
  let last: readonly Gradients[] = [];
  return {
    set(standing: Standing) {
      setValues(parameters, standing.values);
      at = standing.at;
      problem.remember(standing.memories);
    },
    async run(range: Range, signal?: Signal): Promise<Data> {
      const now = at as StepAt;
      const pieces = problem.pieces(batches.at(now.step), chunk);
      const between = async (): Promise<void> => {
        await frame.breathe();
        signal?.throwIfAborted();
      };
      const { tree, bounds, boundOf, changes } = await sumOf(problem, pieces, range, noiseAt(key, now), between, {
        known,
      });
      const lessons = lessonsToData(changes, problem.learners);
      last = tree.nodes.map(({ value }) => value);
      return { bounds, boundOf, lessons, nodes: nodesToData(tree.nodes, parameters) };
    },
    told: () => giveBack(last),
  };
};
