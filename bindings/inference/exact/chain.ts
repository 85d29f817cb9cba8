import { checkOptions, ShapeError } from "../../core/index.ts";
import { apply } from "../../graph/extend.ts";
import { type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import type { MarkovChain } from "../guides/markov-chain.ts";
import type { Forward } from "./forward-backward.ts";
import { mostLikely, samplePath } from "./paths.ts";
import { addInto, type ExactSampleOptions, impossible, noiseOfPlates } from "./plates.ts";
import { posteriorLaw } from "./posterior-law.ts";
import { forwardOf, Transitions } from "./scaled.ts";
import { type ChainOptions, type Tables, tablesOf } from "./tables.ts";

/** The exact sum over all paths of a chain of discrete states, and their posterior. */
export class ExactChain {
  /** The log of the sum over all paths, [...plates]: a node of the graph. */
  readonly logEvidence: Tensor;
  readonly #tables: Tables;
  readonly #forwards: readonly Forward[];

  /** @internal */
  constructor(options: ChainOptions) {
    const tables = tablesOf(options);
    const transitions = new Transitions(tables);
    this.#tables = tables;
    this.#forwards = tables.chains.map((chain) => forwardOf(chain, transitions));
    const { initial, transition, emission } = options;
    this.logEvidence = apply({
      name: "chain",
      inputs: { initial, transition, emission },
      shape: tables.plates,
      forward: (core, out) =>
        core.write(
          this.#forwards.map(({ logEvidence }) => logEvidence),
          out,
        ),
      backward: (core, dy) => {
        const [ofInitial, ofEmission] = [new Float64Array(initial.size), new Float64Array(emission.size)];
        const ofTransition = transition.differentiable ? new Float64Array(transition.size) : undefined;
        for (const [plate, above] of core.copy(dy, tables.chains.length).entries())
          if (above !== 0) this.#addGradients(plate, above, ofInitial, ofEmission, ofTransition);
        addInto(core, initial, ofInitial);
        addInto(core, emission, ofEmission);
        if (ofTransition) addInto(core, transition, ofTransition);
      },
    });
  }

  /** Posterior probabilities of the states, [...plates, T, K], as constants; 0 after a plate's end, NaN where nothing is possible. */
  marginals(): Tensor {
    const { plates, length, states, chains } = this.#tables;
    const all = new Float64Array(chains.length * length * states);
    for (const [plate, { emissionFrom }] of chains.entries())
      this.#forward(plate).addPosterior(1, { states: all, statesFrom: emissionFrom });
    return tensor(all, [...plates, length, states]);
  }

  /**
   * Posterior probabilities of two states in a row, at t and t + 1: [...plates, T - 1, K, K], as constants.
   *
   * @throws ShapeError for T = 1
   */
  pairwise(): Tensor {
    const { plates, length, states, chains } = this.#tables;
    const times = length - 1;
    if (times === 0) throw new ShapeError("emission", "T of 2 or more: pairs of states", "T = 1");
    const all = new Float64Array(chains.length * times * states * states);
    const unused = new Float64Array(length * states);
    for (const plate of chains.keys())
      this.#forward(plate).addPosterior(1, {
        states: unused,
        statesFrom: 0,
        pairs: { values: all, from: (t) => (plate * times + t) * states * states },
      });
    return tensor(all, [...plates, times, states, states]);
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
    const { plates, length, chains } = this.#tables;
    const paths = new Float32Array(chains.length * length).fill(-1);
    const most = chains.map((chain, plate) => {
      const largest = mostLikely(chain, this.#pathOf(paths, plate));
      if (largest === -Infinity) throw impossible(plate);
      return largest;
    });
    return { path: tensor(paths, [...plates, length]), logDensity: tensor(most, plates) };
  }

  /**
   * Exact samples of the posterior of paths, [samples, ...plates, T] with -1 after a plate's end, as constants: filtered forwards,
   * sampled backwards (Frühwirth-Schnatter 1994) by argmax(logits + gumbel), with the noise of foldIn(key, s) for sample s.
   *
   * @throws KeyError; ArgumentError where nothing is possible
   */
  sample(key: Key, options: ExactSampleOptions = {}): Tensor {
    const { plates, length, states, chains } = this.#tables;
    const { samples, noise } = noiseOfPlates(key, plates, options);
    const width = length * states;
    const added = Array.from({ length: samples }, (_, s) => noise(s, width));
    const paths = new Float32Array(samples * chains.length * length).fill(-1);
    for (const [plate, chain] of chains.entries()) {
      const forward = this.#forward(plate);
      if (forward.logEvidence === -Infinity) throw impossible(plate);
      const filtered = forward.logFiltered();
      for (const [s, own] of added.entries())
        samplePath(chain, filtered, own, plate * width, this.#pathOf(paths, s * chains.length + plate));
    }
    return tensor(paths, [samples, ...plates, length]);
  }

  /**
   * The posterior of paths as a law, of constants: batch [...plates], events [T]. As a guide of this model it leaves no gap: the bound is
   * the log evidence at each sample. After a plate's end its state is 0.
   *
   * @throws ArgumentError where nothing is possible
   */
  posterior(): MarkovChain {
    const never = this.#forwards.findIndex(({ logEvidence }) => logEvidence === -Infinity);
    if (never >= 0) throw impossible(never);
    return posteriorLaw(this.#tables, this.#forwards);
  }

  #forward(plate: number): Forward {
    return this.#forwards[plate] as Forward;
  }

  #pathOf(paths: Float32Array, row: number): Float32Array {
    const { length } = this.#tables;
    return paths.subarray(row * length, (row + 1) * length);
  }

  /** The posterior, added to what it is of: of what a probability is of, that many times. */
  #addGradients(
    plate: number,
    above: number,
    initial: Float64Array,
    emission: Float64Array,
    transition: Float64Array | undefined,
  ): void {
    const { states, chains } = this.#tables;
    const { initialFrom, emissionFrom, transitionFrom } = chains[plate] as Tables["chains"][number];
    this.#forward(plate).addPosterior(above, {
      states: emission,
      statesFrom: emissionFrom,
      ...(transition ? { pairs: { values: transition, from: transitionFrom } } : {}),
    });
    // No other plate has a part in these elements of the emission.
    for (let k = 0; k < states; k++) (initial[initialFrom + k] as number) += emission[emissionFrom + k] as number;
  }
}

/**
 * A hidden Markov model with its states summed out: logEvidence = log sum_z p(z_0) prod_t p(z_{t+1} | z_t) prod_t p(x_t | z_t) for each
 * plate, by the forward algorithm in double precision, rounded once: O(T K^2). The tables are log values and need not be
 * normalized. Gradients are posterior probabilities (forward-backward): of the emission those of each state, of the transition those
 * of pairs in a row, added up over what shares a table. Where nothing is possible the sum is -Infinity and the gradient NaN.
 *
 * In scaled probabilities; in log space, at K exponentials for each state, where transitions that are possible are more than 200 apart
 * in their table, or where some are impossible and a state far from likely, 200 below the best, may yet be needed.
 *
 * @throws ShapeError (tables that do not fit the emission, lengths); ArgumentError (NaN or +Infinity in a table, a length that is not
 *   from 1 to T); DisposedError (outside of a step)
 */
export function chain(options: ChainOptions): ExactChain {
  return new ExactChain(checkOptions(options, ["initial", "transition", "emission", "lengths"]));
}
