import { ArgumentError, describe } from "../../core/index.ts";
import { broadcast, within } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { Distribution } from "../distribution.ts";
import { type Estimate, type EstimateOptions, exact } from "../relaxed/estimate.ts";
import type { RelaxedBernoulli } from "../relaxed/relaxed-bernoulli.ts";
import type { Family, KlForm } from "./form.ts";
import { closedForms } from "./forms.ts";
import { ESTIMATES, type Relaxed } from "./relaxed.ts";

const registered = new Map<Family, Map<Family, KlForm<never, never>>>();

/**
 * Makes `klDivergence` know a pair of families; a pair that it knows is replaced. Of a relaxed p it hands the tensor out as an
 * estimate of standard error 0, as the type of `klDivergence` has it.
 */
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

/** An estimate from a relaxed p, a tensor from any other; either one where the type of p does not tell. */
export type DivergenceFrom<P> = P extends Relaxed ? Estimate : RelaxedBernoulli extends P ? Tensor | Estimate : Tensor;

/**
 * KL(p || q) = E_p[log p - log q] in nats: in closed form; of relaxed distributions, two of one family, an estimate: by
 * quadrature of the binary ones and of two categories, else from samples of p. It is the divergence of the relaxed laws, which
 * is not that of the discrete ones (Maddison, Mnih, Teh 2017, app. C.2).
 *
 * Kullback, Leibler 1951.
 * @param options of an estimate only: `key`, which samples need, and `samples`
 * @throws ArgumentError (a pair of families without a form here), ShapeError, KeyError (samples without a key)
 */
export function klDivergence<P extends Distribution>(
  p: P,
  q: Distribution,
  options?: P extends Relaxed ? EstimateOptions : undefined,
): DivergenceFrom<P>;
export function klDivergence(p: Distribution, q: Distribution, options?: EstimateOptions): Tensor | Estimate {
  for (const [name, distribution] of Object.entries({ p, q }))
    if (!(distribution instanceof Distribution))
      throw new ArgumentError(name, "a distribution", describe(distribution));
  broadcast(p.batchShape, q.batchShape, "q");
  const form = formOf(p, q);
  const estimated = form ? undefined : ESTIMATES.find(([family]) => p instanceof family && q instanceof family)?.[1];
  if (estimated) return within([p, q], "klDivergence", () => estimated(p as never, q as never, options ?? {}));
  if (form && options !== undefined)
    throw new ArgumentError("options", "none: this has a closed form", describe(options));
  if (form) {
    const value = within([p, q], "klDivergence", () => form(p as never, q as never));
    return ESTIMATES.some(([family]) => p instanceof family) ? exact(value) : value;
  }
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
        registered.get(first)?.get(second) ?? closedForms().find(([P, Q]) => P === first && Q === second)?.[2];
      if (form) return form;
    }
  return undefined;
}

function* ancestry(distribution: Distribution): Generator<Family> {
  for (let at = Object.getPrototypeOf(distribution); at !== Object.prototype; at = Object.getPrototypeOf(at))
    yield at.constructor;
}
