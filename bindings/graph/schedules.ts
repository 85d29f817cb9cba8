import { ArgumentError, checkFinite, checkInteger, checkPositive, describe } from "../core/index.ts";

/** How a temperature or a learning rate goes with the step, as data: it can be saved, sent and compared. */
export type Schedule =
  | {
      /** `value` at every step. */
      readonly type: "constant";
      /** A finite number. */
      readonly value: number;
    }
  | {
      /** max(min, initial exp(-rate step)) */
      readonly type: "exponential";
      /** The value at step 0. */
      readonly initial: number;
      /** 0 or more, of one step. */
      readonly rate: number;
      /** What it does not fall below: 0 by default. */
      readonly min?: number;
    }
  | {
      /** From `initial` to `final` in `steps` steps, then `final`. */
      readonly type: "linear";
      /** The value at step 0. */
      readonly initial: number;
      /** The value from step `steps` on. */
      readonly final: number;
      /** An integer of 1 or more. */
      readonly steps: number;
    }
  | {
      /** max(min, initial factor^(step div every)) */
      readonly type: "steps";
      /** The value of the first `every` steps. */
      readonly initial: number;
      /** What it is multiplied by each time, above 0. */
      readonly factor: number;
      /** Steps between one change and the next: an integer of 1 or more. */
      readonly every: number;
      /** What it does not fall below: 0 by default. */
      readonly min?: number;
    };

/** The value of a schedule at a step; the same bits everywhere. */
export function at(schedule: Schedule, step: number): number {
  checkInteger("step", step, 0);
  switch (schedule?.type) {
    case "constant":
      return checkFinite("value", schedule.value);
    case "exponential": {
      const { initial, rate, min = 0 } = schedule;
      return Math.max(
        checkFinite("min", min),
        checkFinite("initial", initial) * exp(-checkFinite("rate", rate, 0) * step),
      );
    }
    case "linear": {
      const { initial, final, steps } = schedule;
      const done = Math.min(1, step / checkInteger("steps", steps, 1));
      checkFinite("initial", initial);
      checkFinite("final", final);
      return done < 1 ? initial + (final - initial) * done : final;
    }
    case "steps": {
      const { initial, factor, every, min = 0 } = schedule;
      const times = Math.floor(step / checkInteger("every", every, 1));
      return Math.max(
        checkFinite("min", min),
        checkFinite("initial", initial) * power(checkPositive("factor", factor), times),
      );
    }
    default:
      throw new ArgumentError(
        "schedule",
        "type: constant, exponential, linear or steps",
        describe((schedule as Schedule | undefined)?.type),
      );
  }
}

/** A number, or a schedule to be read at the current step. */
export const valueAt = (value: number | Schedule, step: number): number =>
  typeof value === "number" ? value : at(value, step);

/** x^n by squaring: only products, so the same bits on every engine (x ** n is not). */
function power(x: number, n: number): number {
  if (n === 0) return 1;
  const half = power(x * x, Math.floor(n / 2));
  return n % 2 === 1 ? half * x : half;
}

const LN2_HIGH = 0.6931471803691238; // ln 2 in 33 bits: n LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10; // ln 2 - LN2_HIGH

/**
 * exp(x) for x <= 0 in f64 by sums and products alone, so that every engine agrees (the host's Math.exp differs).
 * Identity: exp(x) = 2^n exp(r) with |r| <= ln(2) / 2; Taylor to r^13, error below 2^-52.
 */
function exp(x: number): number {
  if (x < -745) return 0;
  const n = Math.round(x / (LN2_HIGH + LN2_LOW));
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum = 1;
  for (let i = 13; i > 0; i--) sum = 1 + (sum * r) / i;
  return sum * power(0.5, -n);
}
