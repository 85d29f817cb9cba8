import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Candidate, Engine, Found, Missing } from "./engine.ts";

const installed = (...path: string[]): string => fileURLToPath(new URL(join("node_modules", ...path), import.meta.url));

const target = `${process.platform}-${process.arch}`;
/** The names of Bun's packages have another word for it. */
const bunTarget = target.replace("arm64", "aarch64");

const FROM_NPM = "npm ci --prefix bench/engines (Linux)";
const FROM_SYSTEM = "the package manager of the system";

/** In the order in which they are measured. */
export const candidates: readonly Candidate[] = [
  { id: "node", runtime: "node", places: [process.execPath], hint: "it runs this" },
  { id: "node24", runtime: "node", places: [installed(`node24-${target}`, "bin", "node")], hint: FROM_NPM },
  { id: "node26", runtime: "node", places: [installed(`node26-${target}`, "bin", "node")], hint: FROM_NPM },
  {
    id: "bun",
    runtime: "bun",
    places: [installed("@oven", `bun-${bunTarget}`, "bin", "bun"), "bun"],
    hint: `${FROM_NPM}, or bun on PATH`,
  },
  {
    id: "firefox",
    runtime: "firefox",
    places: ["firefox", "firefox-esr"],
    hint: `${FROM_SYSTEM}: firefox or firefox-esr`,
  },
  {
    id: "chromium",
    runtime: "chromium",
    places: ["chromium", "chromium-browser", "google-chrome"],
    hint: `${FROM_SYSTEM}: chromium or google-chrome`,
  },
];

/** Asks each candidate that exists for its version; one that does not answer is missing. */
export function findEngines(among: readonly Candidate[] = candidates): Found {
  const engines: Engine[] = [];
  const missing: Missing[] = [];
  for (const { id, runtime, places, hint } of among) {
    const path = places.map(locate).find((each) => each !== undefined);
    const version = path && versionOf(path);
    if (version) engines.push({ id, runtime, version, path });
    else missing.push({ id, hint: path ? `${path} does not tell its version` : hint });
  }
  return { engines, missing };
}

function locate(place: string): string | undefined {
  const folders = isAbsolute(place) ? [""] : (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, place)).find(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser may take some seconds for its first start. */
const PATIENCE = 30_000;

function versionOf(path: string): string | undefined {
  try {
    const said = execFileSync(path, ["--version"], {
      encoding: "utf8",
      timeout: PATIENCE,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return said.match(/\d+(?:\.\d+)+/)?.[0];
  } catch {
    return undefined;
  }
}

/**
 * The engines of these ids, in this order; without ids all, each version of a runtime once.
 *
 * @throws Error that says how to get an engine that is missing
 */
export function chooseEngines({ engines, missing }: Found, ids: readonly string[] | undefined): readonly Engine[] {
  if (ids === undefined) return engines.filter((each, i) => engines.findIndex((other) => isSame(each, other)) === i);
  return ids.map((id) => {
    const engine = engines.find((each) => each.id === id);
    if (engine) return engine;
    const absent = missing.find((each) => each.id === id);
    if (absent) throw new Error(`--engines ${id}: not found; to get it: ${absent.hint}`);
    const known = [...engines, ...missing].map((each) => each.id).join(", ");
    throw new Error(`--engines ${id}: expected some of ${known}`);
  });
}

const isSame = (a: Engine, b: Engine): boolean => a.runtime === b.runtime && a.version === b.version;
