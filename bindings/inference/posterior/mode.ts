import { checkInteger, checkOptions } from "../../core/index.ts";
import type { Distribution } from "../../distributions/index.ts";
import { expand } from "../../graph/extend.ts";
import { adam, type Schedule, type Shape, step, sum, type Tensor } from "../../graph/index.ts";
import { checkKey, foldIn, type Key, named } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import { Factor } from "../factor.ts";
import type { FitEstimator } from "../fit/choose.ts";
import { type FitProgress, fit } from "../fit/fit.ts";
import type { Guide } from "../guides/guide.ts";
import { meanField } from "../guides/mean-field.ts";
import { Model } from "../model/model.ts";
import { sitesOf } from "../model/sites.ts";
import { type BatchOf, type Data, Table } from "../model/table.ts";
import { type Located, trace } from "../model/trace.ts";

/** How many starts, and how slowly the temperature falls in each. */
export interface ModeOptions {
  /** Of all noise: with the same key, the same bits. */
  readonly key: Key;
  /** Steps of each start: 500 by default. */
  readonly steps?: number;
  /** Starts from other places, of which the best is kept: 4 by default. */
  readonly starts?: number;
  /** Learning rate: 0.05 by default. */
  readonly rate?: number | Schedule;
  /** Temperature of the posterior, p(z | x)^(1 / temperature): from 1 to 0 in a straight line by default. */
  readonly temperature?: Schedule;
  /** As in `fit`. */
  readonly estimator?: FitEstimator;
  /** An AbortSignal, looked at between steps. */
  readonly signal?: Signal;
  /** Called with each report of each start, the number of which is `start` of `starts`, from 0. */
  readonly onProgress?: (progress: FitProgress & { readonly start: number; readonly starts: number }) => unknown;
}

/** One joint value of all latents. */
export interface Mode {
  /** By latent: [...batch, ...event], those of rows [rows, ...]. */
  readonly values: Readonly<
    Record<
      string,
      {
        /** Row-major. */
        readonly values: Float32Array;
        /** [...batch, ...event], of a latent of rows [rows, ...]. */
        readonly shape: Shape;
      }
    >
  >;
  /** log p(x, z) there. */
  readonly logJoint: number;
  /** Of each start, in order. */
  readonly logJoints: readonly number[];
}

/**
 * A joint value of the latents at which p(z | x) is large: a mean-field guide of p(z | x)^(1 / T) is fitted while T falls to 0, where all
 * of its mass is at one place (deterministic annealing). From several starts, of which the best is returned: a mode, not certainly the
 * highest. The model's parameters stay as they are.
 *
 * Rose, Gurewitz, Fox 1990; of mean-field posteriors: Katahira, Watanabe, Okada 2008.
 * @throws (the promise rejects) as `meanField` and `fit`; the signal's reason
 */
export async function mode<B extends BatchOf<B>>(
  model: Model<B>,
  data: Data<B> | undefined,
  options: ModeOptions,
): Promise<Mode> {
  const {
    key,
    steps = 500,
    starts = 4,
    rate = 0.05,
    temperature = { type: "linear", initial: 1, final: 0, steps },
    estimator,
    signal,
    onProgress,
  } = checkOptions(options, ["key", "steps", "starts", "rate", "temperature", "estimator", "signal", "onProgress"]);
  checkKey(key);
  checkInteger("steps", steps, 1);
  checkInteger("starts", starts, 1);
  let best: Mode | undefined;
  const logJoints: number[] = [];
  for (let start = 0; start < starts; start++) {
    const own = foldIn(key, start);
    const guide = meanField(model, data, { key: named(own, "start"), spread: 0.5 });
    // What the model learns is no part of the guide: only this is fitted.
    const fixed = new Model<B>(model.density, {});
    const fitting = fit(fixed, guide, data, {
      key: own,
      steps,
      optimizer: (parameters) => adam(parameters, { rate: 0.05 }),
      schedule: { rate, temperature },
      ...(estimator && { estimator }),
      ...(signal && { signal }),
    });
    try {
      await fitting.run((progress) => onProgress?.({ ...progress, start, starts }));
      const found = atModes(model as Model<never>, guide as Guide<never>, new Table(data));
      logJoints.push(found.logJoint);
      if (!best || found.logJoint > best.logJoint) best = { ...found, logJoints };
    } finally {
      fitting.dispose();
      for (const parameter of Object.values(guide.parameters)) parameter.dispose();
    }
  }
  return best as Mode;
}

/** The likeliest value of each latent under a guide, and the joint density there. */
function atModes(model: Model<never>, guide: Guide<never>, table: Table): Omit<Mode, "logJoints"> {
  const rows = table.rows > 0 ? table.rows : undefined;
  const { rowFactors } = sitesOf(model, table, 1, () => undefined);
  return step(
    () => {
      const data = table.batch(undefined);
      const laws = guide.laws(data as never, { rows: rows ?? 1, indices: undefined, tau: 1 });
      const found = Object.entries(laws).map(([name, law]) => {
        const factor = new Factor(name, law);
        return { name, factor, value: expand(modeOf(law), factor.shape) };
      });
      const latents = new Map<string, Located>(
        found.map(({ name, factor, value }) => [name, { factor, points: expand(value, [1, ...factor.shape]) }]),
      );
      const settings = {
        points: 1,
        rows,
        tau: 1,
        rowFactors,
        latents,
        guide: "none",
        closed: false,
        temperature: 1,
      } as const;
      const { all, each } = trace(model, data, settings);
      const values = found.map(({ name, factor, value }) => [name, { values: value.toArray(), shape: factor.shape }]);
      return { values: Object.fromEntries(values), logJoint: total(all) + total(each) };
    },
    { gradients: false },
  );
}

const total = (part: Tensor | undefined): number => (part ? sum(part).item() : 0);

/** Of a guide that closed in on one value: where it has no mode, its mean is that value. */
const modeOf = (law: Distribution): Tensor => {
  const { mode, mean } = law as Partial<{ mode(): Tensor; mean(): Tensor }>;
  return (mode ?? (mean as () => Tensor)).call(law);
};
