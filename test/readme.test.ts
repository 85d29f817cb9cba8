import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

/** Inside the package, so that "reparam" is the package itself, from dist. */
const folder = mkdtempSync(join(root, "build", "readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PROGRAM = /```ts\n([\s\S]*?)```\n+```text\n([\s\S]*?)```/g;
const programs = [...readme.matchAll(PROGRAM)];
const blocks = readme.match(/```ts\n/g) ?? [];

it("the README has programs, and each is followed by what it prints", () => {
  expect(programs.length).toBeGreaterThanOrEqual(3);
  expect(programs.length).toBe(blocks.length);
});

it("the program of all runtimes is the one they are tested with", () => {
  const [, program] = readme.match(/```js\n([\s\S]*?)```/) ?? [];
  expect(program).toBe(readFileSync(join(root, "examples/everywhere/hash.js"), "utf8"));
});

it.each(programs.map(([, program, output], i) => ({ number: i + 1, program, output })))(
  "program $number of the README prints what the README says",
  ({ number, program, output }) => {
    const file = join(folder, `program-${number}.ts`);
    writeFileSync(file, program as string);
    const printed = execFileSync(process.execPath, ["--import", "tsx", file], { cwd: root, encoding: "utf8" });
    expect(printed).toBe(output);
  },
);

/** What programs import: a block that says the name of its file. */
const MODULE = /```ts\n\/\/ (\w+\.ts)\n([\s\S]*?)```\n/g;
function written(_: string, file: string, code: string): string {
  writeFileSync(join(folder, file), code);
  return "";
}

const inDocs = [
  "distributions",
  "structures",
  "inference",
  "bounds",
  "exact-sums",
  "expectation",
  "explain",
  "fit",
  "parallel",
  "posterior",
].flatMap((name) =>
  [
    ...readFileSync(join(root, `docs/${name}.md`), "utf8")
      .replace(MODULE, written)
      .matchAll(PROGRAM),
  ].map(([, program, output], i) => ({
    name: `${name}, ${i + 1}`,
    program,
    output,
  })),
);

it("the program of docs/explain.md is the one that draws its picture, and this is the picture", () => {
  const [{ program } = { program: "" }] = inDocs.filter(({ name }) => name === "explain, 1");
  expect(program).toBe(readFileSync(join(root, "examples/explain/main.ts"), "utf8"));
  const drawn = join(folder, "explain.svg");
  execFileSync(process.execPath, ["--import", "tsx", "examples/explain/main.ts", drawn], { cwd: root });
  expect(readFileSync(drawn, "utf8")).toBe(readFileSync(join(root, "docs/images/explain.svg"), "utf8"));
});

it("these documents have programs", () => expect(inDocs.length).toBeGreaterThanOrEqual(5));

it.each(inDocs)("the program of $name prints what it says", ({ name, program, output }) => {
  const file = join(folder, `${name.replace(", ", "-")}.ts`);
  writeFileSync(file, program as string);
  const printed = execFileSync(process.execPath, ["--import", "tsx", file], { cwd: root, encoding: "utf8" });
  expect(printed).toBe(output);
});
