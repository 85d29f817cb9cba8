import type { Forward, Sums } from "./forward-backward.ts";
import { LogForward } from "./forward-backward.ts";
import { expOf, logOf } from "./log-space.ts";
import type { Chain, Tables } from "./tables.ts";

/**
 * Forward-backward in probabilities (Rabiner 1989, V.A), each time's divided by their sum: an exponential for each element of the
 * tables, where log space takes K. Its relative errors grow by some units of 1e-16 a time, so that those of 10 000 times are below
 * 1e-11. A double ends at exp(-745): which chains that is enough for is decided by `Reach`.
 */

/** Log values further below the largest of their table than this leave no room for products. */
const DEEP = 200;
/** Below this, and not 0, a scaled probability is about to lose what it may be needed for later: about exp(-207). */
const TINY = 1e-90;

/**
 * "dense": from each state to each, within exp(-DEEP). What is lost at one time, below exp(-745 + DEEP) of the rest, is then never of
 * weight again. "sparse": some transitions cannot be, the others are within exp(-DEEP); what is small may yet be the only
 * thing that is possible, and has to stay above TINY. "deep": log space.
 */
type Reach = "dense" | "sparse" | "deep";

/** Transition tables as probabilities, each divided by its largest. */
export class Transitions {
  readonly #width: number;
  readonly values: Float64Array;
  readonly #tops: Float64Array;
  readonly #reach: Reach[];

  constructor({ states, transition }: Pick<Tables, "states" | "transition">) {
    const width = states * states;
    this.#width = width;
    this.values = new Float64Array(transition.length);
    this.#tops = new Float64Array(transition.length / width);
    this.#reach = Array.from(this.#tops, (_, table) => {
      const from = table * width;
      const top = topOf(transition, from, width);
      this.#tops[table] = top;
      return top === -Infinity ? "sparse" : this.#fill(transition, from, top);
    });
  }

  top(from: number): number {
    return this.#tops[from / this.#width] as number;
  }

  reachOf(chain: Chain): Reach {
    let reach: Reach = "dense";
    for (let t = 0; t < chain.length - 1 && reach !== "deep"; t++) {
      const own = this.#reach[chain.transitionFrom(t) / this.#width] as Reach;
      if (own !== "dense") reach = own;
    }
    return reach;
  }

  #fill(transition: Float32Array, from: number, top: number): Reach {
    let reach: Reach = "dense";
    for (let i = from; i < from + this.#width; i++) {
      const below = (transition[i] as number) - top;
      if (below === -Infinity) reach = "sparse";
      else if (below < -DEEP) return "deep";
      this.values[i] = expOf(below);
    }
    return reach;
  }
}

/** By scaled probabilities where they reach, in log space elsewhere. */
export function forwardOf(chain: Chain, transitions: Transitions): Forward {
  const reach = transitions.reachOf(chain);
  return (reach !== "deep" && ScaledForward.of(chain, transitions, reach === "sparse")) || new LogForward(chain);
}

class ScaledForward implements Forward {
  readonly logEvidence: number;
  readonly #chain: Chain;
  readonly #transitions: Transitions;
  readonly #sparse: boolean;
  readonly #alpha: Float64Array;
  /** exp(emission - the largest of its time) */
  readonly #seen: Float64Array;

  private constructor(
    chain: Chain,
    transitions: Transitions,
    sparse: boolean,
    pass: { readonly alpha: Float64Array; readonly seen: Float64Array; readonly logEvidence: number },
  ) {
    this.#chain = chain;
    this.#transitions = transitions;
    this.#sparse = sparse;
    this.#alpha = pass.alpha;
    this.#seen = pass.seen;
    this.logEvidence = pass.logEvidence;
  }

  static of(chain: Chain, transitions: Transitions, sparse: boolean): Forward | undefined {
    const { length, states } = chain;
    const pass = { alpha: new Float64Array(length * states), seen: new Float64Array(length * states) };
    const logEvidence = forward(chain, transitions, sparse, pass);
    // Impossible evidence is rare, and has its answer in log space.
    return logEvidence > -Infinity
      ? new ScaledForward(chain, transitions, sparse, { ...pass, logEvidence })
      : undefined;
  }

  logFiltered(): Float64Array {
    return this.#alpha.map(logOrNever);
  }

  logAhead(): Float64Array {
    const ahead = this.#backward();
    return ahead ? ahead.beta.map(logOrNever) : new LogForward(this.#chain).logAhead();
  }

  addPosterior(weight: number, sums: Sums): void {
    const ahead = this.#backward();
    if (ahead) this.#add(weight, sums, ahead);
    else new LogForward(this.#chain).addPosterior(weight, sums);
  }

  /** beta[t, k]: p(what is seen after t | z_t = k), of each time divided by its largest, `scales`; undefined out of reach. */
  #backward(): { beta: Float64Array; scales: Float64Array } | undefined {
    const { length, states: K } = this.#chain;
    const { values } = this.#transitions;
    const beta = new Float64Array(length * K);
    const scales = new Float64Array(length);
    const out = new Float64Array(K);
    beta.fill(1, (length - 1) * K);
    for (let t = length - 2; t >= 0; t--) {
      const table = this.#chain.transitionFrom(t);
      const [now, next] = [t * K, (t + 1) * K];
      for (let k = 0; k < K; k++) out[k] = (this.#seen[next + k] as number) * (beta[next + k] as number);
      let largest = 0;
      for (let i = 0, at = table; i < K; i++) {
        let sum = 0;
        for (let k = 0; k < K; k++, at++) sum += (values[at] as number) * (out[k] as number);
        beta[now + i] = sum;
        if (sum > largest) largest = sum;
      }
      scales[t] = largest;
      for (let i = 0; i < K; i++) {
        const scaled = (beta[now + i] as number) / largest;
        if (this.#sparse && scaled < TINY && scaled > 0) return undefined;
        beta[now + i] = scaled;
      }
    }
    return { beta, scales };
  }

  /** Equations 27 and 37 of Rabiner 1989, both divided by the sum of the states at t. */
  #add(weight: number, sums: Sums, { beta, scales }: { beta: Float64Array; scales: Float64Array }): void {
    const { states, statesFrom, pairs } = sums;
    const chain = this.#chain;
    const { length, states: K } = chain;
    const alpha = this.#alpha;
    const out = new Float64Array(K);
    // Pairs that share a table: the sum of alpha x out, multiplied by the table once.
    const shared = new Float64Array(K * K);
    for (let t = length - 1; t >= 0; t--) {
      const now = t * K;
      let total = 0;
      for (let i = 0; i < K; i++) total += (alpha[now + i] as number) * (beta[now + i] as number);
      const share = weight / total;
      for (let i = 0; i < K; i++)
        (states[statesFrom + now + i] as number) += share * (alpha[now + i] as number) * (beta[now + i] as number);
      if (!pairs || t === length - 1) continue;
      for (let k = 0; k < K; k++)
        out[k] = ((this.#seen[now + K + k] as number) * (beta[now + K + k] as number)) / (scales[t] as number);
      for (let i = 0, at = 0; i < K; i++) {
        const before = share * (alpha[now + i] as number);
        for (let k = 0; k < K; k++, at++) (shared[at] as number) += before * (out[k] as number);
      }
      const [table, to] = [chain.transitionFrom(t), pairs.from(t)];
      if (t > 0 && chain.transitionFrom(t - 1) === table && pairs.from(t - 1) === to) continue;
      for (let i = 0; i < K * K; i++)
        (pairs.values[to + i] as number) += (shared[i] as number) * (this.#transitions.values[table + i] as number);
      shared.fill(0);
    }
  }
}

/** Into alpha and seen, [length, K]; returns the log evidence, NaN out of reach, -Infinity where nothing is possible. */
function forward(
  chain: Chain,
  transitions: Transitions,
  sparse: boolean,
  { alpha, seen }: { readonly alpha: Float64Array; readonly seen: Float64Array },
): number {
  const { length, states: K, initial, initialFrom, emission, emissionFrom } = chain;
  const { values } = transitions;
  let tops = 0;
  let product = 1; // of the sums that probabilities were divided by, whose log is taken now and then
  let logs = 0;
  const first = new Float64Array(K);
  for (let k = 0; k < K; k++) first[k] = (initial[initialFrom + k] as number) + (emission[emissionFrom + k] as number);
  for (let t = 0; t < length; t++) {
    const now = t * K;
    const top = t === 0 ? topOf(first, 0, K) : topOf(emission, emissionFrom + now, K);
    if (top === -Infinity) return top;
    tops += top;
    for (let k = 0; k < K; k++) {
      const below = (t === 0 ? (first[k] as number) : (emission[emissionFrom + now + k] as number)) - top;
      if (sparse && below < -DEEP && below > -Infinity) return Number.NaN;
      seen[now + k] = expOf(below);
    }
    if (t === 0) for (let k = 0; k < K; k++) alpha[k] = 1;
    else {
      const table = chain.transitionFrom(t - 1);
      tops += transitions.top(table);
      for (let i = 0, at = table; i < K; i++) {
        const before = alpha[now - K + i] as number;
        for (let k = 0; k < K; k++, at++) (alpha[now + k] as number) += before * (values[at] as number);
      }
    }
    let sum = 0;
    for (let k = 0; k < K; k++) {
      const joint = (alpha[now + k] as number) * (seen[now + k] as number);
      alpha[now + k] = joint;
      sum += joint;
    }
    if (sum === 0) return -Infinity;
    for (let k = 0; k < K; k++) {
      const scaled = (alpha[now + k] as number) / sum;
      if (sparse && scaled < TINY && scaled > 0) return Number.NaN;
      alpha[now + k] = scaled;
    }
    if (product * sum < 1e-200) {
      logs += logOf(product);
      product = sum;
    } else product *= sum;
  }
  return tops + (logs + logOf(product));
}

function topOf(values: Float32Array | Float64Array, from: number, count: number): number {
  let top = -Infinity;
  for (let i = from; i < from + count; i++) if ((values[i] as number) > top) top = values[i] as number;
  return top;
}

const logOrNever = (probability: number): number => (probability === 0 ? -Infinity : logOf(probability));
