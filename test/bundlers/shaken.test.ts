import { describe, expect, it } from "vitest";
import { checkShaken, type Marks, ownRun, sizeOf } from "./shaken.ts";

const marks: Marks = {
  graph: "reparam/graph 1",
  optimizers: "beta1",
  categorical: "draws",
  "core.wasm": "aaa",
  "core.scalar.wasm": "bbb",
  "graph.wasm": "ccc",
  "graph.scalar.wasm": "ddd",
  distributions: "reparam/distributions 1",
  "distributions.wasm": "eee",
};

describe("a bundle", () => {
  it("that holds what its program imports, and nothing else, is as it should be", () => {
    expect(() => checkShaken("all", Object.values(marks).join(), marks)).not.toThrow();
    expect(() => checkShaken("one", "aaa bbb", marks)).not.toThrow();
    expect(() => checkShaken("slim", "", marks)).not.toThrow();
  });

  it.each([
    ["one", "aaa bbb beta1 ccc", "the bundle of one holds optimizers, graph.wasm, which nothing imports"],
    ["slim", "aaa", "the bundle of slim holds core.wasm, which nothing imports"],
    ["one", "aaa", "the bundle of one lacks core.scalar.wasm"],
    ["all", "aaa bbb ccc ddd eee draws beta1 reparam/distributions 1", "the bundle of all lacks graph"],
  ] as const)("of %s with %j is not", (program, bundle, message) => {
    expect(() => checkShaken(program, bundle, marks)).toThrow(message);
  });
});

it("the mark of a module is in no other module, and reads the same in every kind of literal", () => {
  expect(ownRun('"sharedsharedshared" `$ownownownown}', ["sharedsharedshared"])).toBe("ownownownown");
  expect(() => ownRun("short runs $ only", [])).toThrow("expected a text of a module that has a run of its own");
});

it("sizes are those of all files", () => {
  expect(sizeOf("é", new Uint8Array(3))).toMatchObject({ minified: 5 });
  expect(sizeOf("a".repeat(1000)).gzip).toBeLessThan(50);
});
