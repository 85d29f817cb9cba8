import type { ChildProcess, StdioOptions } from "node:child_process";
import { createInterface } from "node:readline";
import { spawnGroup } from "../../../bench/engines/child.ts";
import type { Session } from "../../../bench/engines/session.ts";

/** How much of what a program says on its standard error goes into the reason for its end. */
const TAIL = 400;

export interface Start {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly hear?: (line: string) => void;
  /** For more streams than the usual three. */
  readonly more?: StdioOptions & readonly unknown[];
}

/** Starts a program in a process group of its own. How it ended tells the last it said on its standard error. */
export function start(
  path: string,
  args: readonly string[],
  { cwd, env, hear, more = [] }: Start = {},
): Session & { child: ChildProcess } {
  const stdio = ["ignore", hear ? "pipe" : "ignore", "pipe", ...more] as StdioOptions;
  const { child, ended, kill } = spawnGroup(path, args, {
    stdio,
    ...(cwd && { cwd }),
    env: { ...process.env, ...env },
  });
  if (hear && child.stdout) createInterface({ input: child.stdout }).on("line", hear);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-TAIL);
  });
  return {
    child,
    ended: ended.then((how) => [how, said.trim().replaceAll(/\s+/g, " ")].filter(Boolean).join(": ")),
    close: kill,
  };
}
