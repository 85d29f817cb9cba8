// node run.mjs JSON: an expectation on workers, in a program that has to end by itself. Prints what came of it as JSON.
import { key } from "reparam";
import { expectation } from "reparam/inference";
import { inline, webWorkers } from "reparam/parallel";
import { threads } from "reparam/parallel/threads";
import { dice } from "./dice.mjs";
import { Worker } from "./node-web-worker.mjs";

const {
  on,
  file = on === "web" ? "web-worker.mjs" : "dice.mjs",
  query = {},
  options,
  input,
  samples = 20_000,
  shard = 1000,
  abortAfter,
  leave,
} = JSON.parse(process.argv[2]);
const url = new URL(file, import.meta.url);
for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);

const start = {
  none: () => undefined,
  inline: () => inline(),
  threads: () => threads({ module: url, workers: 2, ...options }),
  web: () => webWorkers({ create: () => new Worker(url), workers: 2, ...options }),
}[on];

const found = {};
const began = performance.now();
let executor;
try {
  executor = await start();
  const work = dice({ shift: 0.25, ...input });
  const abort = new AbortController();
  if (abortAfter) setTimeout(() => abort.abort(new Error("enough")), abortAfter);
  const { value, standardError } = await expectation(work.cost, work.distribution, {
    key: key(1),
    samples,
    estimator: work.estimator,
    ...(abortAfter && { signal: abort.signal }),
    ...(executor && { executor, shard }),
    ...(leave && {
      onProgress: () => {
        throw new Error("left");
      },
    }),
  });
  Object.assign(found, {
    value,
    standardError,
    gradients: Object.values(work.parameters).map((each) => [...each.grad()]),
  });
} catch (error) {
  found.error = `${error.name}: ${error.message}`;
}
found.milliseconds = performance.now() - began;
await executor?.dispose();
// A turn for handles that are being closed.
await new Promise((resolve) => setTimeout(resolve, 50));
found.left = process.getActiveResourcesInfo().filter((name) => !/^(?:PipeWrap|TTYWrap|FSReqCallback)$/.test(name));
found.workers = Worker.all.size;
console.log(JSON.stringify(found));
