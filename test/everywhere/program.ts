/** What every runtime executes: the golden cases, the example, and Web Workers, on the package as that runtime resolves it. */
import * as main from "reparam";
import * as distributions from "reparam/distributions";
import * as graph from "reparam/graph";
import * as inference from "reparam/inference";
import { hash } from "../../examples/everywhere/hash.js";
import { type Api, checkGolden, type GoldenFile } from "../golden/check.ts";
import type { Message } from "./outcome.ts";
import { self } from "./self.ts";
import { checkWebWorkers } from "./web-workers.ts";

/** test/golden/*.json, filled in by project.ts: not every runtime can read files. */
declare const GOLDEN_FILES: readonly GoldenFile[];

export async function program(): Promise<Message> {
  try {
    const core = main.createCore();
    const { build } = core;
    core.dispose();
    const report = await checkGolden({ main, graph, distributions, inference } as unknown as Api, GOLDEN_FILES);
    const webWorkers = await checkWebWorkers();
    return { type: "outcome", outcome: { ...report, ...self(), build, hash, webWorkers } };
  } catch (error) {
    return { type: "failed", message: error instanceof Error ? (error.stack ?? String(error)) : String(error) };
  }
}
