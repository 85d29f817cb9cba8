import { dirname } from "node:path";
import type { Launch } from "./launch.ts";
import { start } from "./start.ts";

/** Node, Deno and Bun: the program as it is, run in its project. */
export const inProcess = (
  path: string,
  args: readonly string[] = [],
  kind: "script" | "commonJs" = "script",
): Launch => ({
  open: async (project, hear) => start(path, [...args, project[kind]], { cwd: dirname(project[kind]), hear }),
});
