import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import binaryen from "assemblyscript/binaryen";
import { describe, expect, it } from "vitest";
import { greatest, needs } from "../../bench/roofline/bound.ts";
import { counting, executed } from "../../bench/roofline/count.ts";
import { kernelsOf } from "../../bench/roofline/kernels.ts";
import { addAgreements, canList, compareWithListing, functionsIn } from "../../bench/roofline/listing.ts";
import { type Counts, lowered, total, VECTOR_CLASSES } from "../../bench/roofline/lowering.ts";
import { place, trafficOf } from "../../bench/roofline/memory.ts";
import { groupsOf, isShared, type Rates } from "../../bench/roofline/rates.ts";
import { countOf } from "../../bench/roofline/run.ts";

const MODULES = ["core", "graph"] as const;
const file = (module: string) => fileURLToPath(new URL(`../../build/${module}.simd.wasm`, import.meta.url));
const ofModules = <T>(make: (module: "core" | "graph") => T) => ({ core: make("core"), graph: make("graph") });
const copies = ofModules((module) => counting(readFileSync(file(module))));
const plain = ofModules((module) => new WebAssembly.Module(readFileSync(file(module))));
const counts = ofModules((module) => new WebAssembly.Module(copies[module].wasm));
const kernels = kernelsOf(place(plain, []).kernels);

function wasmOf(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.All);
  return module.emitBinary();
}

describe("counting what is executed", () => {
  const countsOf = (text: string, n: number): Record<string, number> => {
    const copy = counting(wasmOf(text));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(copy.wasm)));
    (exports.run as (n: number) => unknown)(n);
    return Object.fromEntries(executed(copy, exports));
  };

  it("is exact for loops, for branches that are taken and for those that are not", () => {
    // n turns; a product in each, a store in the first three, and the function is left from within.
    const text = `(module (memory 1) (func (export "run") (param $n i32) (local $i i32) (local $x v128)
      (loop $again
        (local.set $x (f32x4.mul (local.get $x) (local.get $x)))
        (if (i32.lt_u (local.get $i) (i32.const 3)) (then (v128.store (i32.const 0) (local.get $x))))
        (if (i32.eq (local.get $i) (local.get $n)) (then (return)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $again))))`;
    expect(countsOf(text, 9)).toEqual({
      "f32x4.mul": 10,
      "v128.store": 3,
      "i32.lt_u": 10,
      "i32.eq": 10,
      "i32.add": 9,
      if: 20,
      br: 9,
    });
    expect(countsOf(text, 0)).toMatchObject({ "f32x4.mul": 1, "v128.store": 1, if: 2 });
  });

  it("is exact behind a block that is left early, and inside values", () => {
    const text = `(module (func (export "run") (param $n i32) (result i32)
      (block $out
        (br_if $out (i32.eqz (local.get $n)))
        (local.set $n (i32.mul (local.get $n) (local.get $n))))
      (i32.add (local.get $n) (if (result i32) (local.get $n) (then (i32.shl (local.get $n) (i32.const 2))) (else (i32.const 7))))))`;
    expect(countsOf(text, 0)).toEqual({ "i32.eqz": 1, br_if: 1, if: 1, "i32.add": 1 });
    expect(countsOf(text, 5)).toEqual({ "i32.eqz": 1, br_if: 1, if: 1, "i32.add": 1, "i32.mul": 1, "i32.shl": 1 });
  });

  it("leaves the bits of the core's kernels as they are", () => {
    for (const name of ["noiseGumbel", "softmaxForward", "gumbelTopK", "adamStep"]) {
      const kernel = kernels.find((each) => each.name === name);
      if (!kernel) throw new Error(`no kernel ${name}`);
      const areas = kernel.areas();
      const [expected, actual] = [plain, counts].map((module) => {
        const { kernels: instance, at, memory } = place(module, areas);
        const result = kernel.call(instance, at, 3);
        return { result, bytes: at.map((from, i) => Buffer.from(memory.buffer, from, areas[i].content.byteLength)) };
      });
      expect(actual.result).toEqual(expected.result);
      expect(actual.bytes.every((bytes, i) => bytes.equals(expected.bytes[i]))).toBe(true);
    }
  });

  it("counts the products of a matrix product, four a vector", () => {
    const gemm = kernels.find(({ name }) => name === "gemm");
    if (!gemm) throw new Error("no gemm");
    const found = countOf(gemm, { plain, counts, counting: copies });
    expect(found.multiply).toBe(gemm.elements / 4);
    // Inner products of 512 in two blocks of 256: the second is added to the result of the first.
    expect(found.add).toBe(gemm.elements / 4 + 512 ** 2 / 4);
  });
});

describe("the table of instructions", () => {
  it("knows every operation of the core", () => {
    for (const { operations } of MODULES.flatMap((module) => copies[module].regions))
      expect(() => lowered(operations)).not.toThrow();
    expect(() => lowered(new Map([["i8x16.new_one", 1]]))).toThrow("i8x16.new_one: not in the table");
  });

  it("spells out what is several instructions", () => {
    const found = lowered(new Map([["i64x2.extmul_low_i32x4_u", 2]]));
    expect(found).toEqual({ shuffle: 4, "integer multiply": 2 });
    expect(total(found)).toBe(6);
  });

  // A newer engine may emit better code: then this fails, and the table wants another look.
  it.skipIf(!canList())("agrees with the code that this engine emits", async () => {
    const parts = MODULES.map((module) => compareWithListing(file(module), copies[module]));
    const { classes } = addAgreements(await Promise.all(parts));
    const exact = ["multiply", "add", "convert", "root", "integer multiply"] as const;
    for (const name of exact) expect(classes[name].emitted / classes[name].table, name).toBeCloseTo(1, 1);
    const sum = (pick: "table" | "emitted") => VECTOR_CLASSES.reduce((all, name) => all + classes[name][pick], 0);
    expect(Math.abs(sum("emitted") / sum("table") - 1)).toBeLessThan(0.1);
  });

  it("reads functions of a listing", () => {
    const listing = `--- WebAssembly code ---
index: 7
kind: wasm function
0x282427a2c2c0     0  55                   push rbp
0x282427a2c2c7     7  4883ec48             REX.W subq rsp,0x48
--- WebAssembly code ---
index: 1
kind: wasm-to-js wrapper
0x282427a2c2c0     0  55                   push rbp`;
    expect(functionsIn(listing)).toEqual([{ place: 7, instructions: ["push rbp", "subq rsp,0x48"] }]);
  });
});

describe("bounds", () => {
  const rates: Rates = {
    each: { multiply: 2, add: 2, compare: 2, divide: 0.5, load: 2, store: 1, scalar: 4 },
    vector: 4,
    all: 6,
    groups: [["multiply"], ["add", "compare"], ["divide"]],
  };
  const bound = (counts: Counts) => greatest(needs(counts, rates));

  it("are those of the resource that needs most time", () => {
    expect(bound({ multiply: 4, add: 4 })).toEqual({ by: "all vector", time: 2 });
    expect(bound({ multiply: 1, add: 3, compare: 3 })).toEqual({ by: "add, compare", time: 3 });
    expect(bound({ add: 3, divide: 1 })).toEqual({ by: "divide", time: 2 });
    expect(bound({ add: 1, store: 2 })).toEqual({ by: "store", time: 2 });
    expect(bound({ add: 6, multiply: 6, load: 6, scalar: 12 })).toEqual({ by: "all instructions", time: 5 });
  });

  it("take classes together that share their units", () => {
    expect(isShared(["add", "compare"], 2, rates.each)).toBe(true);
    expect(isShared(["add", "multiply"], 4, rates.each)).toBe(false);
    const sharing = new Set(["ab", "bc", "ac", "abc", "cd"]);
    expect(groupsOf(["a", "b", "c", "d"], (some) => sharing.has(some.join("")))).toEqual([["a", "b", "c"], ["d"]]);
  });
});

it("traffic writes what is only written, and leaves what is also read", () => {
  const content = new Float32Array(64).fill(3);
  const areas = [
    { content, reads: true, writes: true },
    { content, reads: false, writes: true },
  ];
  const placed = place(plain, areas);
  trafficOf(areas, placed)?.();
  const [kept, written] = placed.at.map((at) => new Float32Array(placed.memory.buffer, at, 64));
  expect(kept).toEqual(content);
  expect(written.every((value) => value === 0)).toBe(true);
  expect(trafficOf([{ content, reads: false, writes: false }], placed)).toBeUndefined();
});
