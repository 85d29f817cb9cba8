import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Bytes {
  readonly bytes: number;
  readonly gzip: number;
}

/** What a bundler makes of a program that uses these, minified, the loader included. */
const PROGRAMS = {
  gumbelSoftmax: 'export { gumbelSoftmax } from "reparam";',
  "all of reparam": 'export * from "reparam";',
  "all of reparam and reparam/graph": 'export * from "reparam"; export * as graph from "reparam/graph";',
  "all of reparam, its graph and its distributions":
    'export * from "reparam"; export * as g from "reparam/graph"; export * as d from "reparam/distributions";',
  "all of it, with the inference":
    'export * from "reparam"; export * as g from "reparam/graph"; export * as d from "reparam/distributions"; export * as i from "reparam/inference";',
  "Normal of reparam/distributions": 'export { Normal } from "reparam/distributions";',
  "gumbelSoftmax of reparam/slim": 'export { gumbelSoftmax, initSync } from "reparam/slim";',
} as const;

const MODULES = ["core.wasm", "core.scalar.wasm", "graph.wasm", "graph.scalar.wasm", "distributions.wasm"] as const;

/** What a user of the package downloads. */
export interface Shipped {
  readonly modules: Readonly<Record<(typeof MODULES)[number], Bytes>>;
  readonly bundles: Readonly<Record<keyof typeof PROGRAMS, Bytes>>;
  /** dist/, every file by itself; the modules are in it as text. */
  readonly scripts: Bytes & { readonly files: number };
  readonly tarball: { readonly bytes: number; readonly unpacked: number };
}

export async function measureShipped(): Promise<Shipped> {
  const files = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".js"));
  const scripts = files.map((name) => sizes(readFileSync(join(root, "dist", name))));
  const total = (pick: (each: Bytes) => number) => scripts.reduce((sum, each) => sum + pick(each), 0);
  const bundles = Object.entries(PROGRAMS).map(async ([name, program]) => [name, sizes(await bundled(program))]);
  return {
    modules: Object.fromEntries(
      MODULES.map((name) => [name, sizes(readFileSync(join(root, "dist", name)))]),
    ) as Shipped["modules"],
    bundles: Object.fromEntries(await Promise.all(bundles)) as Shipped["bundles"],
    scripts: { files: scripts.length, bytes: total(({ bytes }) => bytes), gzip: total(({ gzip }) => gzip) },
    tarball: packed(),
  };
}

const sizes = (content: Uint8Array): Bytes => ({
  bytes: content.length,
  gzip: gzipSync(content, { level: 9 }).length,
});

async function bundled(program: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    write: false,
  });
  return outputFiles[0].contents;
}

/** As npm would publish it now; --ignore-scripts, as prepack would build it again. */
function packed(): Shipped["tarball"] {
  const answer = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"], {
    cwd: root,
    encoding: "utf8",
  });
  const [{ size, unpackedSize }] = JSON.parse(answer) as [{ size: number; unpackedSize: number }];
  return { bytes: size, unpacked: unpackedSize };
}
