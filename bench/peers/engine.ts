import { spawnSync } from "node:child_process";
import type { EngineResults } from "../results.ts";

export type Engine = Pick<EngineResults, "runtime" | "version">;

const TELL = "const { bun, node } = process.versions; console.log(bun ? 'bun ' + bun : 'node ' + node)";

/** @throws Error that names the option */
export function engineOf(node: string): Engine {
  const { stdout, status, error } = spawnSync(node, ["-e", TELL], { encoding: "utf8" });
  const [runtime, version] = (stdout ?? "").trim().split(" ");
  if (error || status !== 0 || !version)
    throw new Error(`--node ${node}: expected a Node binary (${error?.message ?? `exit code ${status}`})`);
  return { runtime: runtime as Engine["runtime"], version };
}
