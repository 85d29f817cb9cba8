import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Source {
  readonly path: string;
  readonly code: string;
  /** Paths of imported and re-exported files, from the root; names of packages as they are. */
  readonly imports: readonly string[];
}

/** Code without comments; strings stay, so that the paths of imports do. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(])\/\/.*$/gm, "");
const withoutStrings = (code: string): string => code.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');

function sourcesOf(folder: string): Source[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  return files.sort().map((file) => {
    const path = `${folder}/${file.replaceAll("\\", "/")}`;
    const code = withoutComments(readFileSync(join(root, path), "utf8"));
    const imports = [...code.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, to]) =>
      to?.startsWith(".") ? normalize(join(dirname(path), to)) : (to as string),
    );
    return { path, code, imports };
  });
}

/** "file: what" for each offence, so that a failure names them. */
const offences = (sources: readonly Source[], find: (source: Source) => Iterable<string>): string[] =>
  sources.flatMap((source) => [...find(source)].map((what) => `${source.path}: ${what}`));

const matches = (code: string, pattern: RegExp): string[] => [...code.matchAll(pattern)].map(([found]) => found);

describe("bindings/", () => {
  const sources = sourcesOf("bindings").filter(({ path }) => !/\/generated\/|\.d\.ts$/.test(path));
  /** The folder of a path, or "" for the package's own index. */
  const folderOf = (path: string): string => path.match(/^bindings\/([^/]+)\//)?.[1] ?? "";

  /** Each folder, and the folders it may import from. */
  const LAYERS: Record<string, readonly string[]> = {
    core: [],
    random: ["core"],
    relax: ["core", "random"],
    graph: ["core", "random", "relax"],
    distributions: ["graph", "random"],
    inference: ["distributions", "graph"],
    parallel: ["inference", "random"],
    "": ["core", "random", "relax"],
    // What a condition of package.json resolves to: a layer, with the module it needs.
    entry: ["", "graph", "distributions", "inference", "parallel"],
  };
  const reach = (folder: string): Set<string> =>
    new Set([folder, ...(LAYERS[folder] ?? []).flatMap((below) => [...reach(below)])]);

  test("is read by this test: the files and their imports are found", () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.find(({ path }) => path === "bindings/relax/softmax.ts")?.imports).toContain(
      "bindings/core/index.ts",
    );
  });

  test("has only folders with a place in the layers", () => {
    expect(offences(sources, ({ path }) => (folderOf(path) in LAYERS ? [] : ["unknown folder"]))).toEqual([]);
  });

  test("imports point down only: parallel, inference, distributions, graph, relax, random, core", () => {
    const upward = ({ path, imports }: Source): string[] =>
      imports.filter((to) => to.endsWith(".ts") && !reach(folderOf(path)).has(folderOf(to)));
    expect(offences(sources, upward)).toEqual([]);
  });

  test("reaches another folder through its index.ts only, or what it has for the layers above", () => {
    const deep = ({ path, imports }: Source): string[] =>
      imports.filter(
        (to) =>
          to.endsWith(".ts") && folderOf(to) !== folderOf(path) && !to.endsWith("/index.ts") && !modules(path, to),
      );
    /** An entry provides a layer's module, or is what threads run; a layer makes nodes of the graph: no user should see these in an index.ts. */
    const modules = (path: string, to: string): boolean =>
      folderOf(path) === "entry"
        ? /^bindings\/(?:(?:graph|distributions)\/core|parallel\/threads\/worker)\.ts$/.test(to)
        : /^bindings\/(graph|inference)\/extend\.ts$/.test(to);
    expect(offences(sources, deep)).toEqual([]);
  });

  /** Of executors: optional peers, and what runtimes with threads and sockets have. Imported when one is made, never before. */
  const OPTIONAL = /^(?:tinypool|bullmq|ioredis|node:.+)$/;
  const isDynamic = (code: string, name: string): boolean =>
    !new RegExp(`\\b(?:from|import)\\s*"${name}"`).test(code.replace(/import type [^;]+;/g, ""));

  test("never leaves the folder, and the loader is the only package it needs", () => {
    const outside = ({ path, code, imports }: Source): string[] =>
      imports.filter((to) => {
        const isOptional = /^bindings\/parallel\/\w+\//.test(path) && OPTIONAL.test(to) && isDynamic(code, to);
        return !to.startsWith("bindings/") && to !== "@assemblyscript/loader" && !isOptional;
      });
    expect(offences(sources, outside)).toEqual([]);
  });

  test("each index.ts re-exports and holds no logic", () => {
    const rest = ({ path, code }: Source): string[] =>
      path.endsWith("/index.ts")
        ? matches(
            code.replace(/export\s+(?:(?:type\s+)?\{[^}]*\}|\*)\s+from\s+"[^"]+";|import\s+"[^"]+";/g, ""),
            /\S.*/g,
          )
        : [];
    expect(offences(sources, rest)).toEqual([]);
  });

  test("only core touches WebAssembly", () => {
    const touches = ({ path, code }: Source): string[] =>
      folderOf(path) === "core" ? [] : matches(withoutStrings(code), /\bWebAssembly\b.*/g);
    expect(offences(sources, touches)).toEqual([]);
  });

  test("never calls the host's transcendental functions or its randomness: their bits differ between engines", () => {
    const inexact =
      /\bMath\s*\.\s*(?:exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|a?sinh?|a?cosh?|a?tanh?|atan2|cbrt|hypot|random)\b/g;
    const calls = ({ code }: Source): string[] => [
      ...matches(code, inexact),
      ...matches(code, /\{[^}]*\}\s*=\s*Math\b|\bMath\s*\[/g),
      // The operator ** is Math.pow by another name; powers of 2 are exact.
      ...matches(code, /(?<!\b2) \*\*=? .*/g),
      ...matches(code, /\bgetRandomValues\b/g),
    ];
    expect(offences(sources, calls)).toEqual([]);
  });
});

describe("assembly/", () => {
  const sources = sourcesOf("assembly");
  /** The ABI of each module. */
  const abi = ["assembly/core.ts", "assembly/graph.ts", "assembly/distributions.ts"];
  /** The files of kernels: what the ABI exports. */
  const kernels = sources
    .filter(({ path }) => abi.includes(path))
    .flatMap(({ imports }) => imports.map((path) => `${path}.ts`));

  test("is read by this test: the kernel files are found", () => {
    expect(kernels).toContain("assembly/softmax.ts");
    expect(sources.map(({ path }) => path)).toEqual(expect.arrayContaining(kernels));
  });

  test("a kernel never imports a kernel, nor does anything else: what two share moves down", () => {
    const sideways = ({ path, imports }: Source): string[] =>
      abi.includes(path) ? [] : imports.filter((to) => kernels.includes(`${to}.ts`));
    expect(offences(sources, sideways)).toEqual([]);
  });

  test("only lanes.ts and rows.ts spell vector intrinsics", () => {
    const intrinsic = /\b(?:v128|[if](?:8x16|16x8|32x4|64x2))\s*[.(].*/g;
    const spelled = ({ path, code }: Source): string[] =>
      /\/(?:lanes|rows)\.ts$/.test(path) ? [] : matches(code, intrinsic);
    expect(offences(sources, spelled)).toEqual([]);
    expect(
      matches(sources.find(({ path }) => path === "assembly/lanes.ts")?.code ?? "", intrinsic).length,
    ).toBeGreaterThan(50);
  });

  test("imports nothing from outside, and nothing from the host", () => {
    const outside = ({ code, imports }: Source): string[] => [
      ...imports.filter((to) => !to.startsWith("assembly/")),
      ...matches(code, /@external\b.*|\bdeclare\b.*/g),
    ];
    expect(offences(sources, outside)).toEqual([]);
  });

  test("no export takes or gives a 64-bit integer, which JavaScript would see as a BigInt", () => {
    const wide = ({ path, code }: Source): string[] =>
      kernels.includes(path) ? matches(code, /export function[^{]*\b[iu]64\b[^{]*/g) : [];
    expect(offences(sources, wide)).toEqual([]);
  });
});
