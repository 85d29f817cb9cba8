import { ArgumentError, checkSynchronous, describe, ReparamError, ShapeError } from "../../core/index.ts";
import { Distribution } from "../../distributions/index.ts";
import { broadcastsTo, sameShape, show, sizeOf } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { isOfRelaxed, isRelaxed } from "../bounds/model.ts";
import type { Factor } from "../factor.ts";
import type { Model, Scope } from "./model.ts";
import { type Batch, withColumns } from "./table.ts";

/** Adds the name to those seen. */
export function checkName(kind: string, name: unknown, seen: Set<string>): void {
  if (typeof name !== "string" || name === "")
    throw new ArgumentError(kind, "a name, and no empty one", describe(name));
  if (seen.has(name)) throw new ArgumentError(`${kind} ${name}`, "each name once", "a second of this name");
  seen.add(name);
}

/** Where an error is not of a part that has a name, such as a law that could not be made, it says after which part it came. */
export function runDensity(model: Model<never>, scope: Scope, data: Batch, last: () => string | undefined): void {
  try {
    withColumns("model", data, (columns) =>
      checkSynchronous<unknown>("density", model.density(scope, columns as never)),
    );
  } catch (error) {
    if (!(error instanceof ReparamError) || NAMED.test(error.argument)) throw error;
    const Kind = error.constructor as typeof ReparamError;
    const after = last();
    const where = `model${after === undefined ? "" : `, after ${after}`}`;
    throw Object.assign(new Kind(`${where}: ${error.argument}`, error.expected, error.received), { cause: error });
  }
}

const NAMED = /^(data|density|divergence|factor|guide|latent|local|model|observe|prior)\b/;

export const withoutRows = (name: string): ArgumentError =>
  new ArgumentError(
    `local ${name}`,
    "data, whose rows have one each (latent(...) is one of all)",
    "a model without data",
  );

export function checkLaw(title: string, law: unknown): asserts law is Distribution {
  if (!(law instanceof Distribution)) throw new ArgumentError(title, "a distribution with a density", describe(law));
}

export function checkLatent(name: string, law: unknown): asserts law is Distribution {
  checkLaw(`latent ${name}`, law);
  if (isOfRelaxed(law))
    throw new ArgumentError(
      `latent ${name}`,
      "a distribution with a density of the values that it draws",
      `the straight-through one, which has that of relaxed values, and draws ${law.support.description}`,
    );
}

/** Names the node in which something else went wrong. */
export function titled<T>(title: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof ReparamError) || error.argument.startsWith(title)) throw error;
    const Kind = error.constructor as typeof ReparamError;
    throw new Kind(`${title}, ${error.argument}`, error.expected, error.received);
  }
}

export function checkPair(name: string, { law: q }: Factor, law: Distribution): void {
  // Of a relaxed guide and a discrete prior, or the other way round, there is no bound.
  if (isRelaxed(q) !== isRelaxed(law))
    throw new ArgumentError(
      `guide.${name}`,
      isRelaxed(law) ? "a relaxed law, as the model has" : "no relaxed law, as the model has none",
      `one of ${q.support.description}`,
    );
  const event = `events of ${show(law.eventShape)}`;
  if (!sameShape(q.eventShape, law.eventShape))
    throw new ShapeError(`guide.${name}`, `${event}, as the model's`, show(q.eventShape));
  const own = law.batchShape;
  // One dimension more where it depends on latents: their points.
  const more = own.length - q.batchShape.length;
  const fits = more <= 1 && broadcastsTo(own.slice(Math.max(more, 0)), q.batchShape);
  if (!fits)
    throw new ShapeError(`guide.${name}`, `a batch that ${show(own)} of the model broadcasts to`, show(q.batchShape));
}

/** Where the guide's values may be others than the model's, the density would be one of nothing. */
export function checkPoints(name: string, { law: q }: Factor, { support }: Distribution, points: Tensor): void {
  const isSame = q.support.name === support.name && q.support.description === support.description;
  // The ends of an interval are not in its description.
  if (isSame && support.name !== "interval") return;
  const values = points.toArray();
  const wrong = support.firstOutside(values, points.shape.at(-1) ?? 1, points.shape);
  if (wrong < 0 && q.support.discrete === support.discrete) return;
  const came = wrong < 0 ? "" : `, such as ${values.subarray(wrong, wrong + sizeOf(q.eventShape)).join(", ")}`;
  throw new ArgumentError(
    `guide.${name}`,
    `a law on the values of the model's, ${support.description}`,
    `one of ${q.support.description}${came}`,
  );
}
