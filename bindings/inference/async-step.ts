import { ArgumentError, checkBoolean, checkInteger, checkOptions, describe } from "../core/index.ts";
import { hasPassed } from "../graph/extend.ts";
import { step } from "../graph/index.ts";

type Box<A> = (sample: unknown) => A | Promise<A>;

/** Thrown out of a step that cannot go on before some answers are there. */
class Pending extends Error {
  readonly box: Box<unknown>;
  readonly samples: readonly unknown[];

  constructor(box: Box<unknown>, samples: readonly unknown[]) {
    super("waiting for a black box");
    this.box = box;
    this.samples = samples;
  }
}

interface Run {
  readonly answered: { readonly asked: string; readonly answers: readonly unknown[] }[];
  next: number;
  /** What the body has to wait for, also where it caught the error that said so. */
  pending: Pending | undefined;
}

let current: Run | undefined;

/** What is asked of an AbortSignal. That type itself is the DOM's or Node's, and not all programs have one of these. */
export interface Signal {
  /** Throws the reason of an abort, if there was one. */
  throwIfAborted(): void;
}

/** How the answers of black boxes are waited for. */
export interface AsyncStepOptions {
  /** An AbortSignal, looked at before each call of a black box. */
  readonly signal?: Signal;
  /** How many calls may wait at the same time: 8 by default. */
  readonly concurrency?: number;
  /** As of `step`: false, for evaluation, records no tape, and leaves what estimators remember as it is. */
  readonly gradients?: boolean;
}

/**
 * A step whose black boxes may answer later: `step(body)`, but for functions under `blackBox` that return promises. The body runs
 * until it needs answers; these are awaited outside of any step, and the body runs again, from its beginning. So it must be a
 * pure function of its keys and parameters up to the last estimate, and `backward` comes after that. Each sample is asked about
 * once.
 *
 * @throws what a black box throws or rejects with; the signal's reason; ArgumentError (a body that asks differently the second time,
 *   or takes gradients before its last estimate)
 */
export async function asyncStep<T>(body: () => T, options: AsyncStepOptions = {}): Promise<T> {
  const { signal, concurrency = 8, gradients = true } = checkOptions(options, ["signal", "concurrency", "gradients"]);
  checkInteger("concurrency", concurrency, 1);
  checkBoolean("gradients", gradients);
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function")
    throw new ArgumentError("signal", "an AbortSignal", describe(signal));
  const run: Run = { answered: [], next: 0, pending: undefined };
  for (;;) {
    signal?.throwIfAborted();
    const result = attempt(run, body, gradients);
    if (!(result instanceof Pending)) return result;
    const { box, samples } = result;
    run.answered.push({ asked: print(samples), answers: await mapped(samples, box, concurrency, signal) });
  }
}

function attempt<T>(run: Run, body: () => T, gradients: boolean): T | Pending {
  run.next = 0;
  run.pending = undefined;
  if (current) throw new ArgumentError("asyncStep", "to be called outside of any other step", "a call inside one");
  current = run;
  try {
    // Within the step, so that one which is not at its end yet changes nothing of what is remembered.
    const whole = (): T => {
      const result = body();
      if (run.pending) throw run.pending;
      if (run.next < run.answered.length) throw otherwise(`${run.next} estimates with black boxes after more`);
      return result;
    };
    return step(typeof body === "function" ? whole : body, { gradients });
  } catch (error) {
    if (run.pending) return run.pending;
    throw error;
  } finally {
    current = undefined;
  }
}

/** In order, so many at a time; the first failure ends it. */
async function mapped<A>(
  samples: readonly unknown[],
  box: Box<A>,
  concurrency: number,
  signal: Signal | undefined,
): Promise<A[]> {
  const answers = new Array<A>(samples.length);
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    try {
      for (let i = next++; i < samples.length && !failed; i = next++) {
        signal?.throwIfAborted();
        answers[i] = await box(samples[i]);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, samples.length) }, worker));
  return answers;
}

/** What a black box says to samples: at once or, within `asyncStep`, from what was awaited. */
export function answersOf<A>(box: Box<A>, samples: readonly unknown[]): A[] {
  if (!current)
    return samples.map((sample) => {
      const answer = box(sample);
      if (typeof (answer as { then?: unknown } | undefined)?.then === "function") {
        Promise.resolve(answer).catch(() => {});
        throw new ArgumentError(
          "cost",
          "a black box that answers at once (for promises there is asyncStep, and asynchronous of diagnose)",
          "a promise",
        );
      }
      return answer as A;
    });
  const known = current.answered[current.next];
  if (known === undefined) {
    if (hasPassed())
      throw new ArgumentError(
        "asyncStep",
        "backward after the last estimate, as the body may run again",
        "one before it",
      );
    current.pending = new Pending(box, samples);
    throw current.pending;
  }
  if (known.asked !== print(samples)) throw otherwise(`other samples for estimate ${current.next}`);
  current.next++;
  return known.answers as A[];
}

const otherwise = (what: string): ArgumentError =>
  new ArgumentError(
    "asyncStep",
    "a body that asks the same each time it runs: a pure function of its keys and parameters",
    what,
  );

const print = (samples: readonly unknown[]): string =>
  JSON.stringify(samples, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value));
