import type { Executor } from "reparam/parallel";
import { checkContinuable, encodeState, restoreState } from "./checkpoint.ts";
import { createExecutor, describeExecutor } from "./executor.ts";
import type { Mnist } from "./mnist.ts";
import { defaults, type Options } from "./options.ts";
import { prepareFolder, writeOutput } from "./output.ts";
import { createDisplay } from "./progress.ts";
import { renderPage, type Timing } from "./report/page.ts";
import { measureUsage } from "./report/usage.ts";
import { createState, disposeState, type State } from "./state.ts";
import { type Company, isFinished, stepsPerEpoch, train } from "./train.ts";

const CHECKPOINT = "checkpoint.bin";

/** What the numbers of metrics.json are. */
const UNITS = {
  train: [
    "−ELBO of the relaxed model (with --hard: of the discrete one), training images, mean over the epoch:",
    "each image once, at the parameters and temperature of its step; nats per image, lower is better",
  ].join(" "),
  testDiscrete: "−ELBO of the discrete model, all test images, nats per image, lower is better",
  testIwae100:
    "100-sample importance-weighted bound of the discrete model, 500 test images, nats per image, lower is better",
  curve: "[gradient steps, the objective `train` averaged since the point before]",
  timing: [
    "of the session that wrote this file, not of earlier ones: `seconds` in all;",
    "`imagesPerSecond` while training, evaluation not counted, 0 when nothing was left to train",
  ].join(" "),
};

/** What surrounds a run. Tests put their own here. */
export interface Surroundings {
  output: NodeJS.WriteStream;
  /** Aborting it ends the run with a checkpoint of the last whole step. */
  signal?: AbortSignal;
  /** What computes, whatever the options say. Whoever gave it ends it. */
  executor?: Executor;
  /** Folder of the IDX files. */
  dataFolder?: string;
}

/**
 * The line of --json. Bounds are −ELBO and the like in nats per image, of the last epoch; lower is better. Times are of this
 * session, as in `Timing`.
 */
export interface Summary {
  seconds: number;
  epochs: number;
  /** Mean over the epoch, each image at the parameters and temperature of its step; the test bounds are of the epoch's end. */
  trainBound: number;
  testBoundDiscrete: number;
  testBoundIwae100: number;
  imagesPerSecond: number;
  seed: number;
}

/**
 * The whole job: check, load, train, evaluate, report. Returns undefined when it was stopped before the last epoch's end.
 * @throws the errors of "reparam", each naming what was wrong, before any training where that can be known.
 */
export async function runJob(
  options: Options,
  { output, signal, dataFolder, executor: given }: Surroundings,
): Promise<Summary | undefined> {
  const watch: Stopwatch = { begun: performance.now(), images: 0, training: 0 };
  // The checkpoint first: a mistyped --resume also names the folder of --out, which must not come to be by that.
  const state = options.resume
    ? restoreState(options.resume, options.given, dataFolder)
    : createState({ ...defaults, ...options.given }, dataFolder);
  let executor: Executor | undefined;
  try {
    prepareFolder(options.out);
    const data = state.work.images();
    if (!options.resume) state.progress.images = data.train.count;
    checkContinuable(state, data.train.count);
    executor = await createExecutor(options);
    const company = { executor: given ?? executor, signal };
    const finished = await trainAndSave(state, data, { options, watch, output, company });
    if (!finished) return undefined;
    const summary = writeReport(state, data, options.out, watch, output);
    if (options.json) output.write(`${JSON.stringify(summary)}\n`);
    return summary;
  } finally {
    await executor?.dispose();
    disposeState(state);
  }
}

interface Stopwatch {
  begun: number;
  /** Images trained on in this session, and the time in it spent on them, ms. */
  images: number;
  training: number;
}

/** What a session of a run has beside its state. */
interface Session {
  options: Options;
  watch: Stopwatch;
  output: NodeJS.WriteStream;
  company: Pick<Company, "executor" | "signal">;
}

/** True when all epochs are done, false when the signal stopped it; either way the checkpoint is written. */
async function trainAndSave(state: State, data: Mnist, { options, watch, output, company }: Session): Promise<boolean> {
  const { settings, progress } = state;
  const folder = options.out;
  const total = settings.epochs * stepsPerEpoch(data.train.count, settings);
  const display = createDisplay(output, settings, total, progress.step);
  display.note(`${data.train.count} training and ${data.test.count} test images, binarized with seed ${settings.seed}`);
  if (isFinished(state))
    display.note(`already finished at step ${total}: nothing left to train, only the report is made again`);
  else if (progress.step > 0) display.note(`going on after step ${progress.step} of ${total}`);
  const who = describeExecutor(options);
  if (who) display.note(who);
  const onEvaluating = (share: number) => display.show({ type: "evaluating", share });
  try {
    let mark = performance.now();
    for await (const event of train(state, data, { ...company, onEvaluating })) {
      if (event.type === "step") {
        watch.images += event.images;
        watch.training += performance.now() - mark;
      }
      if (event.type === "epoch") writeOutput(folder, CHECKPOINT, encodeState(state));
      display.show(event);
      mark = performance.now();
    }
    return true;
  } catch (error) {
    if (error !== company.signal?.reason) throw error;
    const path = writeOutput(folder, CHECKPOINT, encodeState(state));
    display.note(`stopped after step ${progress.step} of ${total}; go on with: npm start -- --resume ${path}`);
    return false;
  } finally {
    display.close();
  }
}

function writeReport(state: State, data: Mnist, folder: string, watch: Stopwatch, output: NodeJS.WriteStream): Summary {
  const { settings, progress } = state;
  const usage = measureUsage(state.parameters, data.test);
  const timing: Timing = {
    seconds: (performance.now() - watch.begun) / 1000,
    imagesPerSecond: watch.images > 0 ? watch.images / (watch.training / 1000) : 0,
  };
  const page = writeOutput(folder, "report.html", renderPage(state, data.test, usage, timing));
  const metrics = { units: UNITS, settings, epochs: progress.history, curve: progress.curve, codeUsage: usage, timing };
  writeOutput(folder, "metrics.json", `${JSON.stringify(metrics, null, 2)}\n`);
  writeOutput(folder, CHECKPOINT, encodeState(state));
  output.write(`report: ${page}\n`);
  const last = progress.history[progress.history.length - 1];
  return {
    seconds: timing.seconds,
    epochs: last.epoch,
    trainBound: last.train,
    testBoundDiscrete: last.testDiscrete,
    testBoundIwae100: last.testIwae100,
    imagesPerSecond: timing.imagesPerSecond,
    seed: settings.seed,
  };
}
