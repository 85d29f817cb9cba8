// What becomes of shards whose workers die, lie, repeat themselves or never answer: the same sums, or an error that says which and why.

import { describe, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { mul, parameter, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { estimate, meanOfRows, movingAverage, type RowsPiece, scoreFunction } from "../../bindings/inference/index.ts";
import { decode, encode } from "../../bindings/inference/shards/wire.ts";
import { type Executor, inline, type Outcome, performer, shared, type Task } from "../../bindings/parallel/index.ts";
import { foldIn, key } from "../../bindings/random/index.ts";

const rows = shared("rows of three", () => {
  const w = parameter([3], [1, -2, 0.5]);
  const loss = ({ from, to }: RowsPiece): Tensor =>
    mul(tensor(Float32Array.from({ length: to - from }, (_, i) => from + i)), sum(mul(w, w)));
  return { w, loss };
});

let made = 0;
const counted = shared("counted", (_: { n: number }) => {
  made++;
  return { loss: ({ from, to }: RowsPiece): Tensor => tensor(new Float32Array(to - from)) };
});

const PIECES = 6;

async function run(executor?: Executor, signal?: AbortSignal) {
  const { w, loss } = rows();
  const options = executor ? { executor, shard: 1 } : {};
  const { value, moments } = await meanOfRows(loss, { rows: 12, piece: 2, ...options, ...(signal && { signal }) });
  return { value, moments, gradient: [...w.grad()] };
}

/** An executor whose workers do what they are told, by shard of the task and number of the attempt. */
function acting(
  act: (shard: number, attempt: number, honest: () => Promise<Uint8Array>) => Promise<Outcome | undefined>,
) {
  const worker = performer();
  let attempt = 0;
  const executor: Executor & { attempts(): number } = {
    size: 2,
    async *map({ common, shards }, signal) {
      attempt++;
      for (const [shard, message] of shards.entries()) {
        signal.throwIfAborted();
        const { shard: number } = decode(message) as { shard: number };
        const outcome = await act(number, attempt, () => worker.perform(common, message));
        if (outcome) yield { ...outcome, shard };
      }
    },
    async dispose() {},
    attempts: () => attempt,
  };
  return executor;
}

/** Shard 3 is answered by what this makes of its answer, the first `times` times. */
const answering = (change: (partial: Uint8Array) => Uint8Array, times = 1) =>
  acting(async (shard, attempt, honest) => {
    const partial = await honest();
    return { shard, partial: shard === 3 && attempt <= times ? change(partial) : partial };
  });

type Answer = {
  of: number;
  shard: number;
  value: { moments: Record<string, unknown>; nodes: Record<string, unknown>[] };
};
const edited = (change: (answer: Answer) => unknown) => (partial: Uint8Array) => {
  const answer = decode(partial) as unknown as Answer;
  return encode((change(answer) ?? answer) as never);
};
const value = (change: (value: Answer["value"]) => void) => edited((answer) => change(answer.value));
const node = (change: (node: Record<string, unknown>) => void) =>
  value(({ nodes }) => change(nodes[0] as Record<string, unknown>));

const LIES: Record<string, (partial: Uint8Array) => Uint8Array> = {
  "cut short": (partial) => partial.slice(0, -8),
  "of nothing": () => new Uint8Array(),
  "of another version": (partial) => {
    const later = partial.slice();
    new DataView(later.buffer).setUint32(4, 9, true);
    return later;
  },
  "no bytes": () => "{}" as unknown as Uint8Array,
  "larger than any": () => new Uint8Array(2 ** 20),
  "to another shard": edited((answer) => ({ ...answer, shard: 4 })),
  "to another task": edited((answer) => ({ ...answer, of: answer.of + 1 })),
  null: () => encode(null),
  "without a value": edited(({ of, shard }) => ({ of, shard })),
  "moments of other rows": value(({ moments }) => {
    moments.units = 3;
  }),
  "moments of another version": value(({ moments }) => {
    moments.version = 2;
  }),
  "moments of endless digits": value(({ moments }) => {
    moments.sums = { ...(moments.sums as object), f: "f".repeat(300) };
  }),
  "moments that are no numbers": value(({ moments }) => {
    moments.sums = { f: "zz" };
  }),
  "no moments": value((found) => {
    found.moments = [] as never;
  }),
  "gradients of another place": node((found) => {
    found.index = 2;
  }),
  "gradients of a higher place": node((found) => {
    found.level = 1;
  }),
  "gradients of no place": node((found) => {
    found.index = 1e300;
  }),
  "gradients twice": value((found) => void found.nodes.push(found.nodes[0] as Record<string, unknown>)),
  "no gradients": value((found) => {
    found.nodes = [];
  }),
  "gradients of no parameter": node((found) => {
    found.parameters = [7];
  }),
  "gradients of what all objects have": node((found) => {
    found.parameters = ["constructor"];
  }),
  "gradients of another length": node((found) => {
    found.gradients = [new Float32Array(2)];
  }),
  "gradients of another type": node((found) => {
    found.gradients = [new Float64Array(3)];
  }),
  "gradients without arrays": node((found) => {
    found.gradients = [[1, 2, 3]];
  }),
};

describe.each(Object.entries(LIES))("an answer that is %s", (_, lie) => {
  test("is refused, and the shard tried again: the same sums", async () => {
    const executor = answering(lie, 2);
    expect(await run(executor)).toEqual(await run());
    expect(executor.attempts()).toBe(3);
  });

  test("every time is an error that names the shard", async () => {
    const { w, loss } = rows();
    const options = { rows: 12, piece: 2, executor: answering(lie, Infinity), shard: 1 };
    const error = await meanOfRows(loss, options).catch((caught) => caught);
    expect(error.name).toBe("ShardError");
    expect(error.message).toMatch(/^shard 3 of 6: expected a partial result in 3 attempts, got MessageError: partial/);
    expect([...w.grad()]).toEqual([0, 0, 0]);
  });
});

describe("a worker", () => {
  test("that dies twice, and answers then", async () => {
    const executor = acting(async (shard, attempt, honest) =>
      attempt < 3 ? { shard, error: new Error("worker died") } : { shard, partial: await honest() },
    );
    expect(await run(executor)).toEqual(await run());
  });

  test("that always dies is an error with the reason", async () => {
    const executor = acting(async (shard, _, honest) =>
      shard === 2 ? { shard, error: new Error("worker died of hunger") } : { shard, partial: await honest() },
    );
    await expect(run(executor)).rejects.toThrow(
      "shard 2 of 6: expected a partial result in 3 attempts, got Error: worker died of hunger",
    );
  });

  test("that says nothing at all is an error", async () => {
    const executor = acting(async (shard, _, honest) => (shard === 5 ? undefined : { shard, partial: await honest() }));
    await expect(run(executor)).rejects.toThrow("shard 5 of 6: expected a partial result in 3 attempts, got no answer");
  });

  test("that answers twice, and to shards that nobody asked for", async () => {
    const inner = inline();
    const executor: Executor = {
      ...inner,
      async *map(task, signal) {
        for await (const outcome of inner.map(task, signal)) {
          yield outcome;
          yield outcome;
          yield { ...outcome, shard: PIECES + 3 };
          yield { ...outcome, shard: -1 };
          yield { ...outcome, shard: 0.5 };
        }
      },
    };
    expect(await run(executor)).toEqual(await run());
  });

  test("is told of an abort while it computes", async () => {
    const controller = new AbortController();
    let cancelled = false;
    const executor: Executor = {
      size: 1,
      async *map(_: Task, signal) {
        await new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => {
            cancelled = true;
            resolve();
          });
          controller.abort(new Error("no more"));
        });
        signal.throwIfAborted();
      },
      async dispose() {},
    };
    await expect(run(executor, controller.signal)).rejects.toThrow("no more");
    expect(cancelled).toBe(true);
  });
});

describe("performer", () => {
  /** Messages of a run, as an executor gets them. */
  async function messages(): Promise<{ common: Uint8Array; shard: Uint8Array }> {
    let seen: Task | undefined;
    const spy: Executor = {
      ...inline(),
      async *map(task, signal) {
        seen = task;
        yield* inline().map(task, signal);
      },
    };
    await run(spy);
    const { common, shards } = seen as unknown as Task;
    return { common, shard: shards[0] as Uint8Array };
  }

  test("answers to a work, a kind or a part that it does not know by an error", async () => {
    const { common, shard } = await messages();
    const told = async (
      change: (job: { library: string; kind: string; work: { name: string }; parts: Record<string, string> }) => void,
    ) => {
      const whole = decode(common) as { job: Uint8Array };
      const job = decode(whole.job) as never;
      change(job);
      const forged = encode({ ...whole, job: encode(job) } as never);
      const of = (decode(await checksumOf(forged, shard)) as { of: number }).of;
      const answer = decode(await performer().perform(forged, encode({ ...(decode(shard) as object), of } as never)));
      return (answer as unknown as { error: { name: string; message: string } }).error.message;
    };
    expect(
      await told((job) => {
        job.library = "reparam/core 0.0.1";
      }),
    ).toMatch(/^worker: expected reparam\/core 0\.0\.1, as the main program has, got reparam\/core \d/);
    expect(
      await told((job) => {
        job.work.name = "fs";
      }),
    ).toMatch(/^work: expected the name of a work .*rows of three.*, got "fs"/);
    expect(
      await told((job) => {
        job.kind = "eval";
      }),
    ).toMatch(/^job\.kind: expected one of .*meanOfRows.*, got "eval"/);
    expect(
      await told((job) => {
        job.kind = "constructor";
      }),
    ).toMatch(/^job\.kind: /);
    expect(
      await told((job) => {
        job.parts = { loss: "constructor" };
      }),
    ).toMatch(/^shared\("rows of three"\): expected a part "constructor"/);
  });

  /** A shard of another common message, by the library's own hand: what its `of` is. */
  async function checksumOf(common: Uint8Array, shard: Uint8Array): Promise<Uint8Array> {
    const { checksumOf: of } = await import("../../bindings/inference/shards/wire.ts");
    return encode({ ...(decode(shard) as object), of: of(common) } as never);
  }

  test("rejects what is no message, and answers the next one", async () => {
    const { common, shard } = await messages();
    const worker = performer();
    const right = await worker.perform(common, shard);
    for (const [a, b] of [
      [common, new Uint8Array(3)],
      [common.slice(0, 40), shard],
      [new Uint8Array(64), shard],
      [common, encode({ shard: 0 })],
      [common, encode("shard")],
      [common, encode(null)],
    ] as const)
      await expect(worker.perform(a, b)).rejects.toThrow(/^(shard|common): /);
    expect(await worker.perform(common, shard)).toEqual(right);
  });

  test("makes a work once for all that is asked of it, and another for another input", async () => {
    const { loss } = counted({ n: 1 });
    const { loss: other } = counted({ n: 2 });
    made = 0;
    const executor = inline();
    for (let round = 0; round < 3; round++)
      for (const rows of [3, 4, 5, 6, 7, 8])
        for (const each of [loss, other]) await meanOfRows(each, { rows, executor });
    expect(made).toBe(2);
  });

  test("computes one after another, each at its own parameters", async () => {
    const { w, loss } = rows();
    const worker = performer();
    const executor: Executor = {
      size: 2,
      async *map({ common, shards }) {
        const partials = await Promise.all(shards.map((shard) => worker.perform(common, shard)));
        for (const [shard, partial] of partials.entries()) yield { shard, partial };
      },
      async dispose() {},
    };
    const at = async (scale: number, inner?: Executor) => {
      w.set([scale, 1, 1]);
      return (await meanOfRows(loss, { rows: 12, piece: 2, gradients: false, ...(inner && { executor: inner }) }))
        .value;
    };
    const alone = [await at(1), await at(2)];
    // Both are on their way before the first is computed.
    const together = [at(1, executor), at(2, executor)];
    expect(await Promise.all(together)).toEqual(alone);
  });
});

test("shards that all fail end the run after a few of them, not after all", async () => {
  let told = 0;
  const executor = acting(async (shard) => {
    told++;
    return { shard, error: new Error("no time left") };
  });
  const { loss } = rows();
  const run = meanOfRows(loss, { rows: 2000, piece: 2, executor, shard: 1 });
  await expect(run).rejects.toThrow(
    "shard 0 of 1000: expected a partial result in 3 attempts, got Error: no time left",
  );
  // Two rounds of 3 failures for each of 2 workers, and the first of the third.
  expect(told).toBe(13);
});

test("a long error is cut, and arrives; one that has the name of ours is not taken for ours", async () => {
  const failing = shared("failing", ({ name, length }: { name: string; length: number }) => ({
    loss: (): Tensor => {
      throw Object.assign(new Error("é".repeat(length)), { name });
    },
  }));
  const message = async (name: string, length: number): Promise<string> =>
    meanOfRows(failing({ name, length }).loss, { rows: 2, gradients: false, executor: inline() }).then(
      () => "nothing",
      (error) => error.message,
    );
  expect(await message("RangeError", 100_000)).toMatch(/^shard 0 of 1: .* got RangeError: é{1000}…$/);
  expect(await message("KeyError", 3)).toMatch(/^shard 0 of 1: .* got KeyError: ééé$/);
});

test("what learns would learn something else in each worker", async () => {
  const learning = shared("learning rows", () => {
    const logits = parameter([1], [0.5]);
    const estimator = scoreFunction({ baseline: movingAverage() });
    const loss = ({ from, to }: RowsPiece): Tensor => {
      const law = new Bernoulli({ logits: mul(logits, tensor(new Float32Array(to - from).fill(1))) });
      return estimate(law, (z: Tensor) => mul(z, z), { key: foldIn(key(1), from), estimator });
    };
    return { logits, loss };
  });
  const { loss } = learning();
  await meanOfRows(loss, { rows: 6, piece: 2 });
  await expect(meanOfRows(loss, { rows: 6, piece: 2, executor: inline() })).rejects.toThrow(
    /^loss: expected one with estimators that remember nothing/,
  );
});

describe("parameters of a work", () => {
  const hidden = parameter([1], [2]);
  const layered = shared("layers", () => {
    const layers = [{ w: parameter([1], [2]) }, { w: parameter([1], [3]) }];
    const ones = (from: number, to: number): Tensor => tensor(new Float32Array(to - from).fill(1));
    return {
      layers,
      loss: ({ from, to }: RowsPiece) => layers.reduce((x, { w }) => mul(x, w), ones(from, to)),
      hiding: ({ from, to }: RowsPiece) => mul(hidden, ones(from, to)),
    };
  });

  test.each([true, false])("in an array of layers reach the workers, gradients: %s", async (gradients) => {
    const { layers, loss } = layered();
    layers[0]?.w.set([7]);
    const { value } = await meanOfRows(loss, { rows: 3, gradients, executor: inline() });
    expect(value).toBe(21);
  });

  test.each([true, false])("are refused where they are hidden, gradients: %s", async (gradients) => {
    const { hiding } = layered();
    expect((await meanOfRows(hiding, { rows: 3, gradients })).value).toBe(2);
    await expect(meanOfRows(hiding, { rows: 3, gradients, executor: inline() })).rejects.toThrow(
      /^shared: expected a work with all of its parameters .* got another parameter, \[1\]/,
    );
  });
});

test("what a caller's onProgress throws ends the run, and nothing was added twice", async () => {
  const { w, loss } = rows();
  let calls = 0;
  const onProgress = (): void => {
    if (++calls === 2) throw new Error("no room to draw");
  };
  const run = meanOfRows(loss, { rows: 12, piece: 2, executor: inline(), shard: 1, onProgress });
  await expect(run).rejects.toThrow("no room to draw");
  expect(calls).toBe(2);
  expect([...w.grad()]).toEqual([0, 0, 0]);
});
