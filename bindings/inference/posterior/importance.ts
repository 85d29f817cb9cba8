import { ArgumentError, checkInteger, checkOptions, describe, ShapeError } from "../../core/index.ts";
import { Sampleable } from "../../distributions/index.ts";
import { checkTensor, show, sizeOf, Tensor } from "../../graph/extend.ts";
import { type Shape, step } from "../../graph/index.ts";
import { checkKey, type Key, named } from "../../random/index.ts";
import type { LogJoint } from "../bounds/model.ts";
import { asGiven, type Factor, type Factors, factorsOf } from "../factor.ts";
import { paretoSmoothed } from "./pareto-smoothed.ts";
import { Posterior } from "./posterior.ts";

/** How many samples of the guide are weighted. */
export interface ImportanceOptions {
  /** Of the samples: of several latents each under `named(key, its name)`. */
  readonly key: Key;
  /** Samples of the guide: 1000 or more tell k to about 0.1. */
  readonly samples: number;
  /** Most samples that are computed at a time, 1024 by default; what comes out does not depend on it. */
  readonly chunk?: number;
}

/**
 * The posterior p(z | x), by samples of a guide q(z) with Pareto-smoothed importance weights w ∝ p(x, z) / q(z): whatever the guide
 * misses, expectations under these weights tend to the exact posterior's, where q(z) > 0 wherever p(x, z) > 0 and k is below its
 * threshold. Runs steps of its own.
 *
 *     const posterior = importance(new Bernoulli({ logits }), (z) => logJoint(z), { key: key(1), samples: 4000 });
 *     posterior.verdicts; posterior.marginals(); posterior.predictive((z) => ...); posterior.resample(key(2), { samples: 100 });
 *
 * Rows, as in `estimate`, are first dimensions of the guide's batch: each element of log p(x, z) depends on its own part of z, and
 * each row has weights of its own.
 *
 * Log densities are float32: with values near 10^4 the log weights are known to about 10^-3.
 * @param guide a distribution or several by name, made of numbers, arrays and parameters; or a function, called in each step, that
 *   makes these (of a network)
 * @param logJoint of points; -Infinity where the joint probability is 0
 * @throws KeyError; ArgumentError (a guide without a density, log densities of NaN or Infinity, all -Infinity in a row); ShapeError (log
 *   densities that are not [n, ...rows])
 */
export function importance<const Q extends Factors>(
  guide: Q | (() => Q),
  logJoint: LogJoint<Q>,
  options: ImportanceOptions,
): Posterior<Q> {
  const { key, samples, chunk = 1024 } = checkOptions(options, ["key", "samples", "chunk"]);
  checkKey(key);
  checkInteger("samples", samples, 1);
  checkInteger("chunk", chunk, 1);
  if (typeof logJoint !== "function") throw new ArgumentError("logJoint", "a function of points", describe(logJoint));
  const factorsIn = (): Factor[] =>
    factorsOf(typeof guide === "function" && !((guide as unknown) instanceof Sampleable) ? guide() : (guide as Q));
  let names: readonly string[] = [];
  const points: Float32Array[] = [];
  let shapes: readonly Shape[] = [];
  let rows: Shape | undefined;
  let logWeights = new Float64Array(0);
  for (let from = 0; from < samples; from += chunk)
    step(
      () => {
        const factors = factorsIn();
        const n = Math.min(chunk, samples - from);
        const drawn = factors.map((factor) => draw(factor, key, from, n));
        const joint = jointOf(logJoint as LogJoint<never>, factors, drawn, rows);
        if (rows === undefined) {
          rows = joint.shape.slice(1);
          names = factors.map(({ name }) => name);
          shapes = factors.map(({ shape }) => shape);
          for (const { size } of factors) points.push(new Float32Array(samples * size));
          logWeights = new Float64Array(samples * sizeOf(rows));
        }
        logWeights.set(logRatios(joint, factors, drawn), from * sizeOf(rows));
        for (const [i, each] of drawn.entries())
          (points[i] as Float32Array).set(each.toArray(), from * (each.size / n));
      },
      { gradients: false },
    );
  // There was a step, which set it: the compiler does not see into its body.
  const rowShape = rows as unknown as Shape;
  const smoothed = paretoSmoothed(logWeights, { rows: sizeOf(rowShape) });
  return new Posterior<Q>(smoothed, { names, shapes, points, samples, rows: rowShape, chunk, factorsIn });
}

/** Samples `from` on, which are the same however many are drawn at a time. */
function draw(factor: Factor, key: Key, from: number, n: number): Tensor {
  const own = factor.name === "" ? key : named(key, factor.name);
  return factor.law.sample(own, { shape: [n], offset: from * factor.size });
}

function jointOf(
  logJoint: LogJoint<never>,
  factors: readonly Factor[],
  drawn: readonly Tensor[],
  rows: Shape | undefined,
): Tensor {
  const n = drawn[0]?.shape[0] as number;
  const joint = logJoint(asGiven(factors, drawn) as never);
  if (!(joint instanceof Tensor))
    throw new ArgumentError("logJoint", "a function that gives a tensor", `one that gave ${describe(joint)}`);
  checkTensor("logJoint", joint);
  const of = joint.shape.slice(1);
  const fits = factors.every(({ law }) => of.every((each, i) => each === law.batchShape[i]));
  if (joint.shape[0] !== n || !fits || (rows !== undefined && show(of) !== show(rows)))
    throw new ShapeError(
      "logJoint",
      `[${n}, ...rows], rows being ${rows ? `${show(rows)}, as before` : "the first dimensions of the batch, or none"}`,
      show(joint.shape),
    );
  return joint;
}

/** log p(x, z) - log q(z), [n × rows]. */
function logRatios(joint: Tensor, factors: readonly Factor[], drawn: readonly Tensor[]): Float64Array {
  const ratios = Float64Array.from(joint.toArray());
  const wrong = ratios.findIndex((each) => Number.isNaN(each) || each === Infinity);
  if (wrong >= 0) {
    const point = Math.floor((wrong * (joint.shape[0] as number)) / joint.size);
    throw new ArgumentError("logJoint", "numbers below Infinity", `${ratios[wrong]} for point ${point}`);
  }
  for (const [i, factor] of factors.entries()) {
    const logs = factor.logProb(drawn[i] as Tensor).toArray();
    const width = logs.length / ratios.length;
    for (let j = 0; j < logs.length; j++) (ratios[Math.floor(j / width)] as number) -= logs[j] as number;
  }
  return ratios;
}
