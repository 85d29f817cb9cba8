import { expect, test } from "vitest";
import { adam, clipGradients, loadCheckpoint, parameter, saveCheckpoint, sgd } from "../../bindings/graph/index.ts";
import { ArgumentError, createCore } from "../../bindings/index.ts";

const [one, other] = [createCore(), createCore()];
const a = one.run(() => parameter([2], [1, 2]));
const b = other.run(() => parameter([2], [3, 4]));

test("an optimizer refuses parameters of several cores: its state is in the memory of one", () => {
  for (const make of [() => adam({ a, b }), () => sgd({ b, a }, { rate: 1 })]) {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(/^parameters\.[ab]: expected a parameter of the core of the first, got one of another core$/);
  }
});

test("what keeps no state of its own takes them: norms and checkpoints", () => {
  expect(clipGradients({ a, b }, 1)).toBe(0);
  const saved = saveCheckpoint({ parameters: { a, b } });
  a.set([0, 0]);
  b.set([0, 0]);
  loadCheckpoint(saved, { parameters: { a, b } });
  expect([...a.toArray(), ...b.toArray()]).toEqual([1, 2, 3, 4]);
});
