import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const IDS = ["reparam", "plain", "torch", "tfjs-wasm", "tfjs-cpu", "jax-js", "stdlib"] as const;

export type ContestantId = (typeof IDS)[number];

/** Whom the others are compared with. */
export const OURS = "reparam";

export interface Entry {
  readonly id: ContestantId;
  readonly title: string;
  /** The program and its arguments, before the folder of the data. */
  readonly command: readonly string[];
  /** After it. */
  readonly more: readonly string[];
}

/** Names for tables and pictures. */
export const TITLES: Readonly<Record<ContestantId, string>> = {
  reparam: "reparam",
  plain: "plain JavaScript",
  torch: "PyTorch",
  "tfjs-wasm": "tfjs-wasm",
  "tfjs-cpu": "tfjs-cpu",
  "jax-js": "jax-js",
  stdlib: "stdlib",
};

const inFolder = (name: string): string => fileURLToPath(new URL(`contestants/${name}`, import.meta.url));

/** All that can be started here, and what to say of the one that cannot. @param node the binary for those in JavaScript */
export function findContestants(node: string): { entries: Entry[]; notes: string[] } {
  const inNode = (id: ContestantId, file: string, ...more: string[]): Entry => ({
    id,
    title: TITLES[id],
    command: [node, "--import", import.meta.resolve("tsx"), inFolder(file)],
    more,
  });
  const python = pythonWithTorch();
  const torch: Entry[] = python
    ? [{ id: "torch", title: TITLES.torch, command: [python, inFolder("torch_peer.py")], more: [] }]
    : [];
  return {
    entries: [
      inNode("reparam", "reparam.ts"),
      inNode("plain", "plain.ts"),
      ...torch,
      inNode("tfjs-wasm", "tfjs.ts", "wasm"),
      inNode("tfjs-cpu", "tfjs.ts", "cpu"),
      inNode("jax-js", "jax.ts"),
      inNode("stdlib", "stdlib.ts"),
    ],
    notes: python ? [] : ["PyTorch is left out: no python3 here imports torch; the variable PYTHON names another"],
  };
}

/** The system's Python stands last: it is often hidden by one that has no packages. */
function pythonWithTorch(): string | undefined {
  const candidates = [process.env.PYTHON, "python3", "/usr/bin/python3"].filter((each) => each !== undefined);
  return candidates.find((each) => spawnSync(each, ["-c", "import torch"], { stdio: "ignore" }).status === 0);
}
