import { ReparamError } from "reparam";
import { runJob } from "./job.ts";
import { parseOptions, usage } from "./options.ts";
import { listenForStop } from "./stop.ts";

/** The program, given its arguments and optionally another folder of IDX files. Returns the exit code. */
export async function runProgram(args: readonly string[], dataFolder?: string): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      console.log(usage);
      return 0;
    }
    const stop = listenForStop();
    const data = dataFolder === undefined ? {} : { dataFolder };
    const summary = await runJob(options, { output: process.stdout, signal: stop.signal, ...data });
    return summary === undefined ? stop.exitCode() : 0;
  } catch (error) {
    if (!(error instanceof ReparamError)) throw error;
    console.error(error.message);
    return 2;
  }
}
