import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ArgumentError } from "reparam";

/**
 * Makes the folder if need be and proves that files can be written in it, before any training is done.
 * @throws ArgumentError naming --out.
 */
export function prepareFolder(folder: string): void {
  const probe = join(folder, `.probe-${process.pid}`);
  attempt(folder, () => {
    makeFolder(folder);
    writeFileSync(probe, "");
    rmSync(probe);
  });
}

/**
 * Writes a file whole or not at all: a run killed half-way leaves the previous one in place. Returns the path.
 * @throws ArgumentError naming --out, for instance when the disk is full.
 */
export function writeOutput(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  attempt(folder, () => {
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  });
  return path;
}

/** One level at a time: mkdirSync's own `recursive` never returns for a folder in /proc (Node 20). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function attempt(folder: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new ArgumentError(
      "--out",
      "a folder that can be written",
      `${folder} (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}
