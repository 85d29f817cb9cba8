import { createInterface } from "node:readline";
import { spawnGroup } from "./child.ts";
import type { Open } from "./session.ts";

/** Node and Bun: the bundle as a program that gets the job as its argument and prints a message a line. */
export const openProcess: Open = async (engine, script, job, hear) => {
  const group = spawnGroup(engine.path, [...(engine.flags ?? []), script, JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (group.child.stdout) createInterface({ input: group.child.stdout }).on("line", hear);
  return { ended: group.ended, close: group.kill };
};
