import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Engine } from "../engines/engine.ts";
import { type Measurement, summarize } from "../measure.ts";

const PROBE = fileURLToPath(new URL("probe.mjs", import.meta.url));

/** Times in milliseconds, over fresh processes. */
export interface Startup {
  readonly id: string;
  readonly runtime: string;
  readonly version: string;
  readonly import: Measurement;
  readonly firstCall: Measurement;
  readonly both: Measurement;
}

/** Importing the package and its first call, in `count` processes after one that brings the files into memory. */
export async function measureStartup(
  { path, ...engine }: Engine,
  count: number,
  signal: AbortSignal,
): Promise<Startup> {
  const times: { import: number; firstCall: number }[] = [];
  for (let i = 0; i <= count; i++) {
    const { stdout } = await promisify(execFile)(path, [PROBE], { signal });
    if (i > 0) times.push(JSON.parse(stdout));
  }
  return {
    ...engine,
    import: summarize(times.map((each) => each.import)),
    firstCall: summarize(times.map((each) => each.firstCall)),
    both: summarize(times.map((each) => each.import + each.firstCall)),
  };
}
