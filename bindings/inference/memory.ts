import { ArgumentError, describe } from "../core/index.ts";
import { afterStep } from "../graph/extend.ts";

/** Numbers by name, as deep as it takes: survives JSON. */
export type State = { readonly [name: string]: number | State };

/** What an estimator carries from step to step. Saved and restored with a checkpoint, a run goes on with the same bits. */
export interface Memory {
  /** A copy, plain data. */
  readonly state: State;
  /**
   * Goes on from a state of an estimator made with the same options.
   * @throws ArgumentError for what is no state of such an estimator; nothing is changed then
   */
  restore(state: State): void;
  /** @internal Those in it that learn, each for itself; absent from one that learns by other ways than lessons. */
  readonly learners?: readonly Learner[];
}

/** A memory that changes by lessons: numbers, which may come from another thread or machine. */
export interface Learner extends Memory {
  /** Takes in what one estimate has shown. */
  learn(lesson: readonly number[]): void;
}

/** What a learner is to take in when a step has come to its end. */
export interface Lesson {
  (): void;
  readonly learner: Learner;
  readonly numbers: readonly number[];
}

/** Has a learner learn from the open step, when it ends: what is remembered is the same for all of a step. */
export const learnAfterStep = (learner: Learner, numbers: readonly number[]): void =>
  afterStep(Object.assign(() => learner.learn(numbers), { learner, numbers }) satisfies Lesson);

/** Numbers that are remembered. */
export class Numbers<Name extends string> implements Memory {
  readonly values: Record<Name, number>;

  constructor(values: Record<Name, number>) {
    this.values = values;
  }

  get state(): State {
    return { ...this.values };
  }

  restore(state: State): void {
    const names = Object.keys(this.values) as Name[];
    checkNames(state, names);
    for (const name of names)
      if (!Number.isFinite(state[name]))
        throw new ArgumentError(`state.${name}`, "a finite number", describe(state[name]));
    Object.assign(this.values, state);
  }
}

/** Several as one, each under its name; undefined when none remembers. */
export function together(memories: Readonly<Record<string, Memory | undefined>>): Memory | undefined {
  const entries = Object.entries(memories).filter((entry): entry is [string, Memory] => entry[1] !== undefined);
  if (entries.length === 0) return undefined;
  const parts = entries.map(([, { learners }]) => learners);
  return {
    ...(parts.every((learners) => learners !== undefined) && { learners: parts.flatMap((learners) => learners ?? []) }),
    get state() {
      return Object.fromEntries(entries.map(([name, memory]) => [name, memory.state]));
    },
    restore(state) {
      checkNames(
        state,
        entries.map(([name]) => name),
      );
      const before = entries.map(([, memory]) => memory.state);
      try {
        for (const [name, memory] of entries) memory.restore(state[name] as State);
      } catch (error) {
        for (const [i, [, memory]] of entries.entries()) memory.restore(before[i] as State);
        throw error;
      }
    },
  };
}

function checkNames(state: unknown, names: readonly string[]): void {
  const own = typeof state === "object" && state !== null ? Object.keys(state) : undefined;
  if (own?.length !== names.length || !names.every((name) => own.includes(name)))
    throw new ArgumentError("state", `an object of ${names.join(", ")}`, own ? own.join(", ") : describe(state));
}
