import binaryen from "assemblyscript/binaryen";
import { describe, expect, test } from "vitest";
import { interleaveLoops } from "../scripts/interleave.mjs";

/** A module with one loop over f32[4 n] at `from`, whose body may use $from, $to and $at. */
function compile(body: string, jump = "(br $next)"): Uint8Array {
  const module = binaryen.parseText(`(module
    (memory (export "memory") 1)
    (func (export "run") (param $from i32) (param $to i32) (param $end i32) (result f32)
      (local $at i32) (local $x v128) (local $y v128)
      (loop $next
        (if (i32.lt_u (local.get $at) (local.get $end)) (then
          ${body}
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          ${jump})))
      (f32.add (f32x4.extract_lane 1 (local.get $y)) (f32.convert_i32_s (local.get $to)))))`);
  module.setFeatures(binaryen.Features.All);
  return module.emitBinary();
}

const load = (at = "$from") => `(v128.load (i32.add (local.get ${at}) (local.get $at)))`;
const store = (value: string) => `(v128.store (i32.add (local.get $to) (local.get $at)) ${value})`;

/** x + c x^2 + c^2 x^3 ...: a chain of twelve operations. */
const POLYNOMIAL = `(local.set $x ${load()})
  ${"(local.set $x (f32x4.add (f32x4.mul (local.get $x) (v128.const f32x4 0.9 0.8 0.7 0.6)) (v128.const f32x4 1 2 3 4)))".repeat(6)}`;

interface Exports {
  memory: WebAssembly.Memory;
  run(from: number, to: number, end: number): number;
}

/** Everything a run leaves behind, and its result. */
function resultOf(wasm: Uint8Array, n: number, from: number, to: number): Buffer {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const { memory, run } = exports as unknown as Exports;
  const floats = new Float32Array(memory.buffer);
  floats.forEach((_, i) => {
    floats[i] = Math.sin(i) * 10;
  });
  floats[0] = run(from, to, 16 * n);
  return Buffer.from(memory.buffer);
}

function expectSame(before: Uint8Array, after: Uint8Array): void {
  for (let n = 0; n <= 13; n++)
    for (const to of [1024, 4096])
      expect(resultOf(after, n, 1024, to).equals(resultOf(before, n, 1024, to)), `${n} turns, to ${to}`).toBe(true);
}

const products = (wasm: Uint8Array): number => binaryen.readBinary(wasm).emitText().split("f32x4.mul").length - 1;

describe("interleaved loops", () => {
  test("give the same bits for any number of turns, in place and not", () => {
    const before = compile(`${POLYNOMIAL} ${store("(local.get $x)")}`);
    const after = interleaveLoops(before);
    expect(products(after)).toBe(5 * products(before)); // four turns, and one for what is left
    expectSame(before, after);
  });

  test("load everything before they store anything", () => {
    const before = compile(
      `${POLYNOMIAL} (local.set $y ${load("$to")}) ${store("(local.get $x)")}
       (v128.store (i32.add (local.get $from) (local.get $at)) (local.get $y))`,
    );
    const after = interleaveLoops(before);
    expect(products(after)).toBe(5 * products(before));
    expectSame(before, after);
  });

  test("leave what was last assigned where later code finds it", () => {
    const before = compile(`${POLYNOMIAL} (local.set $y (local.get $x)) ${store("(local.get $x)")}`);
    const after = interleaveLoops(before);
    expect(products(after)).toBe(5 * products(before));
    expectSame(before, after);
  });

  test("move addresses by multiples of the step, keep offsets, and store in order", () => {
    const twice = "(i32.add (local.get $to) (i32.shl (local.get $at) (i32.const 1)))";
    const before = compile(
      `(local.set $x (v128.load offset=32 (i32.add (local.get $from) (local.get $at)))) ${POLYNOMIAL}
       (v128.store ${twice} (local.get $x)) (v128.store offset=8 ${twice} (f32x4.neg (local.get $x)))`,
    );
    const after = interleaveLoops(before);
    expect(products(after)).toBe(5 * products(before));
    for (let n = 0; n <= 13; n++)
      expect(resultOf(after, n, 1024, 8192).equals(resultOf(before, n, 1024, 8192)), `${n} turns`).toBe(true);
  });

  test("leave the address of the last turn where later code finds it", () => {
    const before = compile(
      `${POLYNOMIAL} ${store("(local.get $x)")} (local.set $to (i32.shl (local.get $at) (i32.const 1)))`.replaceAll(
        "(local.get $to)",
        "(i32.const 4096)",
      ),
    );
    const after = interleaveLoops(before);
    expect(products(after)).toBe(5 * products(before));
    expectSame(before, after);
  });

  test("are not made of a loop that may end early", () => {
    const before = compile(
      `${POLYNOMIAL} ${store("(local.get $x)")}`,
      "(br_if $next (i32.ne (local.get $at) (i32.const 96)))",
    );
    const after = interleaveLoops(before);
    expect(products(after)).toBe(products(before));
    expectSame(before, after);
  });

  test.each([
    ["a load after a store", `${POLYNOMIAL} ${store("(local.get $x)")} (local.set $y ${load("$to")})`],
    [
      "a sum over the turns",
      `${POLYNOMIAL} (local.set $y (f32x4.add (local.get $y) (local.get $x))) ${store("(local.get $x)")}`,
    ],
    ["a value of the turn before", `${POLYNOMIAL} ${store("(local.get $y)")} (local.set $y (local.get $x))`],
    [
      "an end that moves",
      `${POLYNOMIAL} ${store("(local.get $x)")} (local.set $end (i32.sub (local.get $end) (i32.const 16)))`,
    ],
    [
      "a counter that is set twice",
      `${POLYNOMIAL} ${store("(local.get $x)")} (local.set $at (i32.add (local.get $at) (i32.const 16)))`,
    ],
    [
      "a division of integers",
      `${POLYNOMIAL} (local.set $x (f32x4.add (local.get $x) (f32x4.splat (f32.convert_i32_s (i32.div_s (local.get $from) (local.get $from))))))
       ${store("(local.get $x)")}`,
    ],
    [
      "a value that the turn before left, used twice",
      `${POLYNOMIAL} (local.set $y (f32x4.add (f32x4.add (local.get $y) (local.get $y)) (local.get $x)))`,
    ],
    [
      "an address that is also a number",
      `${POLYNOMIAL} (local.set $x (i32x4.add (local.get $x) (i32x4.splat (local.get $at)))) ${store("(local.get $x)")}`,
    ],
    ["an address that does not move", `${POLYNOMIAL} (v128.store (local.get $to) (local.get $x))`],
    ["a short chain", store(`(f32x4.mul ${load()} ${load()})`)],
    ["a loop inside", `${POLYNOMIAL} (loop $inner (br_if $inner (i32.const 0))) ${store("(local.get $x)")}`],
  ])("are not made of %s", (_, body) => {
    const before = compile(body);
    const after = interleaveLoops(before);
    expect(products(after)).toBe(products(before));
    expectSame(before, after);
  });
});
