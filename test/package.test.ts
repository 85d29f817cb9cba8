import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { decode } from "../bindings/core/index.ts";
import { encode } from "../scripts/text.mjs";
import { built } from "./builds.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** What a bundler makes of a program, minified; modules that are left to it are not in it. */
async function bundled(program: string, conditions: readonly string[] = []): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    conditions: [...conditions],
    external: ["*.wasm", "*.wasm?module"],
    write: false,
  });
  return outputFiles[0]?.text as string;
}

const gzipped = (text: string): number => gzipSync(text, { level: 9 }).length;

describe("what a user's bundle grows by", () => {
  test("one function: 24 kB at most, gzip, both builds of its module and the loader in it", async () => {
    const bundle = await bundled('import { gumbelSoftmax } from "reparam"; console.log(gumbelSoftmax);');
    expect(gzipped(bundle)).toBeLessThanOrEqual(24_000);
    expect(gzipped(bundle)).toBeGreaterThan(15_000);
  });

  test("reparam and its graph: 64 kB at most", async () => {
    const bundle = await bundled('export * from "reparam"; export * as graph from "reparam/graph";');
    expect(gzipped(bundle)).toBeLessThanOrEqual(64_000);
    expect(gzipped(bundle)).toBeGreaterThan(30_000);
  });

  test("with the distributions, all of whose kernels are one module: 108 kB at most", async () => {
    const all =
      'export * from "reparam"; export * as g from "reparam/graph"; export * as d from "reparam/distributions";';
    expect(gzipped(await bundled(all))).toBeLessThanOrEqual(108_000);
    const one = await bundled('export { Normal } from "reparam/distributions";');
    expect(gzipped(one)).toBeLessThanOrEqual(84_000);
    // Names of kernels, which no minifier changes: of another family, and of the table of divergences.
    for (const name of ["gammaLogProb", "normalKl"]) expect(one).not.toContain(name);
    expect(one).toContain("normal");
  });

  test("with the inference: 176 kB at most, and an estimator brings no other", async () => {
    const layers = ["", "/graph", "/distributions", "/inference"];
    const all = layers.map((layer, i) => `export * as l${i} from "reparam${layer}";`).join("");
    expect(gzipped(await bundled(all))).toBeLessThanOrEqual(176_000);
    const one = await bundled('export { disarm, estimate } from "reparam/inference";');
    expect(gzipped(one)).toBeLessThanOrEqual(90_000);
    for (const name of ["score function", "gammaLogProb"]) expect(one).not.toContain(name);
    expect(one).toContain("DisARM");
  });

  test("no code of functions that are not imported, and nothing of the graph", async () => {
    const one = await bundled('import { gumbelSoftmax } from "reparam"; console.log(gumbelSoftmax);');
    const all = await bundled('export * from "reparam"; export * as graph from "reparam/graph";');
    // Texts of errors, which no minifier changes.
    const mark = {
      gumbelSoftmax: "hard",
      topK: "draws",
      graph: "reparam/graph",
      optimizer: "beta1",
      createCore: "a core in use",
    };
    expect(Object.values(mark).filter((text) => all.includes(text))).toEqual(Object.values(mark));
    expect(Object.values(mark).filter((text) => one.includes(text))).toEqual([mark.gumbelSoftmax]);
  });

  test("errors whose names no minifier changes", async () => {
    const bundle = await bundled(
      'import { ArgumentError, topK, key } from "reparam"; try { topK(key(1), [1], { k: 9 }); } catch (error) { console.log(error.name, error instanceof ArgumentError); }',
    );
    const printed = execFileSync(process.execPath, ["--input-type=module", "-"], { input: bundle, encoding: "utf8" });
    expect(printed).toBe("ArgumentError true\n");
  });

  test("no module where the caller or the runtime brings it: 8 kB at most", async () => {
    for (const program of [
      bundled('import { gumbelSoftmax, initSync } from "reparam/slim"; console.log(gumbelSoftmax, initSync);'),
      bundled('import { gumbelSoftmax } from "reparam"; console.log(gumbelSoftmax);', ["workerd"]),
      bundled('import { gumbelSoftmax } from "reparam"; console.log(gumbelSoftmax);', ["edge-light"]),
    ])
      expect(gzipped(await program)).toBeLessThanOrEqual(8_000);
  });
});

describe("the conditions", () => {
  const importsOf = async (program: string, condition?: string): Promise<string[]> =>
    [...(await bundled(program, condition ? [condition] : [])).matchAll(/\bfrom"([^"]+)"/g)].map(
      ([, from]) => from as string,
    );

  test.each([
    ["workerd", "reparam", ["./core.wasm"]],
    ["workerd", "reparam/graph", ["./core.wasm", "./graph.wasm"]],
    ["workerd", "reparam/distributions", ["./core.wasm", "./distributions.wasm", "./graph.wasm"]],
    ["workerd", "reparam/inference", ["./core.wasm", "./distributions.wasm", "./graph.wasm"]],
    ["edge-light", "reparam", ["./core.wasm?module"]],
    ["edge-light", "reparam/graph", ["./core.wasm?module", "./graph.wasm?module"]],
    [undefined, "reparam/graph", []],
  ])("%s of %s imports the compiled modules %j, and no others", async (condition, subpath, modules) => {
    expect((await importsOf(`export * from "${subpath}";`, condition)).sort()).toEqual(modules);
  });

  test("types come first, and every file there is", () => {
    for (const target of Object.values(exports) as (string | Record<string, string>)[]) {
      if (typeof target === "string") continue;
      expect(Object.keys(target)[0]).toBe("types");
      expect(Object.keys(target).at(-1)).toBe("default");
      for (const file of Object.values(target)) expect(existsSync(join(root, file)), file).toBe(true);
    }
  });
});

describe("the tarball", () => {
  const [{ files, unpackedSize }] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" }),
  ) as [{ files: { path: string }[]; unpackedSize: number }];
  const paths = files.map(({ path }) => path);

  test("holds the scripts, the modules and their types, and says what it is", () => {
    const present = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.[a-z]+$/.test(path))
      .map((path) => `dist/${path.replaceAll("\\", "/")}`);
    expect(paths.sort()).toEqual([...present, "CHANGELOG.md", "LICENSE", "README.md", "package.json"].sort());
  });

  test("is small", () => expect(unpackedSize).toBeLessThan(1_700_000));
});

test("the types ask for no DOM and no Node", () => {
  const folder = mkdtempSync(join(root, "build", "types-"));
  const subpaths = ["", "/graph", "/distributions", "/inference", "/slim", "/slim/inference"];
  const program = subpaths.map((subpath, i) => `export * as l${i} from "reparam${subpath}";\n`).join("");
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    target: "es2022",
    lib: ["es2022"],
    types: [],
  };
  try {
    writeFileSync(join(folder, "program.mts"), program);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const tsc = [join(root, "node_modules/typescript/bin/tsc"), "-p", folder];
    expect(spawnSync(process.execPath, tsc, { cwd: root, encoding: "utf8" }).stdout).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

describe("without a bundler", () => {
  const run = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  const print = "console.log(reparam.createCore().build, reparam.gumbelSoftmax(reparam.key(42), [0.5, -1, 2]).join())";

  test("require() gives what import gives", () => {
    const imported = run("--input-type=module", "-e", `import * as reparam from "reparam"; ${print}`);
    expect(run("-e", `const reparam = require("reparam"); ${print}`)).toBe(imported);
    expect(imported).toMatch(/^simd 0\.\d+,/);
  });

  test.skipIf(process.arch !== "x64")("V8 without SIMD runs the scalar build, with the same bits", () => {
    const program = ["--input-type=module", "-e", `import * as reparam from "reparam"; ${print}`];
    expect(run("--no-enable-sse4-1", ...program)).toBe(run(...program).replace("simd", "scalar"));
  });

  test("the text of a module is the module", () => {
    const bytes = readFileSync(built("graph.scalar.wasm"));
    expect(decode(encode(bytes))).toEqual(new Uint8Array(bytes));
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(decode(encode(all))).toEqual(all);
  });
});
