import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Missing, type Program, type TestResult } from "./battery.ts";

/** Options that make lines of: name, ntuple, tsamples, psamples, p-value. */
const COLUMNS = ["test_name", "ntuple", "tsamples", "psamples", "pvalues"].flatMap((column) => ["-D", column]);

/** Words from standard input (generator 200), one test with the given number and ntuple. */
export const dieharderStart = (test: number, ntuple?: number): readonly string[] => [
  ...["-g", "200", "-d", String(test)],
  ...(ntuple === undefined ? [] : ["-n", String(ntuple)]),
  ...COLUMNS,
];

/** Lines "name|ntuple|tsamples|psamples|p". */
export function parseDieharder(output: string): TestResult[] {
  const lines = output.matchAll(/^\s*(\w+)\|\s*(\d+)\|\s*\d+\|\s*\d+\|\s*([\d.e+-]+)\s*$/gm);
  return [...lines].map(([, test, ntuple, p]) => ({ test: `${test} ${ntuple}`, p: Number(p) }));
}

export async function findDieharder(): Promise<Program> {
  try {
    await promisify(execFile)("dieharder", ["-l"]);
  } catch (cause) {
    throw new Missing("dieharder is Debian's package of that name: apt-get install dieharder", { cause });
  }
  return { file: "dieharder", parse: parseDieharder };
}
