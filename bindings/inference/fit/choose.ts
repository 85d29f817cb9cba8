import { ArgumentError, describe } from "../../core/index.ts";
import { sizeOf } from "../../graph/extend.ts";
import type { Estimator } from "../estimator.ts";
import { disarm } from "../estimators/disarm.ts";
import { enumeration } from "../estimators/enumeration.ts";
import { pathwise } from "../estimators/pathwise.ts";
import { rloo } from "../estimators/score-function.ts";
import type { Factor } from "../factor.ts";
import { supportSize } from "../joint.ts";

/** One estimator for the discrete latents, or one for each of some by name; the others have the default. */
export type FitEstimator = Estimator | Readonly<Record<string, Estimator>>;

/** Joint values of a row that are summed over rather than sampled, unless said. */
const FEW = 256;

/**
 * An estimator for each latent. Without a choice, latents with `rsample` have `pathwise()`; the discrete ones of all of the data, or of
 * each row, `enumeration()` where they have 256 values together at most, else `disarm()` where all are bits, else `rloo()`.
 */
export function estimatorsFor(
  levels: readonly { readonly factors: readonly Factor[]; readonly rows: number }[],
  given: FitEstimator | undefined,
): Record<string, Estimator> {
  const names = levels.flatMap(({ factors }) => factors.map(({ name }) => name));
  const isOne = typeof (given as Estimator | undefined)?.estimate === "function";
  const byName = (isOne ? {} : (given ?? {})) as Readonly<Record<string, Estimator>>;
  if (given !== undefined && (typeof given !== "object" || given === null))
    throw new ArgumentError("estimator", "an estimator, or an object of estimators by latent", describe(given));
  for (const [name, each] of Object.entries(byName)) {
    if (!names.includes(name))
      throw new ArgumentError(
        `estimator.${name}`,
        `a latent of the model, which has ${names.join(", ") || "none"}`,
        "another name",
      );
    if (typeof each?.estimate !== "function")
      throw new ArgumentError(`estimator.${name}`, "an estimator, such as rloo()", describe(each));
  }
  const chosen: Record<string, Estimator> = {};
  const smooth = pathwise();
  for (const { factors, rows } of levels) {
    const discrete = factors.filter(({ law, name }) => !law.hasRsample && byName[name] === undefined);
    const usual = discrete.length > 0 ? (isOne ? (given as Estimator) : usualFor(discrete, rows)) : undefined;
    for (const factor of factors)
      chosen[factor.name] = byName[factor.name] ?? (discrete.includes(factor) ? (usual as Estimator) : smooth);
  }
  for (const factor of levels.flatMap(({ factors }) => factors)) {
    const estimator = chosen[factor.name] as Estimator;
    const refused = estimator.refuses(factor);
    if (refused !== undefined)
      throw new ArgumentError(
        `estimator of ${factor.name}`,
        `one that takes this latent: ${estimator.name} wants ${refused}`,
        factor.received,
      );
  }
  return chosen;
}

function usualFor(factors: readonly Factor[], rows: number): Estimator {
  let values = 1;
  for (const factor of factors) {
    if (factor.kind === "other" || !factor.law.hasEnumerateSupport) return rloo();
    const count = supportSize(factor);
    const variables = sizeOf(factor.law.batchShape) / rows;
    for (let i = 0; i < variables && values <= FEW; i++) values *= count;
  }
  if (values <= FEW) return enumeration();
  return factors.every(({ kind }) => kind === "binary") ? disarm() : rloo();
}
