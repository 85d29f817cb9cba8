import { describe, expect, test } from "vitest";
import type { Tensor } from "../../bindings/graph/index.ts";
import { reference, type Value } from "../graph/reference.ts";
import { noise } from "../reference/noise.ts";
import type { Api, Expected, GoldenCase } from "./format.ts";
import { type Input, OPERATIONS, type Operation } from "./graph-calls.ts";
import { floats, key, sizeOf } from "./inputs.ts";
import { readGoldenFiles } from "./read.ts";
import { type Exact, REFERENCES } from "./reference.ts";
import { difference } from "./words.ts";

const files = [...readGoldenFiles()];

const KINDS = { u32: Uint32Array, i32: Int32Array, f32: Float32Array, f64: Float64Array };

/** What a case expects as numbers, with their places: all of them, or the ends. */
function recorded({ type, shape, bits, first, last }: Expected): [i: number, x: number][] {
  const read = (word: string): number =>
    type === "f32"
      ? (new Float32Array(Uint32Array.of(Number.parseInt(word, 16)).buffer)[0] as number)
      : Number.parseInt(word, 16);
  const part = (text: string, start: number) =>
    text.split(" ").map((word, i): [number, number] => [start + i, read(word)]);
  if (bits !== undefined) return part(bits, 0);
  const end = last?.split(" ").length ?? 0;
  return [...part(first ?? "", 0), ...part(last ?? "", sizeOf(shape) - end)];
}

/** Exactly the reference's values, all of them by their hash, or each that is written out close to it. */
function expectReference(golden: GoldenCase, name: string, { values, within }: Exact): void {
  const expected = golden.expected?.[name] as Expected;
  if (!within) {
    const data = new KINDS[expected.type as keyof typeof KINDS](values);
    expect(difference(expected, { shape: expected.shape, data }), `${golden.name}: ${name}`).toBeUndefined();
    return;
  }
  expect(values).toHaveLength(sizeOf(expected.shape));
  for (const [i, x] of recorded(expected)) {
    const exact = values[i] as number;
    if (!(x === exact || Math.abs(x - exact) <= within(i)))
      expect.fail(`${golden.name}: ${name}[${i}]: recorded ${x}, exactly ${exact}, may be off by ${within(i)}`);
  }
}

/** Naive Philox with BigInt takes 20 microseconds a block: the longest cases are left to the hash of the others. */
const LONGEST = 100_000;
const elementsOf = ({ expected, arguments: a }: GoldenCase): number => {
  const spelled = a.logits as { length?: number } | undefined;
  const drawn = ((spelled?.length ?? 0) as number) * ((a.draws as number | undefined) ?? 1);
  return Math.max(drawn, ...Object.values(expected ?? {}).map(({ shape }) => sizeOf(shape)));
};

describe.each(files.filter(([, { cases }]) => cases.some(({ call }) => call in REFERENCES)))("%s", (_, file) => {
  test("is what the naive float64 implementations give: integers exactly, floats within their bounds", () => {
    const short = file.cases.filter((golden) => elementsOf(golden) <= LONGEST);
    let compared = 0;
    for (const golden of short) {
      const exact = REFERENCES[golden.call]?.(golden.arguments) ?? {};
      for (const [name, values] of Object.entries(exact)) expectReference(golden, name, values);
      if (Object.keys(exact).length > 0) compared++;
    }
    // Ties, and scores too close to be told apart in float64, are left out.
    expect(compared).toBeGreaterThanOrEqual(0.9 * file.cases.length);
  });
});

describe("graph.json", () => {
  const all = files
    .flatMap(([, file]) => file.cases)
    .flatMap((golden) => {
      const name = golden.call.replace("graph.", "");
      const isOperation = golden.call.startsWith("graph.") && name in OPERATIONS;
      return isOperation ? [{ golden, operation: OPERATIONS[name] as Operation }] : [];
    });

  // Large terms cancel in these, so that every other order gives another result.
  const isOrder = ({ name }: GoldenCase): boolean => name.startsWith("the order of sums");
  const cases = all.filter(({ golden }) => !isOrder(golden));

  /** docs/decisions/0004-order-of-sums.md */
  function sumOfRow(row: Float32Array): number {
    const sums: [number, number, number, number] = [0, 0, 0, 0];
    for (const [i, x] of row.entries()) (sums[i % 4] as number) += x;
    return sums[0] + sums[2] + (sums[1] + sums[3]);
  }
  const sumsOfRows = (x: Float32Array, cols: number): number[] =>
    Array.from({ length: x.length / cols }, (_, r) => sumOfRow(x.subarray(r * cols, (r + 1) * cols)));
  const sumsOfColumns = (x: Float32Array, cols: number): number[] =>
    Array.from({ length: cols }, (_, c) => x.filter((_, i) => i % cols === c).reduce(plus, 0));
  const plus = (a: number, b: number): number => a + b;

  /** By the name of a result whose sums are written out here. */
  const ORDERED: Readonly<Record<string, (golden: GoldenCase) => Record<string, number[]>>> = {
    "graph.sum": ({ arguments: { inputs, axis } }) => {
      const [{ shape, values }] = inputs as [Input];
      const x = floats(values, sizeOf(shape));
      if (axis === 0) return { value: sumsOfColumns(x, shape[1] as number) };
      return { value: sumsOfRows(x, axis === undefined ? x.length : (shape.at(-1) as number)) };
    },
    "graph.linear": ({ arguments: { upstream } }) => ({ "gradient 2": sumsOfColumns(floats(upstream), 5) }),
    "graph.add": ({ arguments: { upstream } }) => ({ "gradient 0": sumsOfRows(floats(upstream), 22) }),
  };

  test("has sums in their one order, to the last bit", () => {
    let sums = 0;
    for (const { golden } of all.filter((each) => isOrder(each.golden)))
      for (const [name, values] of Object.entries(ORDERED[golden.call]?.(golden) ?? {})) {
        expectReference(golden, name, { values });
        sums += values.length;
      }
    expect(sums).toBe(1 + 1 + 3 + 6 + 5 + 3);
  });

  /** The graph's functions in float64. */
  const double = {
    ...reference,
    stopGradient: (x: Value) => x,
    normal: (k: unknown, { offset = 0, ...options }: { offset?: number }) =>
      reference.normal(noise("normal", key(k), 100, offset), options),
    gumbelSoftmax(k: unknown, x: Value, { offset = 0, hard = false, ...options }: { offset?: number; hard?: boolean }) {
      const soft = reference.gumbelSoftmax(noise("gumbel", key(k), x.data.length, offset), x, options);
      if (!hard) return soft;
      const cols = x.shape.at(-1) as number;
      const row = (i: number): number[] => Array.from(soft.data).slice(i - (i % cols), i - (i % cols) + cols);
      return { ...soft, data: Array.from(soft.data, (p, i) => (p === Math.max(...row(i)) ? 1 : 0)) };
    },
  } as unknown as Api["graph"];

  const inputsOf = ({ arguments: a }: GoldenCase): Value[] =>
    (a.inputs as readonly Input[]).map(({ shape, values }) => ({ shape, data: floats(values, sizeOf(shape)) }));

  const evaluate = (operation: Operation, inputs: readonly Value[], a: GoldenCase["arguments"]): Value =>
    operation(double, inputs as unknown as Tensor[], a) as unknown as Value;

  const lossOf = ({ data }: Value, a: GoldenCase["arguments"]): number => {
    const upstream = floats(a.upstream, data.length);
    return Array.from(data).reduce((sum, y, i) => sum + y * (upstream[i] as number), 0);
  };

  test("has the values of the float64 operations", () => {
    expect(cases.length).toBeGreaterThan(100);
    for (const { golden, operation } of cases) {
      const { data, shape } = evaluate(operation, inputsOf(golden), golden.arguments);
      expect(golden.expected?.value?.shape).toEqual(shape);
      const within = (i: number): number => 1e-5 * Math.max(1, Math.abs(data[i] as number));
      expectReference(golden, "value", { values: data, within });
      const terms = Array.from(data, Math.abs).reduce((sum, y) => sum + y, 1);
      expectReference(golden, "loss", {
        values: [lossOf({ data, shape }, golden.arguments)],
        within: () => 1e-5 * terms,
      });
    }
  });

  // Not where differences say nothing: at a kink, and of a constant. A hard sample has the gradient of the soft one.
  const smooth = cases.filter(({ golden: { name, call } }) => !/zeros/.test(name) && call !== "graph.stopGradient");
  const small = smooth.filter(({ golden }) => inputsOf(golden).reduce((sum, { data }) => sum + data.length, 0) <= 120);

  test("has the gradients that differences of the float64 operations give", () => {
    expect(small.length).toBeGreaterThan(80);
    const h = 1e-5;
    for (const { golden, operation } of small) {
      const soft = { ...golden.arguments, hard: false };
      const inputs = inputsOf(golden);
      for (const [n, input] of inputs.entries()) {
        const moved = (at: number, by: number): number => {
          const data = Array.from(input.data, (x, i) => (i === at ? x + by : x));
          const all = inputs.map((other, i) => (i === n ? { ...input, data } : other));
          return lossOf(evaluate(operation, all, soft), soft);
        };
        const values = Array.from(input.data, (_, i) => (moved(i, h) - moved(i, -h)) / (2 * h));
        const within = (i: number): number => 1e-4 * Math.max(1, Math.abs(values[i] as number));
        expectReference(golden, `gradient ${n}`, { values, within });
      }
    }
  });
});
