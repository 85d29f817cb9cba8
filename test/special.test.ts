import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { compileSpecial, type Special } from "./assembly/special-instance.ts";
import { maxError } from "./bounds.ts";
import { mulberry32 } from "./reference/statistics.ts";

/** Values of mpmath, written by scripts/special-reference.py: rows of arguments, then values. */
type Row = readonly number[];
const reference: Record<string, readonly Row[]> = JSON.parse(
  readFileSync(new URL("./reference/special.json", import.meta.url), "utf8"),
);

let special: Special;
const call = (name: string, ...x: number[]): number => {
  const f = special[name];
  if (!f) throw new Error(`assembly/special has no function ${name}`);
  return f(...x);
};
beforeAll(async () => {
  special = await compileSpecial();
});

/** What a bound in the source is a multiple of. */
const UNITS = {
  "of its value": (exact: number) => Math.abs(exact),
  "(1 + |value|)": (exact: number) => 1 + Math.abs(exact),
  absolute: () => 1,
};

/** A function, the columns of its arguments and of its value, and which rows are within its range. */
interface Case {
  readonly file: string;
  readonly table: string;
  readonly names: Record<string, readonly [args: readonly number[], value: number, where?: (row: Row) => boolean]>;
}

const normal = (column: number) => (row: Row) => at(row, column) >= 2 ** -1022;
const most = (column: number) => (row: Row) => at(row, column) <= 0.9;
const at = (row: Row, column: number): number => row[column] as number;

const CASES: readonly Case[] = [
  {
    file: "special/gamma",
    table: "gamma",
    names: {
      lgamma: [[0], 1],
      digamma: [[0], 2],
      trigamma: [[0], 3],
      stirling: [[0], 4, (row) => at(row, 0) >= 0.001 && at(row, 0) <= 1e100],
    },
  },
  {
    file: "special/gamma",
    table: "pairs",
    names: { lbeta: [[0, 1], 2], lgammaRatio: [[0, 1], 3], digammaRatio: [[0, 1], 4] },
  },
  { file: "special/gamma", table: "choose", names: { lchoose: [[0, 1], 2] } },
  {
    file: "special/normal",
    table: "normal",
    names: { erfc: [[0], 1, normal(1)], normalCdf: [[0], 2, normal(2)], normalLogCdf: [[0], 3] },
  },
  { file: "special/normal", table: "normalQuantile", names: { normalQuantile: [[0], 1, (row) => at(row, 0) !== 0.5] } },
  { file: "special/normal", table: "normalQuantileLog", names: { normalQuantileLog: [[0], 1] } },
  {
    file: "special/incomplete-gamma",
    table: "incompleteGamma",
    names: {
      gammaCdf: [[1, 0], 2],
      gammaSurvival: [[1, 0], 3],
      gammaCdfGradient: [[1, 0], 4],
      gammaSampleGradient: [[1, 0], 5],
      gammaQuantile: [[2, 0], 1, most(2)],
      gammaQuantileTail: [[3, 0], 1, most(3)],
    },
  },
  {
    file: "special/incomplete-gamma",
    table: "incompleteGammaLog",
    names: { gammaLogCdf: [[1, 0], 2], gammaLogSurvival: [[1, 0], 3], gammaLogSampleGradient: [[1, 0], 4] },
  },
  {
    file: "special/incomplete-beta",
    table: "incompleteBeta",
    names: {
      betaCdfPair: [[2, 3, 0, 1], 4],
      betaSurvivalPair: [[2, 3, 0, 1], 5],
      betaCdfGradientPair: [[2, 3, 0, 1], 6],
      betaSampleGradientPair: [[2, 3, 0, 1], 7],
      betaQuantile: [[4, 0, 1], 2, most(4)],
    },
  },
];

describe.each(CASES)("$file, $table", ({ file, table, names }) => {
  const rows = reference[table] ?? [];
  test.each(Object.keys(names))("%s is within the bound of its source", (name) => {
    const [args, value, where = () => true] = names[name] as Case["names"][string];
    const unit = (Object.keys(UNITS) as (keyof typeof UNITS)[]).find((u) => promises(file, name, u));
    if (!unit) throw new Error(`assembly/${file}.ts promises nothing about ${name}`);
    const bound = maxError(file, name, unit);
    const chosen = rows.filter(where);
    expect(chosen.length).toBeGreaterThan(5);
    let worst = { error: 0, row: [] as Row, got: 0 };
    for (const row of chosen) {
      const exact = at(row, value);
      const got = call(name, ...args.map((column) => at(row, column)));
      const error = got === exact ? 0 : Math.abs(got - exact) / UNITS[unit](exact);
      if (!(error <= worst.error)) worst = { error, row, got };
    }
    if (process.env.SPECIAL_ERRORS) console.log(name, worst.error.toExponential(1), worst.row.slice(0, 3).join(" "));
    expect(worst.error, `${name} gives ${worst.got} in row ${worst.row}`).toBeLessThanOrEqual(bound);
  });
});

function promises(file: string, name: string, unit: string): boolean {
  try {
    return maxError(file, name, unit) > 0;
  } catch {
    return false;
  }
}

/** Shapes anywhere, where the table has some. */
describe("identities at random shapes", () => {
  const words = mulberry32(5);
  const random = (): number => (words() + 0.5) / 2 ** 32;
  const wide = (low: number, high: number): number => low * (high / low) ** random();
  const close = (got: number, exact: number, bound: number, what: string): void =>
    expect(Math.abs(got - exact), `${what}: ${got}, not ${exact}`).toBeLessThanOrEqual(bound);

  test("recurrences of log gamma and its derivatives", () => {
    for (let i = 0; i < 1000; i++) {
      const x = wide(1e-3, 1e4);
      close(call("lgamma", x + 1) - call("lgamma", x), Math.log(x), 1e-15 * (10 + x * 10), `lgamma ${x}`);
      close(call("digamma", x + 1) - call("digamma", x), 1 / x, 1e-14 * (1 + 1 / x), `digamma ${x}`);
      close(call("trigamma", x) - call("trigamma", x + 1), x ** -2, 1e-14 * (1 + x ** -2), `trigamma ${x}`);
    }
  });

  test("reflection: the normal tails are each other's complement, and quantiles invert them", () => {
    for (let i = 0; i < 1000; i++) {
      const z = 8 * random() - 4;
      close(call("normalCdf", z) + call("normalCdf", -z), 1, 1e-15, `normalCdf ${z}`);
      close(call("normalQuantile", call("normalCdf", z)), z, 1e-15 + 3e-16 * Math.exp((z * z) / 2), `quantile ${z}`);
      const far = 2 + 35 * random();
      close(call("normalQuantileTail", call("normalCdf", -far)), far, 1e-15 * far, `tail ${far}`);
      const deep = -wide(1, 1e5);
      close(call("normalQuantileLog", call("normalLogCdf", deep)), deep, -1e-15 * deep, `quantile of a log ${deep}`);
    }
  });

  test("gamma: the tails add to 1, quantiles invert both, a sample's derivative is that of the quantile", () => {
    for (let i = 0; i < 1000; i++) {
      const a = wide(1e-3, 1e6);
      const p = random();
      const y = call("gammaLogQuantile", p, a);
      close(Math.exp(call("gammaLogCdf", y, a)) / p, 1, 1e-11, `cdf of the ${p}-quantile at ${a}`);
      close(call("gammaLogQuantileTail", 1 - p, a), y, 1e-12 * (1 + Math.abs(y)), `tail ${p} ${a}`);
      close(Math.exp(call("gammaLogCdf", y, a)) + Math.exp(call("gammaLogSurvival", y, a)), 1, 1e-13, `sum ${p} ${a}`);
      const h = 1e-4 * a;
      const slope = (call("gammaLogQuantile", p, a + h) - call("gammaLogQuantile", p, a - h)) / (2 * h);
      close(call("gammaLogSampleGradient", y, a) / slope, 1, 1e-6, `derivative at ${p} ${a}`);
    }
  });

  test("beta: mirror images agree, quantiles invert, a sample's derivative is that of the quantile", () => {
    for (let i = 0; i < 1000; i++) {
      const a = wide(1e-3, 1e6);
      const b = wide(1e-3, 1e6);
      const p = random();
      const t = call("betaLogitQuantile", p, a, b);
      close(-call("betaLogitQuantile", 1 - p, b, a), t, 1e-9 * (1 + Math.abs(t)), `mirror ${p} ${a} ${b}`);
      if (Math.abs(t) < 600) {
        const [x, xc] = [1 / (1 + Math.exp(-t)), 1 / (1 + Math.exp(t))];
        const above = call("betaSurvivalPair", x, xc, a, b);
        close(call("betaCdfPair", x, xc, a, b) / p, 1, 1e-10, `cdf of the ${p}-quantile at ${a} ${b}`);
        close(above + p, 1, 1e-10, `survival at the ${p}-quantile of ${a} ${b}`);
      }
      const h = 1e-4;
      const quantile = (c: number, d: number): number => call("betaLogitQuantile", p, c, d);
      const inA = (quantile(a * (1 + h), b) - quantile(a * (1 - h), b)) / (2 * h * a);
      const inB = (quantile(a, b * (1 + h)) - quantile(a, b * (1 - h))) / (2 * h * b);
      close(call("betaLogitSampleGradient", t, a, b) / inA, 1, 1e-5, `derivative in a at ${p} ${a} ${b}`);
      close(-call("betaLogitSampleGradient", -t, b, a) / inB, 1, 1e-5, `derivative in b at ${p} ${a} ${b}`);
    }
  });
});
