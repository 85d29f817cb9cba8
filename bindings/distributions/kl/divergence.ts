import { ArgumentError, describe } from "../../core/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { Distribution } from "../distribution.ts";
import type { Family, KlForm } from "./form.ts";
import { CLOSED_FORMS } from "./forms.ts";

const registered = new Map<Family, Map<Family, KlForm<never, never>>>();

/** Makes `klDivergence` know a pair of families; a pair that it knows is replaced. */
export function registerKl<P extends Distribution, Q extends Distribution>(
  p: Family<P>,
  q: Family<Q>,
  form: KlForm<P, Q>,
): void {
  for (const [name, family] of Object.entries({ p, q }))
    if (typeof family !== "function" || !(family.prototype instanceof Distribution))
      throw new ArgumentError(name, "a class of distributions", describe(family));
  if (typeof form !== "function") throw new ArgumentError("form", "a function of p and q", describe(form));
  const row = registered.get(p) ?? new Map();
  registered.set(p, row.set(q, form));
}

/**
 * KL(p || q) = E_p[log p - log q] in closed form, in nats.
 *
 * Kullback, Leibler 1951.
 * @throws ArgumentError for a pair of families without a closed form here
 */
export function klDivergence(p: Distribution, q: Distribution): Tensor {
  for (const [name, distribution] of Object.entries({ p, q }))
    if (!(distribution instanceof Distribution))
      throw new ArgumentError(name, "a distribution", describe(distribution));
  const form = formOf(p, q);
  if (form) return form(p as never, q as never);
  throw new ArgumentError(
    "q",
    `a family whose divergence from ${p.constructor.name} is known (registerKl makes it known)`,
    q.constructor.name,
  );
}

/** The form of the nearest ancestors: of p first. */
function formOf(p: Distribution, q: Distribution): KlForm<never, never> | undefined {
  for (const first of ancestry(p))
    for (const second of ancestry(q)) {
      const form =
        registered.get(first)?.get(second) ?? CLOSED_FORMS.find(([P, Q]) => P === first && Q === second)?.[2];
      if (form) return form;
    }
  return undefined;
}

function* ancestry(distribution: Distribution): Generator<Family> {
  for (let at = Object.getPrototypeOf(distribution); at !== Object.prototype; at = Object.getPrototypeOf(at))
    yield at.constructor;
}
