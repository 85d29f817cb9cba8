/** A process of test:statistics: told the number of a job and of a part, it answers with what came of it. */
import { JOBS } from "./jobs.ts";

process.on("message", ([job, part]: [number, number]) => {
  process.send?.(JOBS[job].run(part));
});
process.on("disconnect", () => process.exit());
