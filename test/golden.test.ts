import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as distributions from "../bindings/distributions/index.ts";
import * as graph from "../bindings/graph/index.ts";
import * as main from "../bindings/index.ts";
import * as inference from "../bindings/inference/index.ts";
import { onEveryBuild } from "./builds.ts";
import { checkGolden } from "./golden/check.ts";
import type { Expected, GoldenCase, GoldenFile } from "./golden/format.ts";
import { readGoldenFiles } from "./golden/read.ts";
import { fnv1a64 } from "./golden/words.ts";
import { mulberry32 } from "./reference/statistics.ts";

const files = [...readGoldenFiles().values()];
const cases = files.flatMap((file) => file.cases);
const api = { main, graph, distributions, inference };

onEveryBuild("the golden values", () => {
  test("are this build's, bit for bit", async () => {
    const { milliseconds, ...report } = await checkGolden(api, files);
    expect(report).toEqual({ version: files[0]?.version, cases: cases.length, identical: cases.length });
    expect(milliseconds).toBeGreaterThan(0);
  });
});

describe("the golden files", () => {
  test("have one version, which CHANGELOG.md names", () => {
    const versions = new Set(files.map(({ version }) => version));
    expect(versions.size).toBe(1);
    const changelog = readFileSync(new URL("../CHANGELOG.md", import.meta.url), "utf8");
    for (const version of versions) expect(changelog).toContain(`golden values, version ${version}`);
  });

  test("name every case once, and expect no NaN", () => {
    const names = cases.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    const isNaNWord = (type: string, word: string): boolean =>
      (type === "f32" && (Number.parseInt(word, 16) & 0x7fffffff) > 0x7f800000) ||
      (type === "f64" && (BigInt(`0x${word}`) & (2n ** 63n - 1n)) > 0x7ffn << 52n);
    for (const { name, expected } of cases)
      for (const { type, bits, first, last } of Object.values(expected ?? {}))
        for (const word of [bits, first, last].flatMap((part) => part?.split(" ") ?? []))
          expect(isNaNWord(type, word), name).toBe(false);
  });

  /** Made to be used by the others, and the bytes of checkpoints, which hold parameters that are checked here. */
  const NOT_CALLED = ["backward", "step", "tensor", "parameter", "saveCheckpoint", "loadCheckpoint"];
  const functionsOf = (module: object): string[] =>
    Object.entries(module).flatMap(([name, value]) =>
      typeof value === "function" && /^[a-z]/.test(name) && name !== "createCore" ? [name] : [],
    );

  test("call every function of the package", () => {
    const called = new Set(cases.map(({ call }) => call));
    const optimizers = ["adam", "sgd", "clipGradients"];
    expect(functionsOf(main).filter((name) => !called.has(name))).toEqual([]);
    const missing = functionsOf(graph).filter((name) => !called.has(`graph.${name}`));
    expect(missing.sort()).toEqual([...NOT_CALLED, ...optimizers].sort());
    const families = Object.entries(distributions).filter(
      ([, value]) => typeof value === "function" && value.prototype instanceof distributions.Sampleable,
    );
    const unnamed = families.map(([name]) => name).filter((name) => !called.has(`distributions.${name}`));
    expect(unnamed.sort()).toEqual(["Distribution", "Reparameterized"]);
    const others = functionsOf(distributions).filter((name) => !called.has(`distributions.${name}`));
    expect(others).toEqual(["registerKl"]); // makes a divergence known, and computes none
    const estimators = functionsOf(inference).filter((name) => !called.has(`inference.${name}`));
    // What all cases go through, or those of fit do; and what only measures or tells.
    expect(estimators.sort()).toEqual([
      "asyncStep",
      "blackBox",
      "diagnose",
      "estimate",
      "evidence",
      "explain",
      "guide",
      "meanField",
      "model",
      "modelBound",
      "posterior",
    ]);
    const trained = JSON.stringify(cases.filter(({ call }) => call.startsWith("train.")));
    for (const name of optimizers) expect(trained).toContain(name);
  });

  test("are together small enough to be sent to any engine", () => {
    expect(JSON.stringify(files).length).toBeLessThan(350_000);
  });
});

describe("the checker", () => {
  const only = (golden: GoldenCase): GoldenFile => ({ version: 7, description: "", cases: [golden] });
  const reportOf = (golden: GoldenCase) => checkGolden(api, [only(golden)]);
  const [some] = cases as [GoldenCase];

  /** With one bit of one hexadecimal digit turned. */
  function flip(bits: string, random: () => number): string {
    const digits = Array.from(bits, (_, i) => i).filter((i) => bits[i] !== " ");
    const at = digits[random() % digits.length] as number;
    const turned = (Number.parseInt(bits[at] as string, 16) ^ (1 << (random() % 4))).toString(16);
    return bits.slice(0, at) + turned + bits.slice(at + 1);
  }

  test("sees one flipped bit in any field of any result, and says where", async () => {
    const random = mulberry32(1);
    let flipped = 0;
    for (const golden of cases)
      for (const [name, result] of Object.entries(golden.expected ?? {}))
        for (const field of ["bits", "first", "last", "fnv1a64"] as const) {
          const bits = result[field];
          if (bits === undefined) continue;
          const expected = { ...golden.expected, [name]: { ...result, [field]: flip(bits, random) } };
          const { identical, firstDifference } = await reportOf({ ...golden, expected });
          const where = field === "fnv1a64" ? ": expected the hash" : "[";
          if (identical !== 0 || !firstDifference?.startsWith(`${golden.name}: ${name}${where}`))
            expect.fail(`${golden.name}, ${name}.${field}: ${firstDifference}`);
          flipped++;
        }
    expect(flipped).toBeGreaterThan(cases.length);
  });

  test("gives the bits of the first difference, and counts the others", async () => {
    const wrong = { ...some, expected: { value: { type: "u32", shape: [2], bits: "00000000 deadbeef" } } };
    const golden = { ...some, call: "bits", arguments: { key: { hi: 0, lo: 0 }, length: 2 } };
    const right = { value: { type: "u32", shape: [2], bits: "6627e8d5 e169c58d" } }; // Random123's known answer
    const file = {
      ...only(golden),
      cases: [
        { ...golden, expected: right },
        { ...wrong, ...golden, expected: wrong.expected },
      ],
    };
    expect(await checkGolden(api, [file])).toMatchObject({
      version: 7,
      cases: 2,
      identical: 1,
      firstDifference: `${some.name}: value[0]: expected 00000000, got 6627e8d5`,
    });
  });

  test("takes another shape or type, a missing or an extra result, and no result at all for differences", async () => {
    const [name, result] = Object.entries(some.expected ?? {})[0] as [string, Expected];
    const others: Record<string, Expected>[] = [
      { [name]: { ...result, shape: [1, ...result.shape] } },
      { [name]: { ...result, type: "f32" } },
      { [name]: { ...result, bits: `${result.bits} 00000000` } },
      { ...some.expected, more: result },
      {},
    ];
    for (const expected of others) expect((await reportOf({ ...some, expected })).identical).toBe(0);
    const { expected: _, ...bare } = some;
    expect(await reportOf(bare)).toMatchObject({
      identical: 0,
      firstDifference: expect.stringContaining("not expected"),
    });
    expect(await reportOf(some)).toMatchObject({ identical: 1 });
  });

  test("takes a case that throws for a difference, says what it threw, and goes on", async () => {
    const throwing = { ...some, name: "bad", call: "split", arguments: { key: { hi: 0, lo: 0 }, n: -1 } };
    const unknown = { ...some, name: "unknown", call: "split2" };
    const report = await checkGolden(api, [{ ...only(some), cases: [throwing, unknown, some] }]);
    expect(report).toMatchObject({ cases: 3, identical: 1 });
    expect(report.firstDifference).toMatch(/^bad: threw ArgumentError: n: expected an integer/);
  });

  test("refuses files of two versions, and none", async () => {
    await expect(checkGolden(api, [only(some), { ...only(some), version: 8 }])).rejects.toThrow(
      "one version, got 2 of 7,8",
    );
    await expect(checkGolden(api, [])).rejects.toThrow("got 0");
  });

  test("hashes as FNV-1a does", () => {
    const ofText = (text: string): string => fnv1a64(new Uint32Array(new TextEncoder().encode(text).buffer));
    expect(ofText("")).toBe("cbf29ce484222325"); // this and the next from the authors' test vectors
    expect(ofText("foob")).toBe("dd120e790c2512af");
    const random = mulberry32(2);
    const words = Uint32Array.from({ length: 99 }, random);
    const byBigInt = new Uint8Array(words.buffer).reduce(
      (hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n),
      0xcbf29ce484222325n,
    );
    expect(fnv1a64(words)).toBe(byBigInt.toString(16).padStart(16, "0"));
  });
});
