import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Comment, type Reflection, ReflectionKind } from "typedoc";
import { afterAll, expect, it } from "vitest";
import { readReference } from "../scripts/api/reference.ts";

const committed = fileURLToPath(new URL("../docs/api", import.meta.url));
const fresh = mkdtempSync(join(tmpdir(), "reparam-api-"));
afterAll(() => rmSync(fresh, { recursive: true }));

const reference = await readReference();
const pages = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .sort();

it("every export has a docstring, its types are exported, and the links of docstrings lead somewhere", () => {
  expect(reference.complaints()).toEqual([]);
});

it("all subpaths are read, of which nothing is missing in the reference", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const subpaths = Object.keys(manifest.exports).filter((path) => !/\.(wasm|json)$/.test(path));
  const modules = reference.project.getChildrenByKind(ReflectionKind.Module).map(({ name }) => name);
  expect(modules.sort()).toEqual(subpaths.map((path) => path.replace(".", "reparam")).sort());
});

/** The first reflection of a kind that says something, and where it says it. */
function documented(kind: ReflectionKind): { at: Reflection; comment: Comment } {
  const at = reference.project.getReflectionsByKind(kind).find(({ comment }) => comment?.hasVisibleComponent());
  if (!at?.comment) throw new Error(`no documented reflection of kind ${ReflectionKind[kind]}`);
  return { at, comment: at.comment };
}

// Functions, methods and getters have their docstrings on their signatures.
it.each(["Class", "Interface", "TypeAlias", "Property", "CallSignature", "GetSignature"] as const)(
  "a %s without its docstring would be noticed",
  (kind) => {
    const { at, comment } = documented(ReflectionKind[kind]);
    const before = reference.complaints();
    delete at.comment;
    const complaints = reference.complaints().filter((complaint) => !before.includes(complaint));
    at.comment = comment;
    expect(complaints).toEqual([expect.stringContaining(at.name)]);
  },
);

it("docs/api is what `npm run api` writes", async () => {
  await reference.write(fresh);
  expect(pages(committed)).toEqual(pages(fresh));
  const textOf = (folder: string, page: string): string => readFileSync(join(folder, page), "utf8");
  expect(pages(fresh).filter((page) => textOf(committed, page) !== textOf(fresh, page))).toEqual([]);
});
