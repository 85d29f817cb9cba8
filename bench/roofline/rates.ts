import { type Loop, mixedLoop, type Step, scalarLoop, storeLoop, vectorLoop } from "./loops.ts";
import type { Class } from "./lowering.ts";

/** Times of the fastest loops, in instructions a nanosecond. */
export interface Rates {
  readonly each: Readonly<Partial<Record<Class, number>>>;
  /** Of all vector instructions together: of the fastest loop, whatever it did. */
  readonly vector: number;
  /** Of instructions of all kinds: how many the processor takes in. */
  readonly all: number;
  /** Classes that have to share the same units, each group as large as it can be. */
  readonly groups: readonly (readonly Class[])[];
}

const STEPS: readonly Step[] = [
  "multiply",
  "integer multiply",
  "add",
  "compare",
  "convert",
  "shift",
  "shuffle",
  "divide",
  "root",
  "logic",
];

/** Two classes share their units when a loop of both takes so much of the time that one after the other would take. */
const SHARED = 0.93;

/** Not to be told where one of them takes nearly all the time. */
const MOST_UNLIKE = 2;

/** Milliseconds a loop. */
export interface Patience {
  readonly warmup: number;
  readonly time: number;
}

export function measureRates(patience: Patience): Rates {
  const rate = (loop: Loop): number => fastest(loop, patience);
  const single: [Class, Loop][] = [
    ["load", vectorLoop(["load"])],
    ["store", storeLoop()],
    ["scalar", scalarLoop()],
    ...STEPS.map((step): [Class, Loop] => [step, vectorLoop([step])]),
  ];
  const each: Partial<Record<Class, number>> = {};
  // Twice: at the first time the optimizing compiler may still be at work, in another thread.
  for (const [name, loop] of [...single, ...single]) each[name] = Math.max(each[name] ?? 0, rate(loop));
  let vector = Math.max(...STEPS.map((step) => each[step] ?? 0));
  const groups = groupsOf(STEPS, (some) => {
    const together = rate(vectorLoop(some));
    vector = Math.max(vector, together);
    return isShared(some, together, each);
  });
  return { each, vector, all: Math.max(vector, rate(mixedLoop())), groups };
}

/** Whether a loop of the same number of each is no faster than the classes one after the other. */
export function isShared(classes: readonly Class[], together: number, each: Rates["each"]): boolean {
  const times = classes.map((name) => 1 / (each[name] ?? Infinity));
  if (Math.max(...times) > MOST_UNLIKE * Math.min(...times)) return false;
  return classes.length / together > SHARED * times.reduce((sum, time) => sum + time, 0);
}

/** Every class in the first group that takes it, where `shared` is asked of the pairs and then of the whole group. */
export function groupsOf<Name>(classes: readonly Name[], shared: (some: readonly Name[]) => boolean): Name[][] {
  const groups: Name[][] = [];
  for (const each of classes) {
    const group = groups.find(
      (members) =>
        members.every((member) => shared([member, each])) && (members.length < 2 || shared([...members, each])),
    );
    if (group) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

const CALLS = 4;

function fastest({ run, operations }: Loop, { warmup, time }: Patience): number {
  for (const end = performance.now() + warmup; performance.now() < end; ) run();
  let least = Infinity;
  for (const end = performance.now() + time; performance.now() < end; ) {
    const start = performance.now();
    for (let call = 0; call < CALLS; call++) run();
    least = Math.min(least, performance.now() - start);
  }
  return (CALLS * operations) / (least * 1e6);
}
