import { key } from "reparam";
import { expectation } from "reparam/inference";
import { type Executor, inline, type Task } from "reparam/parallel";
import type { Row } from "./results.ts";
import { bit } from "./work.mjs";

export interface Count {
  /** Shards of a map. */
  readonly shards: number;
  readonly maps: number;
}

/** Two tasks that differ in the values of their parameters: a worker that has seen one has not seen the other. */
export async function tasksOf(values: number, shards: number): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  const inner = inline();
  const recording: Executor = {
    size: 1,
    map: (task, signal) => {
      tasks.push(task);
      return inner.map(task, signal);
    },
    dispose: async () => {},
  };
  const { cost, distribution, parameters } = bit({ values });
  for (const each of [1, 2]) {
    parameters.values.set(new Float32Array(values).fill(each));
    await expectation(cost, distribution, { key: key(1), samples: shards, shard: 1, executor: recording });
  }
  await inner.dispose();
  return tasks;
}

const never = new AbortController().signal;

/** @returns the bytes of partial results. @throws Error for a shard without one */
async function runMap(executor: Executor, task: Task): Promise<number> {
  let bytes = 0;
  for await (const outcome of executor.map(task, never)) {
    if ("error" in outcome) throw outcome.error;
    bytes += outcome.partial.length;
  }
  return bytes;
}

export async function measure(
  executor: Executor,
  tasks: readonly Task[],
  { maps }: Count,
): Promise<Omit<Row, "executor" | "values" | "overhead">> {
  const [perShard, perMap]: number[][] = [[], []];
  const size = (tasks[0] as Task).shards.length;
  let partial = 0;
  const timed = async (task: Task): Promise<number> => {
    const began = performance.now();
    partial = (await runMap(executor, task)) / task.shards.length;
    return performance.now() - began;
  };
  const oneOf = (task: Task): Task => ({ ...task, shards: task.shards.slice(0, 1) });
  for (let i = -2; i < maps; i++) {
    const [task, other] = [tasks[i & 1], tasks[~i & 1]] as [Task, Task];
    const one = await timed(oneOf(other));
    const first = await timed(oneOf(task));
    // The worker knows what is in common by now.
    const many = await timed(task);
    // Engines compile in the first rounds.
    if (i < 0) continue;
    perShard.push(many / size);
    perMap.push((one + first) / 2);
  }
  const { common, shards } = tasks[0] as Task;
  return {
    common: common.length,
    shard: Math.round(shards.reduce((sum, { length }) => sum + length, 0) / shards.length),
    partial: Math.round(partial),
    perShard: quantile(perShard, 0.5),
    perMap: quantile(perMap, 0.5),
    quartiles: [quantile(perShard, 0.25), quantile(perShard, 0.75)],
  };
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] as number;
