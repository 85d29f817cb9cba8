import { ArgumentError, checkInteger, checkOptions, describe, ShapeError } from "../../core/index.ts";
import { Distribution, type Support, type ValidateOptions, type Values } from "../../distributions/index.ts";
import { apply, broadcast, expand, show, sizeOf, Tensor } from "../../graph/extend.ts";
import { type Shape, tensor } from "../../graph/index.ts";
import { gumbel, type Key } from "../../random/index.ts";
import { addInto } from "../exact/plates.ts";
import { ChainLaw, type LogitGradients, type Place } from "./chain-law.ts";

/** Paths that `enumerateSupport` lists at most. */
const MOST = 65_536;

/** Logits of a Markov chain, and how long it is. */
export interface MarkovChainOptions {
  /** Logits of the first state, [..., K]: finite, or -Infinity for what cannot be. */
  readonly initial: Values;
  /**
   * Logits of the next state, from in the rows, to in the columns: [K, K], or [T - 1, K, K], or [..., 1 or T - 1, K, K]. Finite, or
   * -Infinity for what cannot be, at least one in each row finite.
   */
  readonly transition: Tensor;
  /** T, 1 or more. */
  readonly length: number;
}

/**
 * Sequences [T] of numbers of states, 0 to K - 1: z_0 ~ softmax(initial), z_{t+1} ~ softmax(transition[t, z_t]). As a guide of a hidden
 * Markov model it has the form of the posterior, so that no gap has to be left: `chain(...).posterior()` is one.
 *
 * Sampling is the Gumbel-max trick at each time, with the noise that `Categorical` has for the logits [..., T, K]: a sample depends
 * on the key, its number and its logits alone. Log-probabilities, entropy and marginals are computed in double precision and
 * rounded once. `estimate` takes it with the estimators of any law that has a log-probability (`rloo`, `scoreFunction`, `nvil`), and with
 * `enumeration` where there are at most 65 536 paths.
 */
export class MarkovChain extends Distribution {
  readonly support: Support;
  readonly #states: number;

  /**
   * @throws ArgumentError (length; logits that are NaN, Infinity or a row of -Infinity), ShapeError (tables that do not fit each other
   *   or the length)
   */
  constructor(options: MarkovChainOptions & ValidateOptions) {
    const { initial, transition, length, ...rest } = checkOptions(options, [
      "initial",
      "transition",
      "length",
      "validateArgs",
    ]);
    checkInteger("length", length, 1);
    const states =
      initial instanceof Tensor ? (initial.shape.at(-1) ?? 1) : ((initial as ArrayLike<number>)?.length ?? 1);
    checkTransition(transition, states, length);
    super(
      {
        initial: { values: initial, allowed: logits, eventDims: 1 },
        transition: { values: transition, allowed: logits, eventDims: transition.shape.length > 2 ? 3 : 2 },
      },
      rest,
      [length],
    );
    this.#states = states;
    this.support = statesUpTo(states - 1);
  }

  /** Logits of the first state, as given. */
  get initial(): Tensor {
    return this.parameter("initial");
  }

  /** Logits of the next state, as given. */
  get transition(): Tensor {
    return this.parameter("transition");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    const { initial, transition } = this;
    const [T, K] = [this.#length, this.#states];
    const [first, next] = [initial.toArray(), transition.toArray()];
    const places = new ChainLaw(initial, transition, T).places(shape.slice(0, -1));
    const noise = gumbel(key, sizeOf(shape) * K, { offset: offset * K });
    const paths = new Float32Array(sizeOf(shape));
    for (const [row, { initialFrom, tableFrom }] of places.entries()) {
      let state = argmax(first, initialFrom, noise, row * T * K, K);
      paths[row * T] = state;
      for (let t = 1; t < T; t++) {
        state = argmax(next, tableFrom(t - 1) + state * K, noise, (row * T + t) * K, K);
        paths[row * T + t] = state;
      }
    }
    return tensor(paths, shape);
  }

  protected density(value: Tensor): Tensor {
    const T = this.#length;
    const shape = broadcast(this.batchShape, value.shape.slice(0, -1), "value");
    const paths = expand(value, [...shape, T]).toArray();
    return this.#node(shape, [], {
      name: "markovChainLogProb",
      value(law, place, row, out) {
        out[row] = law.logProb(paths, row * T, place);
      },
      addGradient(law, place, row, above, to) {
        if (above[row] !== 0) law.addScore(above[row] as number, paths, row * T, place, to);
      },
    });
  }

  /** -E[log p], in nats: [...batch]. */
  entropy(): Tensor {
    const worth = { surprise: 1 };
    return this.#node(this.batchShape, [], {
      name: "markovChainEntropy",
      value(law, place, row, out) {
        out[row] = law.expected(place, worth);
      },
      addGradient: (law, place, row, above, to) => law.addExpectedGradient(above[row] as number, place, worth, to),
    });
  }

  /** P(z_t = k): [...batch, T, K]. */
  marginals(): Tensor {
    const width = this.#length * this.#states;
    return this.#node(this.batchShape, [this.#length, this.#states], {
      name: "markovChainMarginals",
      value: (law, place, row, out) => law.addMarginals(place, out, row * width),
      addGradient: (law, place, row, above, to) =>
        law.addExpectedGradient(1, place, { states: above, statesFrom: row * width }, to),
    });
  }

  /** The likeliest path: [...batch, T]. Of equals the one whose first states are the lowest. */
  mode(): Tensor {
    const T = this.#length;
    const law = new ChainLaw(this.initial, this.transition, T);
    const paths = new Float32Array(sizeOf(this.batchShape) * T);
    for (const [row, place] of law.places(this.batchShape).entries())
      law.mostLikely(place, paths.subarray(row * T, (row + 1) * T));
    return tensor(paths, [...this.batchShape, T]);
  }

  override get hasEnumerateSupport(): boolean {
    return this.#paths <= MOST;
  }

  /**
   * All paths, the last state counting in ones: [K^T, ...1, T], which broadcasts with the batch.
   * @throws ArgumentError for more than 65 536
   */
  enumerateSupport(): Tensor {
    const [T, K, count] = [this.#length, this.#states, this.#paths];
    if (count > MOST) throw new ArgumentError("enumerateSupport", `at most ${MOST} paths`, `${K}^${T}`);
    const paths = new Float32Array(count * T);
    for (let path = 0; path < count; path++)
      for (let t = T - 1, rest = path; t >= 0; t--, rest = Math.floor(rest / K)) paths[path * T + t] = rest % K;
    return tensor(paths, [count, ...this.batchShape.map(() => 1), T]);
  }

  get #length(): number {
    return this.eventShape[0] as number;
  }

  get #paths(): number {
    let count = 1;
    for (let t = 0; t < this.#length && count <= MOST; t++) count *= this.#states;
    return count;
  }

  /** A number, or `event` numbers, of the law of each of `rows`, to which the batch is stretched. */
  #node(rows: Shape, event: Shape, { name, value, addGradient }: OfLaw): Tensor {
    const { initial, transition } = this;
    const law = new ChainLaw(initial, transition, this.#length);
    const places = law.places(rows);
    const shape = [...rows, ...event];
    return apply({
      name,
      inputs: { initial, transition },
      shape,
      forward: (core, out) => {
        const values = new Float64Array(sizeOf(shape));
        for (const [row, place] of places.entries()) value(law, place, row, values);
        core.write(values, out);
      },
      backward: (core, dy) => {
        const above = core.copy(dy, sizeOf(shape));
        const to = law.noGradients();
        for (const [row, place] of places.entries()) addGradient(law, place, row, above, to);
        addInto(core, initial, to.initial);
        addInto(core, transition, to.transition);
      },
    });
  }
}

/** What is computed of the law of a row, into its place, and what that adds to the gradients of the logits. */
interface OfLaw {
  readonly name: string;
  value(law: ChainLaw, place: Place, row: number, out: Float64Array): void;
  addGradient(law: ChainLaw, place: Place, row: number, above: Float32Array, to: LogitGradients): void;
}

function checkTransition(transition: Tensor, states: number, length: number): void {
  if (!(transition instanceof Tensor)) throw new ArgumentError("transition", "a tensor", describe(transition));
  const { shape } = transition;
  if (shape.length < 2 || shape.slice(-2).some((n) => n !== states))
    throw new ShapeError(
      "transition",
      `${states} states, those of initial, last: [..., ${states}, ${states}]`,
      show(shape),
    );
  const times = shape.at(-3) ?? 1;
  if (times !== 1 && times !== length - 1)
    throw new ShapeError(
      "transition",
      `a table for all times, or ${length - 1} before the last two dimensions`,
      show(shape),
    );
}

/** The first of the largest of logits + noise, which are added in float32, as `Categorical` adds them. */
function argmax(logits: Float32Array, from: number, noise: Float32Array, noiseFrom: number, count: number): number {
  let best = 0;
  let most = -Infinity;
  for (let k = 0; k < count; k++) {
    const value = Math.fround((logits[from + k] as number) + (noise[noiseFrom + k] as number));
    if (value > most) {
      most = value;
      best = k;
    }
  }
  return best;
}

const logits: Support = {
  name: "logits",
  description: "finite numbers or -Infinity, at least one of them finite",
  eventDims: 1,
  discrete: false,
  firstOutside(values, cols) {
    for (let at = 0; at < values.length; at += cols) {
      const row = values.subarray(at, at + cols);
      if (!row.every((x) => x < Infinity) || row.every((x) => x === -Infinity)) return at;
    }
    return -1;
  },
};

const statesUpTo = (most: number): Support => ({
  name: "states",
  description: `an integer from 0 to ${most}`,
  eventDims: 0,
  discrete: true,
  firstOutside: (values) => values.findIndex((x) => !(Number.isInteger(x) && x >= 0 && x <= most)),
});
