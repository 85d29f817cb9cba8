import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inFolder } from "./tools.ts";

const run = promisify(execFile);

const ROOT = inFolder("../..");
const LOADER = "node_modules/@assemblyscript/loader";

/** A folder outside of this repository for projects that depend on the packed package. */
export interface Workshop {
  /** The package as it is installed there. */
  readonly installed: string;
  /** A fresh copy of a folder of projects/ with the package installed, into a copy of `modules` when these are given. */
  create(template: string, modules?: string): Promise<string>;
  remove(): Promise<void>;
}

/** Packs what `npm run build` left in dist/ and installs the tarball. @throws the signal's reason */
export async function createWorkshop(signal: AbortSignal): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), "reparam-bundlers-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    // The package, and its only dependency, so that no registry is needed.
    const cwd = join(folder, "tarball");
    for (const name of ["tarball", "projects"]) await mkdir(join(folder, name));
    const packing = ["pack", "--ignore-scripts", "--pack-destination", cwd, ".", `./${LOADER}`];
    await run("npm", packing, { cwd: ROOT, signal });
    const tarballs = (await readdir(cwd)).filter((name) => name.endsWith(".tgz")).map((name) => `./${name}`);
    await writeFile(join(cwd, "package.json"), '{ "private": true }\n');
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...tarballs], { cwd, signal });
    // Beside the projects and not above them: what a project does not have must not be found.
    const modules = join(folder, "tarball", "node_modules");
    return {
      installed: join(modules, "reparam"),
      remove,
      create: async (template, more) => {
        signal.throwIfAborted();
        const project = await mkdtemp(join(folder, "projects", `${template}-`));
        await cp(inFolder(`projects/${template}`), project, { recursive: true });
        if (more) await cp(more, join(project, "node_modules"), { recursive: true, verbatimSymlinks: true });
        await cp(modules, join(project, "node_modules"), { recursive: true });
        return project;
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** All texts of a folder's files with this ending, subfolders included. */
export async function readAll(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return Promise.all(names.filter((name) => name.endsWith(ending)).map((name) => readFile(join(folder, name), "utf8")));
}
