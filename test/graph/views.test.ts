import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { core } from "../../bindings/core/index.ts";
import { adam, backward, mul, parameter, reshape, step, stopGradient, sum } from "../../bindings/graph/index.ts";
import { DisposedError, WasmError } from "../../bindings/index.ts";
import { onEveryBuild } from "../builds.ts";

onEveryBuild("tensors that share or copy values", () => {
  test("a reshaped parameter is gone when the parameter is", () => {
    step(() => {
      const x = parameter([2], [5, 6]);
      const view = reshape(x, [1, 2]);
      expect(Array.from(view.toArray())).toEqual([5, 6]);
      x.dispose();
      const other = parameter([2], [7, 8]); // very likely in the memory of x
      expect(() => view.toArray()).toThrow(DisposedError);
      other.dispose();
    });
  });

  test("stopGradient keeps the values of its moment, whatever becomes of the parameter", () => {
    const x = parameter([1], [1]);
    const optimizer = adam({ x }, { rate: 1.5 });
    step(() => {
      const frozen = stopGradient(x);
      backward(mul(x, frozen));
      optimizer.step();
      expect(x.toArray()[0]).not.toBe(1);
      expect(frozen.item()).toBe(1);
    });
    optimizer.dispose();
    x.dispose();
  });

  test("a backward pass that runs out of memory half-way does not disturb the next", () => {
    const x = parameter([2], [1, 2]);
    const { arena } = core();
    const allocate = arena.allocate.bind(arena);
    step(() => {
      const y = mul(mul(x, x), 4);
      const loss = sum(y);
      for (const failing of [1, 2, 3]) {
        let calls = 0;
        const spy = vi.spyOn(arena, "allocate").mockImplementation((bytes) => {
          if (++calls === failing) throw new WasmError("memory", "more", "none");
          return allocate(bytes);
        });
        expect(() => backward(loss)).toThrow(WasmError);
        spy.mockRestore();
        x.clear();
        backward(loss);
        expect(Array.from(x.grad())).toEqual([8, 16]);
        x.clear();
      }
    });
    x.dispose();
  });
});

test("printing a parameter shows its shape, not the core", () => {
  const x = parameter([2]);
  expect(inspect(x)).toContain("shape: [ 2 ]");
  expect(inspect(x).length).toBeLessThan(300);
  x.dispose();
});
