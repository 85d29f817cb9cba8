import { beforeEach, describe, expect, test } from "vitest";
import { core } from "../../bindings/core/index.ts";
import * as graph from "../../bindings/graph/index.ts";
import { ArgumentError, DisposedError } from "../../bindings/index.ts";
import { onEveryBuild, useBuild } from "../builds.ts";
import { CASES, type Case, onGraph, random } from "./cases.ts";

const { add, backward, matmul, mul, parameter, step, sum, tanh, tensor } = graph;

const X = [0.5, -1.25, 2];
const doubled = (values: Float32Array): Float32Array => values.map((v) => 2 * v);

onEveryBuild("the tape", (build) => {
  let x: graph.Parameter;
  beforeEach(() => {
    x = parameter([3], X);
    return () => x.dispose();
  });

  /** The gradient of f(x), by a step of its own. */
  function gradientOf(f: () => graph.Tensor): Float32Array {
    step(() => backward(f()));
    const gradient = x.grad();
    x.clear();
    return gradient;
  }
  const loss = () => sum(mul(tanh(x), tensor([1, 10, 100])));

  describe("gradients accumulate", () => {
    test("two backward passes in one step add the gradient twice", () => {
      const once = gradientOf(loss);
      step(() => {
        const value = loss();
        backward(value);
        backward(value);
      });
      expect(x.grad()).toEqual(doubled(once));
    });

    test("backward passes from two losses of one step add both gradients", () => {
      const [first, second] = [gradientOf(loss), gradientOf(() => sum(mul(x, 4)))];
      step(() => {
        const [a, b] = [loss(), sum(mul(x, 4))];
        backward(b);
        backward(a);
      });
      expect(x.grad()).toEqual(first.map((d, i) => d + (second[i] as number)));
    });

    test("over two steps they sum, and clear() sets them to 0", () => {
      const once = gradientOf(loss);
      step(() => backward(loss()));
      step(() => backward(loss()));
      expect(x.grad()).toEqual(doubled(once));
      x.clear();
      expect(x.grad()).toEqual(new Float32Array(3));
      expect(x.toArray()).toEqual(Float32Array.from(X));
    });
  });

  describe("the chain rule", () => {
    test("a tensor used in several operations receives the sum of what they send back", () => {
      // d (x^2 + 3 x + x^3) = 2 x + 3 + 3 x^2
      const gradient = gradientOf(() => sum(add(add(mul(x, x), mul(x, 3)), mul(x, mul(x, x)))));
      expect(gradient).toEqual(Float32Array.from(X, (v) => 2 * v + 3 + 3 * v * v));
    });

    test("a diamond sends the gradient down both sides once: y = 2 x, loss = y (y + 1)", () => {
      const gradient = gradientOf(() => {
        const y = mul(x, 2);
        return sum(mul(y, add(y, 1)));
      });
      expect(gradient).toEqual(Float32Array.from(X, (v) => 2 * (4 * v + 1)));
    });

    test("a ladder of 40 diamonds takes 40 steps back, not 2^40: y <- (y + y) / 2 is the identity", () => {
      const gradient = gradientOf(() => {
        let y: graph.Tensor = x;
        for (let i = 0; i < 40; i++) y = mul(add(y, y), 0.5);
        return sum(y);
      });
      expect(gradient).toEqual(new Float32Array(3).fill(1));
    });

    test("operations the loss does not depend on send nothing, not even NaN", () => {
      const gradient = gradientOf(() => {
        graph.log(mul(x, 0));
        graph.div(x, 0);
        return sum(x);
      });
      expect(gradient).toEqual(new Float32Array(3).fill(1));
    });

    test("the loss may be a parameter itself, or a view of one", () => {
      const scalar = parameter([], [7]);
      for (const passes of [1, 2]) {
        step(() => backward(scalar));
        expect(scalar.grad()).toEqual(Float32Array.of(passes));
      }
      step(() => backward(graph.reshape(scalar, [1, 1])));
      expect(scalar.grad()).toEqual(Float32Array.of(3));
      expect(scalar.item()).toBe(7);
      scalar.dispose();
    });

    test("a loss that depends on no parameter changes no gradient", () => {
      step(() => backward(sum(tensor(X))));
      expect(x.grad()).toEqual(new Float32Array(3));
    });
  });

  describe("a step", () => {
    test("returns what its body returns, and the same values without gradients", () => {
      const recorded = step(() => loss().item());
      expect(step(() => loss().item(), { gradients: false })).toBe(recorded);
      expect(step(() => "text")).toBe("text");
      expect(step(() => {})).toBeUndefined();
    });

    test("without gradients refuses backward and leaves them 0", () => {
      expect(() => step(() => backward(loss()), { gradients: false })).toThrow(ArgumentError);
      expect(x.grad()).toEqual(new Float32Array(3));
    });

    test("that throws passes the error on, gives its memory back and leaves the next one right", () => {
      const wanted = gradientOf(loss);
      const before = core().arena.mark();
      const failure = new Error("mine");
      expect(() =>
        step(() => {
          matmul(tensor(X, [3, 1]), tensor(X, [1, 3]));
          throw failure;
        }),
      ).toThrow(failure);
      expect(core().arena.mark()).toBe(before);
      expect(gradientOf(loss)).toEqual(wanted);
    });

    test("inside another is refused, and the outer one goes on", () => {
      const wanted = gradientOf(loss);
      const gradient = gradientOf(() => {
        const value = loss();
        expect(() => step(() => 1)).toThrow(ArgumentError);
        return value;
      });
      expect(gradient).toEqual(wanted);
    });

    test("of an async body is refused: its tensors are gone before it settles", async () => {
      let late: Promise<unknown> = Promise.resolve();
      const body = () => {
        const y = tanh(x);
        late = Promise.resolve().then(() => y.toArray());
        return late;
      };
      expect(() => step(body)).toThrow(/body: expected a synchronous function, got .*promise/);
      await expect(late).rejects.toThrow(DisposedError);
      expect(step(() => sum(x).item())).toBe(1.25);
    });

    test("of a generator is refused: none of it would run in the step", () => {
      function* body() {
        yield tanh(x);
      }
      expect(() => step(body)).toThrow(/^body: expected a synchronous function, got .*generator/);
    });

    test("ends its tensors, and not its parameters", () => {
      const leaked = step(() => tanh(x));
      for (const use of [() => leaked.toArray(), () => leaked.item(), () => step(() => add(leaked, 1))])
        expect(use).toThrow(DisposedError);
      expect(x.toArray()).toEqual(Float32Array.from(X));
    });

    test("in which a parameter is disposed refuses to go back through it, and writes no gradient at all", () => {
      const gone = parameter([3], X);
      let next: graph.Parameter | undefined;
      const use = () =>
        step(() => {
          const through = sum(mul(gone, 2));
          const value = add(through, loss());
          gone.dispose();
          next = parameter([3], X); // may have the memory now
          backward(value);
        });
      expect(use).toThrow(DisposedError);
      expect(next?.grad()).toEqual(new Float32Array(3));
      expect(x.grad()).toEqual(new Float32Array(3));
      next?.dispose();
    });
  });

  test("no result depends on what was computed before: memory full of NaN changes no bit of any operation", () => {
    const all = Object.entries(CASES).flatMap(([name, cases]) => cases.map((example) => ({ name, example })));
    useBuild(build);
    const clean = all.map(({ example }) => run(example));
    useBuild(build);
    parameter([1 << 18], new Float32Array(1 << 18).fill(Number.NaN)).dispose();
    const poison = new Float32Array((1 << 16) - 16).fill(Number.NaN);
    all.forEach(({ name, example }, i) => {
      step(() => void tensor(poison));
      expect(run(example), `${name} of ${example.title}`).toEqual(clean[i]);
    });
  });
});

/** Value and gradients of sum(w output), as bits. */
function run(example: Case): Uint32Array[] {
  const parameters = example.inputs.map(({ shape, data }) => parameter(shape, Array.from(data)));
  const value = step(() => {
    const output = onGraph(example, parameters);
    backward(sum(mul(output, tensor(Array.from(random(output.shape, 8).data), output.shape))));
    return output.toArray();
  });
  const arrays = [value, ...parameters.map((p) => p.grad())];
  for (const p of parameters) p.dispose();
  return arrays.map(({ buffer }) => new Uint32Array(buffer));
}
