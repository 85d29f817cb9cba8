import { createCore } from "reparam";
import { type Case, cases } from "./cases/index.ts";
import { growthCases } from "./growth/cases.ts";
import { FULL, measure, QUICK } from "./measure.ts";
import { type Measured, type Result, resultOf } from "./results.ts";

const suites = { kernels: cases, growth: growthCases } as const;

/** What an engine is asked to do; goes to it as JSON. */
export interface Job {
  readonly suite: keyof typeof suites;
  /** Cases whose group, name or size this regular expression matches. */
  readonly filter?: string | undefined;
  readonly quick: boolean;
}

/** What an engine tells while it works; comes from it as JSON. */
export type Message =
  | { readonly type: "ready"; readonly build: string }
  | { readonly type: "due"; readonly place: number }
  | { readonly type: "result"; readonly result: Result }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly message: string };

export function chosenCases({ suite, filter }: Job): readonly Case[] {
  const pattern = new RegExp(filter ?? "", "i");
  return suites[suite].filter(({ group, name, size }) => pattern.test(`${group} ${name} ${size}`));
}

/** Runs the cases in the engine that executes this. */
export async function run(job: Job, tell: (message: Message) => void | Promise<void>): Promise<void> {
  await tell({ type: "ready", build: createCore().build });
  for (const [place, each] of chosenCases(job).entries()) {
    await tell({ type: "due", place });
    const { dispose, ...contestants } = each.prepare();
    try {
      const measured = await measure(contestants, job.quick ? QUICK : FULL);
      await tell({ type: "result", result: resultOf(each, measured as Measured) });
    } finally {
      dispose?.();
    }
  }
  await tell({ type: "done" });
}
