import type { ContestantId } from "./contestants.ts";
import type { CaseResult } from "./results.ts";

/** How fast a work has to be: a ratio to a contestant of the same run, or a time. */
export type Target =
  | { readonly work: string; readonly against: ContestantId; readonly atLeast: number }
  | { readonly work: string; readonly below: number };

export interface Verdict {
  readonly work: string;
  readonly required: string;
  /** Absent when it could not be measured. */
  readonly measured?: string;
  readonly met?: boolean;
}

const ratios = (work: string, required: Partial<Record<ContestantId, number>>): Target[] =>
  Object.entries(required).map(([against, atLeast]) => ({ work, against: against as ContestantId, atLeast }));

/** What reparam promises itself; nothing fails when one is missed. */
export const targets: readonly Target[] = [
  ...ratios("gumbelSoftmax 1024×1024", { plain: 12, torch: 3.5, "tfjs-wasm": 5, "jax-js": 8 }),
  ...ratios("gumbelSoftmax 8×131072", { plain: 12, torch: 3.5, "tfjs-wasm": 5, "jax-js": 8 }),
  ...ratios("gumbelSoftmax 16384×10", { plain: 9, torch: 4, "tfjs-wasm": 4 }),
  ...ratios("gumbelSoftmax and gradient 16384×10", { plain: 9, torch: 4 }),
  ...ratios("gumbel 1M", { plain: 12, torch: 4, "jax-js": 8 }),
  ...ratios("normal 1M", { plain: 10, torch: 1.3 }),
  ...ratios("softmax 1024×1024", { plain: 12, torch: 0.8 }),
  ...ratios("softmax 16384×10", { plain: 12, torch: 3 }),
  ...ratios("categorical, one draw 1×151936", { plain: 7, torch: 8, "tfjs-wasm": 2.5 }),
  ...ratios("matrix product 512³", { "tfjs-wasm": 1.5 }),
  ...ratios("training step, MNIST VAE, batch 100", { torch: 0.7, "tfjs-wasm": 2 }),
  { work: "gumbelSoftmax, a call 1×8", below: 1000 },
  ...ratios("gumbelSoftmax, a call 1×16", { plain: 1 }),
];

/** One verdict a target whose work was run. */
export function judge(cases: readonly CaseResult[]): Verdict[] {
  return targets.flatMap((target) => {
    const result = cases.find(({ id }) => id === target.work);
    return result ? [verdict(target, result)] : [];
  });
}

function verdict(target: Target, { contestants }: CaseResult): Verdict {
  const { work } = target;
  const ours = contestants.reparam;
  if ("below" in target) {
    const required = `< ${target.below} ns`;
    if (!ours || "refused" in ours) return { work, required };
    return { work, required, measured: `${ours.median.toFixed(0)} ns`, met: ours.median < target.below };
  }
  const required = `≥ ${target.atLeast}× ${target.against}`;
  const theirs = contestants[target.against];
  if (!theirs || "refused" in theirs) return { work, required };
  return { work, required, measured: `${theirs.ratio.toFixed(2)}×`, met: theirs.ratio >= target.atLeast };
}
