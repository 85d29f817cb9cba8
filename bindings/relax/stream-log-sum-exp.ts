import {
  ArgumentError,
  checkInteger,
  checkOptions,
  checkPositive,
  core,
  describe,
  type Floats,
} from "../core/index.ts";
import { addressOf } from "../random/index.ts";
import { asChunk, LEAST_TAU, placeTau, refuseAbsent } from "./logits.ts";
import { isFloat32 } from "./ranking.ts";
import { badState, checkChunk, makeStream, type Stream, type StreamState } from "./stream.ts";

/** A sum that has no order: two whole numbers in a window of powers of two (assembly/total.ts). */
export interface LogSumExpState extends StreamState {
  /** Temperature of the sum. */
  readonly tau: number;
  /** The largest element; null when there is none above -Infinity. */
  readonly max: number | null;
  /**
   * Number of the window: the largest term lies between 2^(48 window - 2) and 2^(48 window + 45); 0 while there is
   * none.
   */
  readonly window: number;
  /** Each number as a multiple of 2^32 and the rest. */
  readonly sums: readonly [upperHigh: number, upperLow: number, lowerHigh: number, lowerLow: number];
}

type Sum = Pick<LogSumExpState, "max" | "window" | "sums">;

const nothing = (): Sum => ({ max: null, window: 0, sums: [0, 0, 0, 0] });

/**
 * log of the sum of exp(logits / tau), the logits in chunks: `logSumExp(logits, { tau })` of all of them, whatever the chunks, and
 * in whatever order their parts are merged. What is merged twice counts twice. The result is ±Infinity where logits / tau is beyond
 * float32.
 * push(logits) takes -Infinity for an absent category, and refuses NaN and +Infinity by its number in the stream.
 *
 * @param options `tau`: a temperature above 0; `offset`: the number of the first element, for errors
 * @throws ArgumentError (tau, offset; of a state, what is wrong in it); result(): ArgumentError when no element is above -Infinity
 */
export function streamLogSumExp(
  options: { readonly tau?: number; readonly offset?: number } = {},
): Stream<[logits: Floats], LogSumExpState, number> {
  const { tau = 1, offset = 0 } = checkOptions(options, ["tau", "offset"]);
  checkPositive("tau", tau);
  checkInteger("offset", offset, 0);
  return makeStream<[Floats], LogSumExpState, number>(
    { next: offset, tau, ...nothing() },
    {
      add(state, logits) {
        const x = asChunk("logits", logits);
        addressOf(state.next, x.length); // a number for every element, as draws need it
        return { ...state, ...add(state, sumOf(x, state)), next: state.next + x.length };
      },
      read: readState,
      merge(a, b) {
        if (a.tau !== b.tau) throw badState(`a state of tau ${a.tau}`, `tau ${describe(b.tau)}`);
        return { ...a, ...add(a, b) };
      },
      result: total,
    },
  );
}

function sumOf(x: Float32Array, { tau, next }: LogSumExpState): Sum {
  if (x.length === 0) return nothing();
  const shared = core();
  return shared.scoped(() => {
    const [at, out] = [shared.place(x), shared.allocate(12)];
    const [temperature] = placeTau(shared, tau);
    if (!shared.kernels.logSumExpPart(out, at, shared.allocate(Math.min(x.length, 1024)), x.length, temperature))
      checkChunk(shared, "logits", at, x.length, next);
    const part = Array.from(new Float64Array(shared.words(out, 12).slice().buffer));
    const [max, window] = part as [number, number];
    return max === -Infinity ? nothing() : { max, window, sums: four(part.slice(2)) };
  });
}

const four = (sums: readonly number[]): LogSumExpState["sums"] => sums as readonly [number, number, number, number];

/** In the higher window of the two. */
function add(a: Sum, b: Sum): Sum {
  if (a.max === null || b.max === null) return a.max === null ? b : a;
  const window = Math.max(a.window, b.window);
  const [x, y] = [raised(a, window), raised(b, window)];
  return {
    max: Math.max(a.max, b.max),
    window,
    sums: [...plus(x[0], x[1], y[0], y[1]), ...plus(x[2], x[3], y[2], y[3])],
  };
}

/** In the next window the upper number is the lower one; further up all of it is 0. */
function raised({ window, sums }: Sum, to: number): LogSumExpState["sums"] {
  if (to === window) return sums;
  return to === window + 1 ? [0, 0, sums[0], sums[1]] : [0, 0, 0, 0];
}

/** Exact: high parts stay whole numbers below 2^53 for 2^39 elements. */
function plus(high: number, low: number, otherHigh: number, otherLow: number): [high: number, low: number] {
  const sum = low + otherLow;
  const carry = Math.floor(sum / 2 ** 32);
  return [high + otherHigh + carry, sum - carry * 2 ** 32];
}

function total({ tau, max, window, sums }: LogSumExpState): number {
  if (max === null) return refuseAbsent(0);
  const shared = core();
  return shared.scoped(() => {
    const [at] = placeTau(shared, tau);
    return shared.kernels.logSumExpTotal(shared.placeDoubles([max, window, ...sums]), at);
  });
}

function readState({ next, tau, max, window, sums }: LogSumExpState): LogSumExpState {
  checkPositive("state.tau", tau);
  const numbers: number[] = Array.isArray(sums) && sums.length === 4 ? Array.from(sums) : [];
  if (numbers.length !== 4 || ![window, ...numbers].every(Number.isSafeInteger))
    throw badState("a window and four sums, all integers", `${describe(window)} and ${describe(sums)}`);
  if (max !== null && !isFloat32(max))
    throw new ArgumentError("state.max", "a finite float32 number, or null", describe(max));
  const sum = { max, window, sums: four(numbers) };
  const [, upperLow, , lowerLow] = sum.sums;
  if (![upperLow, lowerLow].every((low) => low >= 0 && low < 2 ** 32))
    throw new ArgumentError("state.sums", "low parts from 0 to 4294967295", `${upperLow} and ${lowerLow}`);
  if (!isSumOf(sum, tau))
    throw badState("a sum that its max allows", `max ${max}, window ${window} and sums ${numbers.join(", ")}`);
  return { next, tau, ...sum };
}

/** Whether the window is that of the largest element, and the sum at least its term (assembly/total.ts), as far as is cheap to tell. */
function isSumOf({ max, window, sums }: Sum, tau: number): boolean {
  if (max === null) return [window, ...sums].every((number) => number === 0);
  const power = Math.max(-(2 ** 33), Math.min(2 ** 33, max * (Math.LOG2E / Math.max(tau, LEAST_TAU))));
  // The power, rounded, is from 48 window - 2 to 48 window + 45; its term in units of the upper number from 0.17 on.
  const [upperHigh, upperLow, lowerHigh, lowerLow] = sums;
  const sum = upperHigh * 2 ** 32 + upperLow + (lowerHigh * 2 ** 32 + lowerLow) / 2 ** 48;
  return Math.abs(power - 48 * window - 21.5) < 24.5 && upperHigh >= 0 && sum > 0.125;
}
