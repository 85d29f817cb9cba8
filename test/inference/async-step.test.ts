import { afterEach, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { backward, type Parameter, parameter, step, sum, tensor } from "../../bindings/graph/index.ts";
import { ArgumentError, key } from "../../bindings/index.ts";
import {
  asyncStep,
  blackBox,
  disarm,
  estimate,
  movingAverage,
  rloo,
  scoreFunction,
} from "../../bindings/inference/index.ts";

const K = key(5);
const logits: Parameter = parameter([4], [0.3, -1.2, 2, 0.1]);
const f = (z: ArrayLike<number>): number => Array.from(z).reduce((so, b, v) => so + b * (v + 0.5), 0) ** 2;
const later = <T>(ms: number, answer: T): Promise<T> => new Promise((done) => setTimeout(done, ms, answer));

interface Result {
  readonly cost: number;
  readonly gradient: Float32Array;
}

const body =
  (cost: ReturnType<typeof blackBox>, estimator = rloo(), samples = 4) =>
  (): number => {
    const total = estimate(new Bernoulli({ logits }), cost as never, { key: K, estimator, samples });
    backward(sum(total));
    return total.toArray()[0];
  };

function known(): Result {
  const cost = step(body(blackBox(f as never)));
  const gradient = logits.grad();
  logits.clear();
  return { cost, gradient };
}

/** After whatever happened, the same step gives what it gave before. */
const before = known();
afterEach(() => {
  logits.clear();
  expect(known()).toEqual(before);
});

test("gives what a step gives, in whatever order the answers come", async () => {
  let calls = 0;
  const cost = await asyncStep(body(blackBox(((z: Float32Array) => later(9 - 3 * calls++, f(z))) as never)));
  expect({ cost, gradient: logits.grad() }).toEqual(before);
  expect(calls).toBe(4);
});

test("takes answers that are there at once", async () => {
  const cost = await asyncStep(body(blackBox(f as never)));
  expect({ cost, gradient: logits.grad() }).toEqual(before);
});

test("a body without black boxes runs once", async () => {
  let runs = 0;
  expect(await asyncStep(() => tensor([++runs]).toArray()[0])).toBe(1);
});

test.each([1, 3, 20])("has %i calls waiting at most", async (concurrency) => {
  let [now, most] = [0, 0];
  const box = async (z: Float32Array): Promise<number> => {
    most = Math.max(most, ++now);
    await later(1, 0);
    now--;
    return f(z);
  };
  await asyncStep(body(blackBox(box as never), rloo(), 7), { concurrency });
  expect(most).toBe(Math.min(concurrency, 7));
});

test("estimates may follow each other, each asked once", async () => {
  const asked: string[] = [];
  const box = (name: string) =>
    blackBox((async (z: Float32Array) => {
      asked.push(name + z.length);
      return f(z);
    }) as never);
  const bits = () => new Bernoulli({ logits });
  const run = await asyncStep(() => {
    const one = estimate(bits(), box("a") as never, { key: K, estimator: disarm() });
    const two = estimate(bits(), box("b") as never, { key: key(9), estimator: scoreFunction() });
    backward(sum(one));
    backward(sum(two));
    return [...one.toArray(), ...two.toArray()];
  });
  expect(run).toHaveLength(2);
  expect(asked).toEqual(["a4", "a4", "b4"]);
});

test("two of them at once do not meet", async () => {
  const slow = blackBox(((z: Float32Array) => later(3, f(z))) as never);
  const fast = blackBox(((z: Float32Array) => later(1, f(z))) as never);
  const costs = await Promise.all([asyncStep(body(slow)), asyncStep(body(fast)), asyncStep(body(slow))]);
  expect(costs).toEqual([before.cost, before.cost, before.cost]);
});

test("a black box may run steps of its own, and asynchronous ones", async () => {
  const box = blackBox((async (z: Float32Array) => {
    const own = step(() => sum(tensor(z)).toArray()[0]);
    expect(own).toBe(z.reduce((so, b) => so + b, 0));
    return asyncStep(() => f(z));
  }) as never);
  expect(await asyncStep(body(box))).toBe(before.cost);
});

test("an average moves once, though the body runs several times, and not where it fails", async () => {
  const costs = (estimator: ReturnType<typeof rloo>) => step(body(blackBox(f as never), estimator, 1));
  const gradientAfter = async (first: (estimator: ReturnType<typeof rloo>) => unknown): Promise<Float32Array> => {
    const estimator = scoreFunction({ baseline: movingAverage() });
    // One value, however often it is added, would be the average.
    step(() => void estimate(new Bernoulli({ logits }), blackBox(() => 40) as never, { key: K, estimator }));
    await first(estimator);
    logits.clear();
    costs(estimator);
    const gradient = logits.grad();
    logits.clear();
    return gradient;
  };
  const slow = blackBox(((z: Float32Array) => later(1, f(z))) as never);
  const never = await gradientAfter(() => {});
  const once = await gradientAfter(costs);
  const again = await gradientAfter((estimator) =>
    asyncStep(() => {
      for (const each of [estimator, disarm()])
        estimate(new Bernoulli({ logits }), slow as never, { key: K, estimator: each });
    }),
  );
  const failed = await gradientAfter((estimator) =>
    asyncStep(() => {
      body(slow, estimator, 1)();
      throw new Error("after all");
    }).catch(() => {}),
  );
  expect(again).toEqual(once);
  expect(once).not.toEqual(never);
  expect(failed).toEqual(never);
});

test("rejects with what a black box rejects with, and asks no further", async () => {
  let calls = 0;
  const reason = new Error("no such service");
  const box = blackBox((async () => {
    if (++calls === 2) throw reason;
    return later(5, 1);
  }) as never);
  await expect(asyncStep(body(box, rloo(), 6), { concurrency: 2 })).rejects.toBe(reason);
  await later(10, 0);
  expect(calls).toBe(2);
});

test("rejects with what a black box throws", async () => {
  const reason = new TypeError("at once");
  const box = blackBox((() => {
    throw reason;
  }) as never);
  await expect(asyncStep(body(box))).rejects.toBe(reason);
});

test("a signal stops it before the next call", async () => {
  const controller = new AbortController();
  let calls = 0;
  const box = blackBox((async (z: Float32Array) => {
    if (++calls === 2) controller.abort(new Error("enough"));
    return f(z);
  }) as never);
  const running = asyncStep(body(box), { signal: controller.signal, concurrency: 1 });
  await expect(running).rejects.toThrow("enough");
  expect(calls).toBe(2);
  await expect(asyncStep(body(box), { signal: controller.signal })).rejects.toThrow("enough");
  expect(calls).toBe(2);
});

const slow = blackBox(((z: Float32Array) => later(1, f(z))) as never);
let turn = 0;
const REFUSED: [string, () => unknown, RegExp, object?][] = [
  [
    "a body that asks about other samples the second time",
    () => estimate(new Bernoulli({ logits }), slow as never, { key: key(turn++), estimator: rloo(), samples: 9 }),
    /asyncStep: expected a body that asks the same each time .* got other samples for estimate 0/,
  ],
  [
    "a body that asks less the second time",
    () => turn++ === 0 && body(slow)(),
    /asyncStep: expected a body that asks the same .* got 0 estimates/,
  ],
  [
    "gradients before the last estimate",
    () => {
      backward(sum(logits));
      body(slow)();
    },
    /asyncStep: expected backward after the last estimate/,
  ],
  ["a step inside", () => step(() => 1), /step: expected to be called outside of any other step/],
  ["one inside a body", () => asyncStep(() => 1), /body: expected a synchronous function/],
  ["an asynchronous body", async () => 1, /body: expected a synchronous function, got one that returned a promise/],
  ["no body", 5 as never, /body: expected a function, got 5/],
  ["concurrency 0", () => 1, /concurrency: expected an integer of 1 or more, got 0/, { concurrency: 0 }],
  ["another signal", () => 1, /signal: expected an AbortSignal, got 5/, { signal: 5 }],
  ["a misspelt option", () => 1, /options: expected no options but signal, concurrency/, { parallel: 3 }],
];

test.each(REFUSED)("refuses %s", async (_, wrong, message, options = {}) => {
  turn = 0;
  const failure = await asyncStep(wrong, options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ArgumentError);
  expect((failure as Error).message).toMatch(message);
});

test("a body that catches what stops it still waits", async () => {
  const cost = await asyncStep(() => {
    try {
      return body(slow)();
    } catch {
      return -1;
    }
  });
  expect(cost).toBe(before.cost);
});

/** A promise of another library, which need not have more than this. */
class Thenable {
  // biome-ignore lint/suspicious/noThenProperty: that is what it is
  then(): void {}
}

test("outside of it a promise is refused, and no rejection is left over", () => {
  for (const promise of [later(0, 1), Promise.reject(new Error("unheard")), new Thenable()])
    expect(() => step(body(blackBox((() => promise) as never)))).toThrow(
      /cost: expected a black box that answers at once \(for promises there is asyncStep, and asynchronous of diagnose\), got a promise/,
    );
});

test("without gradients it evaluates: nothing is learned, nothing goes back", async () => {
  const estimator = scoreFunction({ baseline: movingAverage() });
  const cost = blackBox((async (z: Float32Array) => f(z)) as never);
  const evaluate = () => estimate(new Bernoulli({ logits }), cost as never, { key: K, estimator, samples: 4 }).item();
  expect(await asyncStep(evaluate, { gradients: false })).toBe(before.cost);
  expect(estimator.memory?.state).toEqual({ baseline: { sum: 0, weight: 0 } });
  await expect(asyncStep(body(cost), { gradients: false })).rejects.toThrow("a step that records gradients");
  await expect(asyncStep(evaluate, { gradients: 0 as never })).rejects.toThrow("gradients: expected");
});
