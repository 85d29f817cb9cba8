import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isExecutable } from "../../bench/engines/find.ts";
import { Absent } from "./absent.ts";

/** Of this folder. */
export const inFolder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;

/** @returns the folder of a package of this folder's lock file. @throws Absent unless it is there in that version */
export function installed(name: string, folder = "."): string {
  const place = join("node_modules", name);
  const wanted = readJson<Lock>(inFolder(`${folder}/package-lock.json`)).packages[place]?.version;
  const path = inFolder(`${folder}/${place}`);
  if (wanted === undefined) throw new Absent(`${name} does not exist for ${process.platform} ${process.arch}`);
  const has = existsSync(path) ? readJson<{ version: string }>(join(path, "package.json")).version : undefined;
  if (has !== wanted)
    throw new Absent(`${name} ${wanted} is not installed${has === undefined ? "" : `, but ${has} is`}`);
  return path;
}

/** @throws Absent unless a program of one of these names is on PATH */
export function onPath(...names: readonly string[]): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const path = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (path === undefined) throw new Absent(`${names.join(" or ")} is not on PATH`);
  return path;
}

/** @throws Absent unless the folder or file of a system package exists */
export function existing(path: string | undefined, what: string): string {
  if (path === undefined || !existsSync(path)) throw new Absent(`${what} is not installed`);
  return path;
}

/** A browser may take some seconds for its first start. */
const PATIENCE = 30_000;

/** What a program says of its version: 153.0.1, 2026-11-17. @throws Absent when it says none */
export function versionOf(path: string, env: Readonly<Record<string, string>> = {}): string {
  let said = "";
  try {
    said = execFileSync(path, ["--version"], {
      encoding: "utf8",
      timeout: PATIENCE,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, ...env },
    });
  } catch {}
  const version = said.match(/\d+(?:[.-]\d+)+/)?.[0];
  if (version === undefined) throw new Absent(`${path} does not tell its version`);
  return version;
}
