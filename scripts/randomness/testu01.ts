import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Missing, type Program, type TestResult } from "./battery.ts";

const SOURCE = fileURLToPath(new URL("testu01.c", import.meta.url));
const LIBRARIES = ["-ltestu01", "-ltestu01probdist", "-ltestu01mylib", "-lm"];

/** Lines "p, tab, name" among what TestU01 itself prints. */
export const parseTestU01 = (output: string): TestResult[] =>
  [...output.matchAll(/^([\d.e+-]+)\t(.+)$/gm)].map(([, p, test]) => ({ test: test.trim(), p: Number(p) }));

let compiled: Promise<Program> | undefined;

/** Compiles testu01.c, once. */
export function findTestU01(): Promise<Program> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), "reparam-testu01-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "testu01");
  try {
    await promisify(execFile)("cc", ["-O2", SOURCE, "-o", file, ...LIBRARIES]);
  } catch (cause) {
    throw new Missing(
      "TestU01 is libtestu01-0-dev of Debian's component non-free, and needs a C compiler: apt-get install gcc libtestu01-0-dev",
      { cause },
    );
  }
  return { file, parse: parseTestU01 };
}
