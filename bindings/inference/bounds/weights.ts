import { ArgumentError, describe, ShapeError } from "../../core/index.ts";
import type { Distribution } from "../../distributions/index.ts";
import { checkTensor, sameShape, show, sizeOf, Tensor, within } from "../../graph/extend.ts";
import { add, reshape, type Shape, sub, sum } from "../../graph/index.ts";
import { asGiven, type Factor } from "../factor.ts";
import { type LogJoint, namesOf } from "./model.ts";

/** What is subtracted from, and added to, the log joint density of a guide's points. */
export interface Terms {
  /** log q: with its gradient, as a constant of the parameters, or not at all (its part is in a closed form). */
  readonly guide: "whole" | "constant parameters" | "none";
  /** log prior of each factor. */
  readonly priors: readonly Distribution[];
  /** Whether the model has a prior, be it here or in a closed form. */
  readonly hasPrior: boolean;
}

/** log p(x, z) - log q(z) of points of each factor: [n, ...rows]. */
export function logWeights(
  factors: readonly Factor[],
  logJoint: LogJoint<never>,
  { guide, priors, hasPrior }: Terms,
): (points: readonly Tensor[]) => Tensor {
  if (typeof logJoint !== "function")
    throw new ArgumentError("logJoint", "a function of the sample that gives a tensor", describe(logJoint));
  return (points) => {
    let weights = jointOf(factors, logJoint, points, hasPrior);
    const rows = weights.shape.slice(1);
    for (const [i, factor] of factors.entries()) {
      const point = points[i] as Tensor;
      const [prior] = priors.slice(i, i + 1);
      if (prior) weights = add(weights, term(`prior of ${factor.title}`, prior.uncheckedLogProb(point), rows));
      if (guide === "none") continue;
      const law = factor.distribution;
      const logProb = guide === "whole" ? law.uncheckedLogProb(point) : law.logProbOfConstants(point);
      weights = sub(weights, term(factor.title, logProb, rows));
    }
    return weights;
  };
}

/** Sums over what is behind the rows of [...leading, ...rows, ...rest]. */
export function overRest(x: Tensor, shape: Shape): Tensor {
  const size = sizeOf(shape);
  return x.size === size ? reshape(x, shape) : reshape(sum(reshape(x, [size, x.size / size]), { axis: -1 }), shape);
}

function term(title: string, logProb: Tensor, rows: Shape): Tensor {
  checkFinite(title, logProb, "a log density that is finite at the guide's samples");
  return overRest(logProb, [logProb.shape[0] as number, ...rows]);
}

function jointOf(
  factors: readonly Factor[],
  logJoint: LogJoint<never>,
  points: readonly Tensor[],
  hasPrior: boolean,
): Tensor {
  const read = new Set<string | symbol>();
  const sample = asGiven(factors, points);
  const given = sample instanceof Tensor ? sample : watched(sample, factors, read);
  const joint = within(factors, "logJoint", () => (logJoint as (sample: unknown) => unknown)(given));
  if (!(joint instanceof Tensor))
    throw new ArgumentError("logJoint", "a function that gives a tensor", `one that gave ${describe(joint)}`);
  checkTensor("logJoint", joint);
  const n = points[0]?.shape[0] as number;
  const rows = joint.shape.slice(1);
  for (const { title, law } of factors)
    if (joint.shape[0] !== n || !sameShape(rows, law.batchShape.slice(0, rows.length)))
      throw new ShapeError(
        "logJoint",
        `[${n}, ...rows], a log density for each point, rows being the first dimensions of the batch ${show(law.batchShape)} of ${title}`,
        show(joint.shape),
      );
  checkFinite("logJoint", joint, "finite numbers");
  // What only the prior has to say something about is a latent of the model all the same.
  const invented = hasPrior || sample instanceof Tensor ? undefined : factors.find(({ name }) => !read.has(name));
  if (invented)
    throw new ArgumentError(
      invented.title,
      "a latent of the model: logJoint has a density of it",
      "one that logJoint never read",
    );
  return joint;
}

/** The sample by name, which knows what was read, and refuses what the guide does not have. */
const watched = (sample: object, factors: readonly Factor[], read: Set<string | symbol>): object =>
  new Proxy(sample, {
    get(target, name) {
      read.add(name);
      if (typeof name === "symbol" || Object.hasOwn(target, name)) return Reflect.get(target, name);
      throw new ArgumentError(
        "logJoint",
        `latents of the guide, which has ${namesOf(factors)}`,
        `${name}: a latent that the guide forgot`,
      );
    },
  });

function checkFinite(title: string, x: Tensor, expected: string): void {
  const values = x.toArray();
  const wrong = values.findIndex((each) => !Number.isFinite(each));
  if (wrong < 0) return;
  const points = x.shape[0] as number;
  const each = x.size / points;
  const where = each === 1 ? "" : `, element ${wrong % each} of ${show(x.shape.slice(1))}`;
  throw new ArgumentError(title, expected, `${values[wrong]} for point ${Math.floor(wrong / each)}${where}`);
}
