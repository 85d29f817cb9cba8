import { ReparamError } from "reparam";
import { runJob } from "./job.ts";
import { parseOptions, usage } from "./options.ts";

/** Ctrl-C and a polite kill both stop the run at its next step; exit codes are 128 + the signal's number. */
const stops = { SIGINT: 130, SIGTERM: 143 };

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  let exitCode = 0;
  const controller = new AbortController();
  for (const [signal, code] of Object.entries(stops)) {
    process.on(signal, () => {
      exitCode = code;
      controller.abort();
    });
  }
  const summary = await runJob(options, { output: process.stdout, signal: controller.signal });
  return summary === undefined ? exitCode : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof ReparamError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
