import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { GoldenFile } from "../golden/check.ts";
import { inFolder } from "./find.ts";

const run = promisify(execFile);

const LOADER = "node_modules/@assemblyscript/loader";
const HASH = "examples/everywhere/hash.js";
const PACKAGE = ["", "/graph", "/distributions", "/inference", "/parallel"].map((subpath) => `reparam${subpath}`);
const GOLDEN = inFolder("../golden");

/** A project outside of this repository that depends on the packed package. */
export interface Project {
  readonly folder: string;
  /** What Node, Deno and Bun execute: an ES module, and the same as CommonJS. */
  readonly script: string;
  readonly commonJs: string;
  /** Entries to bundle for the others. */
  readonly page: string;
  readonly worker: string;
  readonly edge: string;
  remove(): Promise<void>;
}

/** Packs what `npm run build` left in dist/, installs the tarball and adds the programs. @throws the signal's reason */
export async function createProject(signal: AbortSignal): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "reparam-everywhere-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    const root = inFolder("../..");
    // The package, and its only dependency, so that no registry is needed.
    const packing = ["pack", "--ignore-scripts", "--pack-destination", folder, ".", `./${LOADER}`];
    await run("npm", packing, { cwd: root, signal });
    const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz")).map((name) => `./${name}`);
    await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
    const installing = ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...tarballs];
    await run("npm", installing, { cwd: folder, signal });
    await mkdir(join(folder, "examples/everywhere"), { recursive: true });
    await copyFile(join(root, HASH), join(folder, HASH));
    return { folder, ...(await compile(folder)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Types taken out and the golden values put in; imports of the package and of the example stay, for the runtime to resolve. */
async function compile(folder: string): Promise<Omit<Project, "folder" | "remove">> {
  const define: Record<string, string> = { GOLDEN_FILES: JSON.stringify(await readGolden()) };
  const compiled = async (entry: string, name: string, format: "esm" | "cjs"): Promise<string> => {
    const outfile = join(folder, "test/everywhere", name);
    await build({
      entryPoints: [inFolder(`entry/${entry}.ts`)],
      outfile,
      bundle: true,
      format,
      platform: "neutral",
      target: "es2022",
      external: [...PACKAGE, `*/${HASH}`],
      define,
      logLevel: "silent",
    });
    return outfile;
  };
  define.WEB_WORKER = JSON.stringify(await withPackage(await compiled("web-worker", "web-worker.mjs", "esm")));
  return {
    script: await compiled("process", "process.mjs", "esm"),
    commonJs: await compiled("process", "process.cjs", "cjs"),
    page: await compiled("page", "page.mjs", "esm"),
    worker: await compiled("worker", "worker.mjs", "esm"),
    edge: await compiled("edge", "edge.mjs", "esm"),
  };
}

/** The text of a script, with the package of its project in it. */
async function withPackage(script: string): Promise<string> {
  const options = { bundle: true, format: "esm", target: "es2022", write: false, logLevel: "silent" } as const;
  const { outputFiles } = await build({ entryPoints: [script], ...options });
  return outputFiles[0]?.text as string;
}

/** All golden files. @throws Error when there is none: checking nothing would pass */
export async function readGolden(): Promise<GoldenFile[]> {
  const names = (await readdir(GOLDEN)).filter((name) => name.endsWith(".json")).sort();
  if (names.length === 0) throw new Error(`${GOLDEN}: expected golden files, got none`);
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(GOLDEN, name), "utf8")) as GoldenFile));
}
