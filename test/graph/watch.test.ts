import { describe, expect, test } from "vitest";
import { type Tensor as AnyTensor, afterStep, type Watcher, watchedStep, within } from "../../bindings/graph/extend.ts";
import * as graph from "../../bindings/graph/index.ts";
import { key } from "../../bindings/random/index.ts";
import { CASES, type Case, onGraph } from "./cases.ts";

const { add, backward, log, mul, parameter, step, stopGradient, sum, tensor } = graph;

/** One line for each thing that is told. */
class Log implements Watcher {
  readonly lines: string[] = [];
  readonly names: string[] = [];
  made(output: AnyTensor, name: string, inputs: object, reads: object = {}): void {
    this.names.push(name);
    this.lines.push(`${name}(${Object.keys(inputs)}|${Object.keys(reads)}) [${output.shape}] ${output.differentiable}`);
  }
  enter(of: unknown, what: string): void {
    this.lines.push(`enter ${of} ${what}`);
  }
  leave(result?: unknown): void {
    this.lines.push(`leave ${result instanceof Error ? "error" : typeof result}`);
  }
  passing(loss: AnyTensor): void {
    this.lines.push(`passing [${loss.shape}]`);
  }
  sent(output: AnyTensor, inputs: object): void {
    this.lines.push(`sent [${output.shape}] (${Object.keys(inputs)})`);
  }
}

describe("a watcher", () => {
  test("learns of leaves, operations with and without a gradient, what they are within, and of the way back, in order", () => {
    const w = parameter([2], [1, 2]);
    const log = new Log();
    watchedStep(() => {
      const x = tensor([3, 4]);
      const y = within("a law", "logProb", () => mul(w, x));
      backward(sum(add(y, stopGradient(y))));
    }, log);
    expect(log.lines).toEqual([
      "tensor(|) [2] false",
      "enter a law logProb",
      "mul(a,b|) [2] true",
      "leave object",
      "stopGradient(x|) [2] false",
      "add(a,b|) [2] true",
      "sum(x|) [] true",
      "passing []",
      "sent [] (x)",
      "sent [2] (a,b)",
      "sent [2] (a,b)",
    ]);
    w.dispose();
  });

  test("leaves a scope by an error too", () => {
    const log = new Log();
    const fails = () =>
      within("x", "y", () => {
        throw new Error("no");
      });
    expect(() => watchedStep(fails, log)).toThrow("no");
    expect(log.lines).toEqual(["enter x y", "leave undefined"]);
  });

  test("changes neither results nor gradients", () => {
    const w = parameter([2], [1, 2]);
    const body = () => {
      const y = log(mul(w, 3));
      backward(sum(y));
      return y.toArray();
    };
    const plain = step(body);
    const gradient = w.grad();
    w.clear();
    expect(watchedStep(body, new Log())).toEqual(plain);
    expect(w.grad()).toEqual(gradient);
    w.dispose();
  });

  test("is not there in the next step, and keeps what is remembered at the end of a step from being changed", () => {
    const log = new Log();
    let changed = 0;
    const body = () => {
      tensor([1]);
      afterStep(() => changed++);
    };
    watchedStep(body, log);
    expect([log.lines.length, changed]).toEqual([1, 0]);
    step(body);
    expect([log.lines.length, changed]).toEqual([1, 1]);
  });
});

describe("operations of the graph", () => {
  test.each(Object.entries(CASES))("%s names what it makes after functions of the graph", (operation, [first]) => {
    const { inputs } = first as Case;
    const log = new Log();
    watchedStep(() => {
      const tensors = inputs.map(({ shape, data }) => tensor(Float32Array.from(data), shape));
      log.names.length = 0;
      onGraph(first as Case, tensors);
    }, log);
    const made = log.names.filter((name) => !["tensor", "number", "expand"].includes(name));
    for (const name of made) expect(Object.keys(graph)).toContain(name);
    // Two that are made of others.
    expect(made).toContain({ mean: "sum", normal: "add" }[operation] ?? operation);
  });

  test("that draw are within a scope of their own", () => {
    const log = new Log();
    watchedStep(() => {
      graph.normal(key(1), { shape: [2] });
      graph.gumbelSoftmax(key(1), tensor([0, 0]));
    }, log);
    expect(log.lines.filter((line) => line.startsWith("enter"))).toEqual([
      "enter normal sample",
      "enter gumbelSoftmax sample",
    ]);
  });
});
