import { readdirSync, readFileSync } from "node:fs";
import type { GoldenFile } from "./format.ts";

/** All golden files by name, in Node; other engines are handed their contents. */
export function readGoldenFiles(): Map<string, GoldenFile> {
  const folder = new URL("./", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Map(names.sort().map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), "utf8"))]));
}
