import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { maxError } from "./bounds.ts";

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

// The bound stands in the source; what the documents say of it must be that.
const FILES: Record<string, string> = {
  exp: "exp",
  log: "log",
  log1p: "log",
  sinQuarter: "trig",
  cosQuarter: "trig",
  tanh: "tanh",
  sigmoid: "sigmoid",
  softplus: "sigmoid",
};

test("docs/accuracy.md promises what the sources do, and measured no more", () => {
  const rows = [...read("docs/accuracy.md").matchAll(/^\| `(\w+)` \|.*\| ([\d.]+) \| \S+ \| ([\d.]+) \|$/gm)];
  expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(FILES).sort());
  for (const [, name = "", measured, promised] of rows) {
    expect(Number(promised), name).toBe(maxError(FILES[name] as string, name, "ulp"));
    expect(Number(measured), name).toBeLessThanOrEqual(Number(promised));
  }
});

test("the bounds in the README and in docstrings are those of the sources", () => {
  const softmax = maxError("softmax", "softmaxForward", "relative");
  const logSoftmax = maxError("softmax", "logSoftmaxForward", "* max(1, |y|)");
  expect(logSoftmax).toBe(softmax);
  const said = [softmax.toExponential(), maxError("exp", "exp", "ulp"), maxError("log", "log", "ulp")].map(String);
  const [written = ""] = read("README.md").match(/\*\*Stated accuracy\.\*\*[^[]*/) ?? [];
  for (const bound of said) expect(written).toContain(bound);
  expect(read("bindings/relax/softmax.ts")).toContain(`Within ${softmax.toExponential()} relative`);
  expect(read("docs/accuracy.md")).toContain(`${softmax.toExponential()} relative`);
});
