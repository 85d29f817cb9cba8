/**
 * The worst error of each elementary function over its domain, as the table of docs/accuracy.md.
 *
 *   npx tsx scripts/accuracy.ts [--every N]     every N-th float, 13 by default; 1 tries all of them (half an hour)
 */
import { parseArgs } from "node:util";
import { compileEntry, type Name } from "../test/assembly/instance.ts";
import { maxError, ulp } from "../test/bounds.ts";

const { values } = parseArgs({ options: { every: { type: "string", default: "13" } } });
const every = Number(values.every);
if (!Number.isInteger(every) || every < 1)
  throw new RangeError(`--every: expected an integer of 1 or more, got ${values.every}`);

const CHUNK = 1 << 20;
const quarter = Math.PI / 2;
const MAX = 2 ** 128 - 2 ** 104;

/** Where the result is neither 0 nor infinite. */
const CASES: [name: Name, file: string, from: number, to: number, exact: (x: number) => number][] = [
  ["Exp", "exp", -104, 88.722, Math.exp],
  ["Log", "log", 2 ** -149, MAX, Math.log],
  ["Log1p", "log", 2 ** -30, 1, Math.log1p],
  ["SinQuarter", "trig", 2 ** -32, 0.5, (s) => Math.sin(quarter * s)],
  ["CosQuarter", "trig", 2 ** -32, 0.5, (s) => Math.cos(quarter * s)],
  ["Tanh", "tanh", 2 ** -16, 12, Math.tanh],
  ["Sigmoid", "sigmoid", -103, 88, (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))],
  ["Softplus", "sigmoid", -103, 88, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
];

/** Floats of one sign from `from` to `to`, as ranges of their bits. */
function ranges(from: number, to: number): [first: number, last: number][] {
  const bitsOf = (x: number): number => new Uint32Array(Float32Array.of(x).buffer)[0] as number;
  if (from > 0) return [[bitsOf(from), bitsOf(to)]];
  return [
    [0, bitsOf(to)],
    [2 ** 31, bitsOf(from)],
  ];
}

const entry = await compileEntry("simd");
console.log(
  "| function | range | floats tried | worst error, ulp | at x = | promised, ulp |\n|---|---|---|---|---|---|",
);
for (const [name, file, from, to, exact] of CASES) {
  let [worst, where, tried] = [0, 0, 0];
  for (const [first, last] of ranges(from, to))
    for (let start = first; start <= last; start += CHUNK * every) {
      const count = Math.min(CHUNK, Math.floor((last - start) / every) + 1);
      const x = new Float32Array(Uint32Array.from({ length: count }, (_, i) => start + i * every).buffer);
      const actual = entry.map(name, x);
      for (let i = 0; i < count; i++) {
        const truth = exact(x[i] as number);
        const error = Math.abs((actual[i] as number) - truth) / ulp(truth);
        if (error > worst) [worst, where] = [error, x[i] as number];
      }
      tried += count;
    }
  const fn = `${name[0]?.toLowerCase()}${name.slice(1)}`;
  const columns = [
    `\`${fn}\``,
    `${Number(from.toPrecision(3))} … ${Number(to.toPrecision(4))}`,
    tried,
    worst.toFixed(3),
    where,
    maxError(file, fn, "ulp"),
  ];
  console.log(`| ${columns.join(" | ")} |`);
}
