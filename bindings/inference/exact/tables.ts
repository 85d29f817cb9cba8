import { ArgumentError, checkInteger, describe, ShapeError } from "../../core/index.ts";
import { broadcastsTo, checkTensor, type Shape, show, sizeOf } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkLogValues, startsOf } from "./plates.ts";

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

/** As they were given, or as they were computed. */
type LogValues = Float32Array | Float64Array;

/** A chain of one plate: log values, and where its own begin. */
export interface Chain {
  readonly length: number;
  readonly states: number;
  readonly initial: LogValues;
  readonly initialFrom: number;
  readonly emission: LogValues;
  readonly emissionFrom: number;
  readonly transition: LogValues;
  /** Where the table [K, K] from time t to t + 1 begins. */
  transitionFrom(t: number): number;
}

/** The tables of all plates, as they were given: the values that a step's tensors had. */
export interface Tables {
  readonly plates: Shape;
  /** T */
  readonly length: number;
  /** K */
  readonly states: number;
  readonly transition: Float32Array;
  readonly chains: readonly Chain[];
}

export function tablesOf({ initial, transition, emission, lengths }: ChainOptions): Tables {
  for (const [name, x] of Object.entries({ initial, transition, emission })) checkTensor(name, x);
  const { shape } = emission;
  if (shape.length < 2) throw new ShapeError("emission", "log values [...plates, T, K]", show(shape));
  const plates = shape.slice(0, -2);
  const [length, states] = shape.slice(-2) as [number, number];
  // Of one time nothing is a transition; a table may be there all the same.
  const times = Math.max(1, length - 1);
  checkTable("initial", initial, [...plates, states], 1);
  checkTable("transition", transition, [...plates, times, states, states], 2);
  const own = checkLengths(lengths, sizeOf(plates), length);
  const values = {
    initial: checkLogValues("initial", initial),
    transition: checkLogValues("transition", transition),
    emission: checkLogValues("emission", emission),
  };
  const initialStarts = startsOf(initial.shape.slice(0, -1), plates, states);
  const tableStarts = startsOf(transition.shape.slice(0, -2), [...plates, times], states * states);
  const chains = own.map((own, plate) => ({
    ...values,
    length: own,
    states,
    initialFrom: initialStarts[plate] as number,
    emissionFrom: plate * length * states,
    transitionFrom: (t: number) => tableStarts[plate * times + t] as number,
  }));
  return { plates, length, states, transition: values.transition, chains };
}

/** @param inner the last dimensions, which are of states and do not stretch */
function checkTable(name: string, { shape }: Tensor, whole: Shape, inner: 1 | 2): void {
  if (!broadcastsTo(shape, whole)) throw new ShapeError(name, `a shape that broadcasts to ${show(whole)}`, show(shape));
  const states = whole.at(-1) as number;
  if (shape.length < inner || shape.slice(-inner).some((n) => n !== states))
    throw new ShapeError(name, `${states} states, those of the emission, last`, show(shape));
}

function checkLengths(lengths: readonly number[] | undefined, count: number, most: number): number[] {
  if (lengths === undefined) return Array.from({ length: count }, () => most);
  if (!Array.isArray(lengths)) throw new ArgumentError("lengths", "an array of numbers", describe(lengths));
  if (lengths.length !== count)
    throw new ShapeError("lengths", `one for each of the ${count} plates`, `${lengths.length}`);
  return lengths.map((length, i) => checkInteger(`lengths[${i}]`, length, 1, most));
}
