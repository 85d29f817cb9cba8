import { ArgumentError, checkInteger, checkOptions, describe, ShapeError } from "../../core/index.ts";
import { apply, broadcastsTo, checkTensor, into, type Shape, show, sizeOf } from "../../graph/extend.ts";
import { type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import * as algorithm from "./forward-backward.ts";
import { checkLogValues, type ExactSampleOptions, impossible, noiseOfPlates, startsOf } from "./plates.ts";

/**
 * The tables of a hidden Markov model of T times and K states, as log values: finite, or -Infinity for what cannot be.
 */
export interface ChainOptions {
  /** log p(z_0), [K] or [...plates, K]. */
  readonly initial: Tensor;
  /**
   * log p(z_{t+1} | z_t), from in the rows, to in the columns: [K, K], or [T - 1, K, K], or [...plates, 1 or T - 1, K, K]. It is
   * stretched to the last by the rule of broadcasting.
   */
  readonly transition: Tensor;
  /** log p(what is seen at t | z_t), [...plates, T, K]. */
  readonly emission: Tensor;
  /** How much of T a plate has, 1 to T: one number for each plate, all of T by default. What is after it counts for nothing. */
  readonly lengths?: readonly number[];
}

const checkTable = (name: string, table: Tensor, whole: Shape): void => {
  if (!broadcastsTo(table.shape, whole))
    throw new ShapeError(name, `a shape that broadcasts to ${show(whole)}`, show(table.shape));
};

/** The exact sum over all paths of a chain of discrete states, and their posterior. */
export class ExactChain {
  /** The log of the sum over all paths, [...plates]: a node of the graph. */
  readonly logEvidence: Tensor;
  readonly #plates: Shape;
  readonly #count: number;
  readonly #length: number;
  readonly #states: number;
  readonly #chains: readonly algorithm.Chain[];

  /** @internal */
  constructor({ initial, transition, emission, lengths }: ChainOptions) {
    for (const [name, x] of Object.entries({ initial, transition, emission })) checkTensor(name, x);
    const { shape } = emission;
    if (shape.length < 2) throw new ShapeError("emission", "log values [...plates, T, K]", show(shape));
    const plates = shape.slice(0, -2);
    const [length, states] = shape.slice(-2) as [number, number];
    // Of one time nothing is a transition; a table may be there all the same.
    const times = Math.max(1, length - 1);
    checkTable("initial", initial, [...plates, states]);
    checkTable("transition", transition, [...plates, times, states, states]);
    for (const [name, x, rank] of [
      ["initial", initial, 1],
      ["transition", transition, 2],
    ] as const)
      if (x.shape.length < rank || x.shape.slice(-rank).some((n) => n !== states))
        throw new ShapeError(name, `${states} states, those of the emission, last`, show(x.shape));
    this.#plates = plates;
    this.#count = sizeOf(plates);
    this.#length = length;
    this.#states = states;
    const own = checkLengths(lengths, this.#count, length);
    const values = {
      initial: checkLogValues("initial", initial),
      transition: checkLogValues("transition", transition),
      emission: checkLogValues("emission", emission),
    };
    const initialStarts = startsOf(initial.shape.slice(0, -1), plates, states);
    const tableStarts = startsOf(transition.shape.slice(0, -2), [...plates, times], states * states);
    this.#chains = own.map((length, plate) => ({
      ...values,
      length,
      states,
      initialFrom: initialStarts[plate] as number,
      emissionFrom: plate * this.#length * states,
      transitionFrom: (t) => tableStarts[plate * times + t] as number,
    }));
    const sums = this.#each((chain) => algorithm.forward(chain, this.#alpha()));
    this.logEvidence = apply({
      name: "chain",
      inputs: { initial, transition, emission },
      shape: plates,
      forward: (core, out) => core.write(sums, out),
      backward: (core, dy) => {
        const above = core.copy(dy, this.#count);
        const totals = [initial, transition, emission].map(({ size }) => new Float64Array(size)) as [
          Float64Array,
          Float64Array,
          Float64Array,
        ];
        this.#each((chain, plate) => {
          if (above[plate] !== 0) spread(this.#posterior(chain), chain, above[plate] as number, totals);
        });
        for (const [i, x] of [initial, transition, emission].entries())
          into(x, (dx) => {
            const total = totals[i] as Float64Array;
            for (let j = 0; j < total.length; j++) (core.floats[(dx >>> 2) + j] as number) += total[j] as number;
          });
      },
    });
  }

  /** Posterior probabilities of the states, [...plates, T, K], as constants; 0 after a plate's end, NaN where nothing is possible. */
  marginals(): Tensor {
    const all = new Float64Array(this.#count * this.#length * this.#states);
    this.#each((chain) =>
      this.#posterior(chain)((t, k, probability) => {
        all[chain.emissionFrom + t * this.#states + k] = probability;
      }),
    );
    return tensor(all, [...this.#plates, this.#length, this.#states]);
  }

  /**
   * Posterior probabilities of two states in a row, at t and t + 1: [...plates, T - 1, K, K], as constants.
   *
   * @throws ShapeError for T = 1
   */
  pairwise(): Tensor {
    const [times, states] = [this.#length - 1, this.#states];
    if (times === 0) throw new ShapeError("emission", "T of 2 or more: pairs of states", "T = 1");
    const all = new Float64Array(this.#count * times * states * states);
    this.#each((chain, plate) =>
      this.#posterior(chain)(
        () => {},
        (t, i, k, probability) => {
          all[((plate * times + t) * states + i) * states + k] = probability;
        },
      ),
    );
    return tensor(all, [...this.#plates, times, states, states]);
  }

  /**
   * The most likely path, [...plates, T] with -1 after a plate's end, and the log of its density, [...plates]. Of equals the path
   * whose first states are the lowest (as far as sums in double precision are equal).
   *
   * @throws ArgumentError where nothing is possible
   */
  mostLikely(): {
    /** States [...plates, T], -1 after a plate's end; a constant. */
    readonly path: Tensor;
    /** Of the path with what was seen, [...plates]; a constant. */
    readonly logDensity: Tensor;
  } {
    const paths = new Float32Array(this.#count * this.#length).fill(-1);
    const most = this.#each((chain, plate) => {
      const largest = algorithm.mostLikely(chain, this.#pathOf(paths, plate));
      if (largest === -Infinity) throw impossible(plate);
      return largest;
    });
    return { path: tensor(paths, [...this.#plates, this.#length]), logDensity: tensor(most, this.#plates) };
  }

  /**
   * Exact samples of the posterior of paths, [samples, ...plates, T] with -1 after a plate's end, as constants: filtered forwards,
   * sampled backwards (Frühwirth-Schnatter 1994) by argmax(logits + gumbel), with the noise of foldIn(key, s) for sample s.
   *
   * @throws KeyError; ArgumentError where nothing is possible
   */
  sample(key: Key, options: ExactSampleOptions = {}): Tensor {
    const { samples, noise } = noiseOfPlates(key, this.#plates, options);
    const width = this.#length * this.#states;
    const added = Array.from({ length: samples }, (_, s) => noise(s, width));
    const paths = new Float32Array(samples * this.#count * this.#length).fill(-1);
    this.#each((chain, plate) => {
      const alpha = this.#alpha();
      if (algorithm.forward(chain, alpha) === -Infinity) throw impossible(plate);
      for (const [s, own] of added.entries())
        algorithm.samplePath(chain, alpha, own, plate * width, this.#pathOf(paths, s * this.#count + plate));
    });
    return tensor(paths, [samples, ...this.#plates, this.#length]);
  }

  #alpha(): Float64Array {
    return new Float64Array(this.#length * this.#states);
  }

  #pathOf(paths: Float32Array, row: number): Float32Array {
    return paths.subarray(row * this.#length, (row + 1) * this.#length);
  }

  #posterior(chain: algorithm.Chain): Posterior {
    const alpha = this.#alpha();
    const sum = algorithm.forward(chain, alpha);
    // What is possible of nothing has no answer.
    const logEvidence = sum === -Infinity ? Number.NaN : sum;
    return (ofState, ofPair) => algorithm.posterior(chain, alpha, logEvidence, ofState, ofPair);
  }

  #each<T>(of: (chain: algorithm.Chain, plate: number) => T): T[] {
    return this.#chains.map(of);
  }
}

type Posterior = (
  ofState: (t: number, state: number, probability: number) => void,
  ofPair?: (t: number, from: number, to: number, probability: number) => void,
) => void;

/** Adds the posterior to the gradients of the tables: of what a probability is of, that many times. */
function spread(
  posterior: Posterior,
  { states, initialFrom, emissionFrom, transitionFrom }: algorithm.Chain,
  above: number,
  [initial, transition, emission]: readonly [Float64Array, Float64Array, Float64Array],
): void {
  posterior(
    (t, k, probability) => {
      if (t === 0) (initial[initialFrom + k] as number) += above * probability;
      (emission[emissionFrom + t * states + k] as number) += above * probability;
    },
    (t, i, k, probability) => {
      (transition[transitionFrom(t) + i * states + k] as number) += above * probability;
    },
  );
}

function checkLengths(lengths: readonly number[] | undefined, count: number, most: number): number[] {
  if (lengths === undefined) return Array.from({ length: count }, () => most);
  if (!Array.isArray(lengths)) throw new ArgumentError("lengths", "an array of numbers", describe(lengths));
  if (lengths.length !== count)
    throw new ShapeError("lengths", `one for each of the ${count} plates`, `${lengths.length}`);
  return lengths.map((length, i) => checkInteger(`lengths[${i}]`, length, 1, most));
}

/**
 * A hidden Markov model with its states summed out: logEvidence = log sum_z p(z_0) prod_t p(z_{t+1} | z_t) prod_t p(x_t | z_t) for each
 * plate, by the forward algorithm in log space and double precision, rounded once: O(T K^2). The tables are log values and need not be
 * normalized. Gradients are posterior probabilities (forward-backward): of the emission those of each state, of the transition those
 * of pairs in a row, added up over what shares a table. Where nothing is possible the sum is -Infinity and the gradient NaN.
 *
 * @throws ShapeError (tables that do not fit the emission, lengths); ArgumentError (NaN or +Infinity in a table, a length that is not
 *   from 1 to T); DisposedError (outside of a step)
 */
export function chain(options: ChainOptions): ExactChain {
  return new ExactChain(checkOptions(options, ["initial", "transition", "emission", "lengths"]));
}
