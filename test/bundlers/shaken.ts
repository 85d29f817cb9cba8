import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encode } from "../../scripts/text.mjs";
import type { Size } from "./outcome.ts";
import { readJson } from "./tools.ts";

/** Texts that no minifier changes, and where they come from. */
export type Marks = Readonly<Record<Part, string>>;

const PARTS = [
  "graph",
  "optimizers",
  "categorical",
  "core.wasm",
  "core.scalar.wasm",
  "graph.wasm",
  "graph.scalar.wasm",
  "distributions",
  "distributions.wasm",
] as const;
export type Part = (typeof PARTS)[number];

/** What a bundle has to hold of each program, and so must not hold the rest of. */
export const HELD: Readonly<Record<"all" | "one" | "slim", readonly Part[]>> = {
  all: PARTS,
  one: ["core.wasm", "core.scalar.wasm"],
  slim: [],
};

/** @param folder of the installed package */
export function readMarks(folder: string): Marks {
  const { version } = readJson<{ version: string }>(join(folder, "package.json"));
  const texts = PARTS.filter((part) => part.endsWith(".wasm")).map((part) => ({
    part,
    text: encode(readFileSync(join(folder, "dist", part))),
  }));
  const own = texts.map(({ part, text }) => [
    part,
    ownRun(
      text,
      texts.filter((other) => other.part !== part).map((other) => other.text),
    ),
  ]);
  return {
    graph: `reparam/graph ${version}`,
    optimizers: "beta1",
    distributions: `reparam/distributions ${version}`,
    categorical: "draws",
    ...(Object.fromEntries(own) as Record<Extract<Part, `${string}.wasm`>, string>),
  };
}

/** A run of characters that are the same in every kind of literal, and that the other texts do not have. */
export function ownRun(text: string, others: readonly string[]): string {
  const runs = text.match(/[\w,;:.]{12,}/g) ?? [];
  const own = runs.find((run) => others.every((other) => !other.includes(run)));
  if (own === undefined) throw new Error("expected a text of a module that has a run of its own, got none");
  return own;
}

/** @throws Error that names what a bundle lacks, or has although nothing imports it */
export function checkShaken(program: keyof typeof HELD, bundle: string, marks: Marks): void {
  const held = PARTS.filter((part) => bundle.includes(marks[part]));
  const lacking = HELD[program].filter((part) => !held.includes(part));
  const needless = held.filter((part) => !HELD[program].includes(part));
  if (lacking.length > 0) throw new Error(`the bundle of ${program} lacks ${lacking.join(", ")}`);
  if (needless.length > 0)
    throw new Error(`the bundle of ${program} holds ${needless.join(", ")}, which nothing imports`);
}

export const sizeOf = (...files: readonly (string | Uint8Array)[]): Size => ({
  minified: files.reduce((sum, file) => sum + Buffer.byteLength(file), 0),
  gzip: files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0),
});
