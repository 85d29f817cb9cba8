import { crc32 } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import * as graph from "../../bindings/graph/index.ts";
import { ArgumentError, CheckpointError, DisposedError, foldIn, key } from "../../bindings/index.ts";
import { onEveryBuild } from "../builds.ts";
import { random } from "./cases.ts";

const { adam, loadCheckpoint, parameter, saveCheckpoint, sgd } = graph;

type Model = { w: graph.Parameter; b: graph.Parameter };
type Make = (parameters: Model) => graph.Optimizer;

const makeModel = (seed: number): Model => ({
  w: parameter([5, 3], Array.from(random([5, 3], seed).data)),
  b: parameter([3], Array.from(random([3], seed + 1).data)),
});

/** A small stochastic training run: steps `from` up to `to`, each with a key of its own. */
function train({ w, b }: Model, optimizer: graph.Optimizer, from: number, to: number): void {
  for (let t = from; t < to; t++) {
    graph.step(() => {
      const x = graph.tensor(Array.from(random([4, 5], t).data), [4, 5]);
      const y = graph.gumbelSoftmax(foldIn(key(3), t), graph.linear(x, w, b), { tau: 0.7 });
      graph.backward(graph.mean(graph.mul(y, graph.tensor([1, -2, 3]))));
    });
    optimizer.step();
  }
}

/** Everything a training run is made of. */
const stateOf = ({ w, b }: Model, optimizer: graph.Optimizer) => ({
  values: [w.toArray(), b.toArray()],
  gradients: [w.grad(), b.grad()],
  saved: saveCheckpoint({ parameters: { w, b }, optimizer }),
  steps: optimizer.steps,
});

const OPTIMIZERS: [name: string, make: Make][] = [
  ["adam", (p) => adam(p, { rate: { type: "steps", initial: 0.1, factor: 0.5, every: 4 } })],
  ["sgd", (p) => sgd(p, { rate: 0.1, momentum: 0.9 })],
];

onEveryBuild("checkpoints", () => {
  describe.each(OPTIMIZERS)("with %s", (_, make) => {
    test("load gives back every bit: special values, optimizer state and extra", () => {
      const model = makeModel(1);
      const special = [-0, 2 ** -149, 3.4e38, -Infinity, Number.NaN, 1 / 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
      const optimizer = make(model);
      train(model, optimizer, 0, 3);
      model.w.set(special);
      const extra = { epoch: 3, name: "größe 大", list: [1, null, true, { deep: "x" }] };
      const bytes = saveCheckpoint({ parameters: model, optimizer, extra });
      const fresh = makeModel(50);
      const resumed = make(fresh);
      expect(loadCheckpoint(bytes, { parameters: fresh, optimizer: resumed })).toEqual(extra);
      expect(fresh.w.toArray()).toEqual(Float32Array.from(special));
      expect(saveCheckpoint({ parameters: fresh, optimizer: resumed, extra })).toEqual(bytes);
      expect(resumed.steps).toBe(3);
    });

    test("20 steps are 10, a checkpoint into fresh parameters, and 10 more, bit for bit", () => {
      const [whole, first, second] = [makeModel(1), makeModel(1), makeModel(99)];
      const optimizers = { whole: make(whole), first: make(first), second: make(second) };
      train(whole, optimizers.whole, 0, 20);
      train(first, optimizers.first, 0, 10);
      const bytes = saveCheckpoint({ parameters: first, optimizer: optimizers.first, extra: { step: 10 } });
      const { step } = loadCheckpoint(bytes, { parameters: second, optimizer: optimizers.second }) as { step: number };
      train(second, optimizers.second, step, 20);
      expect(stateOf(second, optimizers.second)).toEqual(stateOf(whole, optimizers.whole));
      expect(stateOf(second, optimizers.second)).not.toEqual(stateOf(first, optimizers.first));
    });
  });
});

describe("a checkpoint", () => {
  let model: Model;
  let optimizer: graph.Optimizer;
  let bytes: Uint8Array;
  beforeEach(() => {
    const source = makeModel(1);
    const trained = adam(source);
    train(source, trained, 0, 3);
    bytes = saveCheckpoint({ parameters: source, optimizer: trained, extra: { epoch: 3 } });
    model = makeModel(7);
    optimizer = adam(model);
    train(model, optimizer, 0, 5);
  });

  /** Loading is refused with this error, and nothing was written. */
  function refuses(
    damaged: Uint8Array,
    error: new (...args: never[]) => Error,
    into: graph.Saved = { parameters: model, optimizer },
  ): void {
    const before = stateOf(model, optimizer);
    expect(() => loadCheckpoint(damaged, into)).toThrow(error);
    expect(stateOf(model, optimizer)).toEqual(before);
  }

  test("with any one byte changed is refused and nothing is written", () => {
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.slice();
      damaged[i] = (damaged[i] as number) ^ (1 << (i % 8));
      refuses(damaged, CheckpointError);
    }
  });

  test("cut anywhere, or followed by more, is refused and nothing is written", () => {
    for (let length = 0; length < bytes.length; length += length < 64 ? 1 : 13)
      refuses(bytes.slice(0, length), CheckpointError);
    for (const more of [1, 4, 16]) {
      const longer = new Uint8Array(bytes.length + more);
      longer.set(bytes);
      refuses(longer, CheckpointError);
    }
  });

  test("is found in the middle of a larger buffer, as Node's Buffer hands it out", () => {
    const copies = [Buffer.from(bytes), Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)];
    for (const copy of copies) {
      const [fresh, before] = [makeModel(50), Uint8Array.from(copy)];
      expect(loadCheckpoint(copy, { parameters: fresh, optimizer: adam(fresh) })).toEqual({ epoch: 3 });
      expect(Uint8Array.from(copy)).toEqual(before);
    }
  });

  test.each<[string, (parameters: Model) => graph.Parameters]>([
    ["another shape of the same size", ({ b }) => ({ w: parameter([3, 5]), b })],
    ["another size", ({ w }) => ({ w, b: parameter([4]) })],
    ["another name", ({ w, b }) => ({ weights: w, b })],
    ["one parameter fewer", ({ w }) => ({ w })],
    ["one parameter more", ({ w, b }) => ({ w, b, c: parameter([1]) })],
  ])("is refused by %s", (_, others) => {
    const parameters = others(model);
    refuses(bytes, CheckpointError, { parameters, optimizer: adam(parameters) });
  });

  test("is refused by another optimizer, or where one of the two has none", () => {
    refuses(bytes, CheckpointError, { parameters: model, optimizer: sgd(model, { rate: 0.1 }) });
    refuses(saveCheckpoint({ parameters: model }), CheckpointError, { parameters: model, optimizer });
  });

  test("neither reads nor writes the state of an optimizer of other parameters, whose sizes may be others", () => {
    const others = { w: parameter([1]), b: parameter([1]) };
    expect(() => saveCheckpoint({ parameters: model, optimizer: adam(others) })).toThrow(ArgumentError);
    refuses(bytes, ArgumentError, { parameters: model, optimizer: adam(others) });
  });

  test("neither reads nor writes memory that was given back", () => {
    const gone = adam(model);
    gone.dispose();
    const neighbour = parameter([5, 3], random([5, 3], 4).data as Float32Array);
    const before = neighbour.toArray();
    expect(() => saveCheckpoint({ parameters: model, optimizer: gone })).toThrow(DisposedError);
    refuses(bytes, DisposedError, { parameters: model, optimizer: gone });
    expect(neighbour.toArray()).toEqual(before);
    const [w, b] = [parameter([5, 3]), parameter([3])];
    b.dispose();
    expect(() => saveCheckpoint({ parameters: { w, b } })).toThrow(DisposedError);
    expect(() => loadCheckpoint(bytes, { parameters: { w, b } })).toThrow(DisposedError);
    expect(w.toArray()).toEqual(new Float32Array(15));
  });

  test.each([
    ["no JSON", "{"],
    ["null", "null"],
    ["no parameters", "{}"],
    ["parameters that are no list", '{"parameters":7,"optimizer":null}'],
    [
      "an optimizer without numbers",
      '{"parameters":[{"name":"w","shape":[5,3]},{"name":"b","shape":[3]}],"optimizer":{"kind":"adam","numbers":{},"slots":["mean","square"]}}',
    ],
  ])("whose checksum is right and whose header is wrong is refused: %s", (_, text) => {
    const json = new TextEncoder().encode(text + " ".repeat(-text.length & 3));
    const forged = new Uint8Array(16 + json.length + 4 * 3 * 18);
    forged.set(bytes.subarray(0, 8));
    forged.set(json, 16);
    const view = new DataView(forged.buffer);
    view.setUint32(12, json.length, true);
    view.setUint32(8, crc32(forged.subarray(12)), true);
    refuses(forged, CheckpointError);
  });

  test("carries a format that is fixed: RPRM, version 1, the CRC-32 of the rest, header length, header, floats", () => {
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe("RPRM");
    expect(view.getUint32(4, true)).toBe(1);
    expect(view.getUint32(8, true)).toBe(crc32(bytes.subarray(12)));
    const end = 16 + view.getUint32(12, true);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(16, end)))).toMatchObject({
      parameters: [
        { name: "w", shape: [5, 3] },
        { name: "b", shape: [3] },
      ],
      optimizer: { kind: "adam", numbers: { steps: 3 } },
      extra: { epoch: 3 },
    });
    expect(bytes.length).toBe(end + 4 * 3 * 18);
  });
});
