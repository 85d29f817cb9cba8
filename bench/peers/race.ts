import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Effort, type Measurement, summarize } from "../measure.ts";
import { findFault } from "./check.ts";
import type { Child } from "./child.ts";
import { type ContestantId, OURS } from "./contestants.ts";
import type { Work } from "./work.ts";

export const FULL: Effort = { rounds: 9, time: 100, warmup: 250 };
export const QUICK: Effort = { rounds: 2, time: 20, warmup: 40 };

/** Times of one call in nanoseconds, and the method that was the fastest; or why there are none. */
export type Outcome = (Measurement & { readonly method: string }) | { readonly refused: string };

export type Outcomes = ReadonlyMap<ContestantId, Outcome>;

interface Runner {
  readonly child: Child;
  readonly method: number;
  readonly label: string;
  readonly samples: number[];
  failure?: string;
}

export interface Race {
  readonly folder: string;
  readonly effort: Effort;
  /** Called before each turn; throws to stop the race. */
  readonly beforeTurn: (child: Child, turnsLeft: number) => void;
}

/**
 * One work: all get ready, those with a wrong result leave, and the rest take turns, round after round, so that a machine
 * that slows down or a noisy neighbour meets all of them, and their ratios hold. A contestant that cannot do the work is not
 * in the outcomes.
 *
 * @param children ours first, as the others' results are checked against it
 */
export async function race(children: readonly Child[], work: Work, options: Race): Promise<Outcomes> {
  const outcomes = new Map<ContestantId, Outcome>();
  const runners: Runner[] = [];
  const file = join(options.folder, "result.f32");
  let ours = new Float32Array(0);

  for (const [i, child] of children.entries()) {
    options.beforeTurn(child, options.effort.rounds * children.length - i);
    const { id } = child.entry;
    try {
      const { methods } = await child.prepare(work);
      const valid: number[] = [];
      let fault: string | undefined;
      for (const method of methods.keys()) {
        await child.result(method, file);
        const result = readFloats(file);
        if (id === OURS) ours = result;
        const found = findFault(result, ours, work);
        if (found === undefined) valid.push(method);
        else fault = `${methods[method]}: ${found}`;
      }
      if (valid.length > 0) {
        const method = await fastest(child, valid, options.effort);
        runners.push({ child, method, label: methods[method], samples: [] });
      } else if (fault !== undefined) outcomes.set(id, { refused: fault });
    } catch (error) {
      if (id === OURS) throw error;
      outcomes.set(id, { refused: (error as Error).message });
    }
  }

  await takeTurns(runners, options);
  for (const { child, label, samples, failure } of runners)
    outcomes.set(child.entry.id, failure ? { refused: failure } : { ...summarize(samples), method: label });
  return outcomes;
}

/** Warms up every method; that is the first turn of a contestant, and none of it counts. */
async function fastest(child: Child, methods: readonly number[], { warmup, time }: Effort): Promise<number> {
  const medians = new Map<number, number>();
  for (const method of methods) {
    await child.turn(method, warmup);
    if (methods.length > 1) medians.set(method, summarize((await child.turn(method, time)).samples).median);
  }
  return methods.reduce((best, each) => ((medians.get(each) ?? 0) < (medians.get(best) ?? 0) ? each : best));
}

async function takeTurns(runners: readonly Runner[], { effort, beforeTurn }: Race): Promise<void> {
  let left = effort.rounds * runners.length;
  for (let round = 0; round < effort.rounds; round++) {
    for (const runner of runners) {
      beforeTurn(runner.child, left--);
      if (runner.failure) continue;
      try {
        runner.samples.push(...(await runner.child.turn(runner.method, effort.time)).samples);
      } catch (error) {
        if (runner.child.entry.id === OURS) throw error;
        runner.failure = (error as Error).message;
      }
    }
  }
}

function readFloats(file: string): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
}
