import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { candidates, findEngines } from "../../bench/engines/find.ts";
import { Absent } from "../everywhere/absent.ts";

/** Of this folder. */
export const inFolder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where tools come from: the folder of a package.json, or the system. */
export type Source = "." | "next" | "chromium";

export interface Tool {
  readonly version: string;
  /** Of a file of its package. */
  file(path: string): string;
}

interface Package {
  readonly version: string;
}
interface Lock {
  readonly packages: Readonly<Record<string, Package>>;
}

export const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;

/** @throws Absent unless the package is in this folder, in the version of its lock file */
export function tool(name: string, folder = "."): Tool {
  const place = join("node_modules", name);
  const wanted = readJson<Lock>(inFolder(`${folder}/package-lock.json`)).packages[place].version;
  const path = inFolder(`${folder}/${place}`);
  const version = existsSync(path) ? readJson<Package>(join(path, "package.json")).version : undefined;
  if (version !== wanted)
    throw new Absent(`${name} ${wanted} is not installed${version === undefined ? "" : `, but ${version} is`}`);
  return { version, file: (file) => join(path, file) };
}

/** A package of this folder, for use in this process; its types are not here before it is installed. */
export const load = <T>(name: string): T => createRequire(import.meta.url)(name) as T;

/** The path of the browser. @throws Absent when it is not on PATH */
export function findChromium(): string {
  const { engines } = findEngines(candidates.filter(({ id }) => id === "chromium"));
  if (engines.length === 0) throw new Absent("chromium is not on PATH");
  return engines[0].path;
}

/** @throws Absent unless a page can be opened, chromium.ts */
export function checkPages(): void {
  findChromium();
  tool("puppeteer-core");
}

export function has(find: () => unknown): boolean {
  try {
    find();
    return true;
  } catch (error) {
    if (error instanceof Absent) return false;
    throw error;
  }
}
