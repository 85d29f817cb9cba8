import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fill } from "../../bench/markers.ts";
import { writeOutput } from "../mnist-vae/output.ts";
import { toMarkdown } from "./blocks.ts";
import { type Results, toJson } from "./results.ts";
import { sectionOf } from "./sections.ts";
import { vaeSection } from "./vae.ts";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const IMAGES = "images/estimators";

/**
 * Writes docs/estimators.md between its markers, its pictures, and docs/estimators.json, in which problems that were not run stay as
 * they are. Returns the paths.
 */
export function publish(results: Results, only: readonly string[]): string[] {
  mkdirSync(`${docs}${IMAGES}`, { recursive: true });
  const page = `${docs}estimators.md`;
  let text = readFileSync(page, "utf8");
  const sections = results.problems.map((each) => ({ id: each.id, blocks: sectionOf(each) }));
  if (only.includes("vae")) sections.push({ id: "vae", blocks: vaeSection() });
  const written: string[] = [];
  for (const { id, blocks } of sections) {
    text = fill(text, id, `\n${toMarkdown(blocks, IMAGES)}\n`);
    for (const block of blocks)
      if (block.type === "figure") written.push(writeOutput(`${docs}${IMAGES}`, block.file, block.svg));
  }
  return [...written, writeOutput(docs, "estimators.md", text), writeOutput(docs, "estimators.json", merged(results))];
}

function merged(results: Results): string {
  const path = `${docs}estimators.json`;
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Results).problems : [];
  const ids = results.problems.map(({ id }) => id);
  const all = [...before.filter(({ id }) => !ids.includes(id)), ...results.problems];
  return toJson({ ...results, problems: all });
}
