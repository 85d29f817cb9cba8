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

/** What a user of the package downloads. */
export interface Shipped {
  /** dist/, every file by itself; the modules are in it as text. */
  readonly scripts: Bytes & { readonly files: number };
  readonly wasm: Readonly<Record<"simd" | "scalar", Bytes>>;
  /** What a bundler makes of all of "reparam", minified, the loader included. */
  readonly bundle: Bytes;
  readonly tarball: { readonly bytes: number; readonly unpacked: number };
}

export async function measureShipped(): Promise<Shipped> {
  const scripts = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .map((name) => sizes(readFileSync(join(root, "dist", name))));
  const total = (pick: (each: Bytes) => number) => scripts.reduce((sum, each) => sum + pick(each), 0);
  const wasm = (target: string) => sizes(readFileSync(join(root, `build/core.${target}.wasm`)));
  return {
    scripts: { files: scripts.length, bytes: total(({ bytes }) => bytes), gzip: total(({ gzip }) => gzip) },
    wasm: { simd: wasm("simd"), scalar: wasm("scalar") },
    bundle: sizes(await bundled()),
    tarball: packed(),
  };
}

const sizes = (content: Uint8Array): Bytes => ({
  bytes: content.length,
  gzip: gzipSync(content, { level: 9 }).length,
});

async function bundled(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "dist/index.js")],
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
