import type { Runtime } from "../results.ts";

/** A JavaScript engine of this machine. */
export interface Engine {
  /** What `--engines` calls it. */
  readonly id: string;
  readonly runtime: Runtime;
  readonly version: string;
  /** Of its executable. */
  readonly path: string;
  /** For it, before those that a run needs. */
  readonly flags?: readonly string[];
}

/** An engine that may or may not be on this machine. */
export interface Candidate {
  readonly id: string;
  readonly runtime: Runtime;
  /** Where it may be, the first that exists is taken: a path, or a name to look up on PATH. */
  readonly places: readonly string[];
  /** How to get it. */
  readonly hint: string;
}

export interface Missing {
  readonly id: string;
  readonly hint: string;
}

export interface Found {
  readonly engines: readonly Engine[];
  readonly missing: readonly Missing[];
}

const NAMES: Readonly<Record<Runtime, string>> = {
  node: "Node",
  bun: "Bun",
  firefox: "Firefox",
  chromium: "Chromium",
};

/** As a heading of a column: Node 24, Firefox 153. */
export const shortName = ({ runtime, version }: Pick<Engine, "runtime" | "version">): string =>
  `${NAMES[runtime]} ${version.replace(/\..*/, "")}`;

export const fullName = ({ runtime, version }: Pick<Engine, "runtime" | "version">): string =>
  `${NAMES[runtime]} ${version}`;
