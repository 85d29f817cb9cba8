import { Sampleable } from "../../distributions/index.ts";
import { Parameter } from "../../graph/extend.ts";
import type { Parameters } from "../../graph/index.ts";
import { Factor } from "../factor.ts";
import type { Made, Scope } from "./record.ts";

/** The family of a law; of graph functions that draw, their own name. */
export const familyOf = (law: unknown): string => (typeof law === "string" ? law : (law as object).constructor.name);

/** The latent that a law is of, where an estimate or bound around it has one by name. */
export function latentOf(law: unknown, scope: Scope | undefined): string | undefined {
  for (let at = scope; at; at = at.parent)
    for (const factor of factorsOf(at)) if (factor.law === law && factor.name !== "") return factor.name;
  return undefined;
}

/** The factors that a scope is about. */
function factorsOf({ of }: Scope): readonly Factor[] {
  const given =
    of instanceof Factor ? [of] : Array.isArray(of) ? of : (of as { factors?: unknown } | undefined)?.factors;
  return Array.isArray(given) ? given.filter((each) => each instanceof Factor) : [];
}

/** "Normal.logProb of z", "logJoint", "cost"; undefined of what has nothing to say. */
function titleOf(scope: Scope): string | undefined {
  const { of, what } = scope;
  const latent = (law: unknown): string => {
    const name = latentOf(law, scope);
    return name === undefined ? "" : ` of ${name}`;
  };
  if (what === "repetition") return undefined;
  if (typeof of === "string") return of;
  if (of instanceof Sampleable) return `${familyOf(of)}.${what}${latent(of)}`;
  if (of instanceof Factor)
    return of.name === "" ? `${familyOf(of.law)}.sample` : `${familyOf(of.law)}.sample of ${of.name}`;
  if (what === "klDivergence") return what + latent((of as readonly unknown[])[0]);
  return what;
}

/** "log in logLikelihood", "Normal.logProb of z in logJoint", "parameter weights". */
export function describeMade({ tensor, name, scope }: Made, parameters: Parameters): string {
  if (tensor instanceof Parameter) return titleOfParameter(tensor, parameters);
  const titles: string[] = [];
  let isLaw = true;
  // The innermost, and what a law's own part is in.
  for (let at = scope; at && isLaw; at = at.parent) {
    const title = titleOf(at);
    if (title !== undefined && !titles.includes(title)) titles.push(title);
    isLaw = title === undefined || at.of instanceof Sampleable || at.of instanceof Factor;
  }
  const [first = ""] = titles;
  // Kernels are named after what they are all of.
  const own = name.replace(/OfProbs$/, "").toLowerCase();
  const isAllOfIt =
    own ===
      first
        .replace(/ of .*/, "")
        .replace(".", "")
        .toLowerCase() || own === first.toLowerCase();
  return [...(isAllOfIt ? [] : [name.replace(/Of(Probs)?$/, "")]), ...titles].join(" in ");
}

export function titleOfParameter(tensor: Parameter, parameters: Parameters): string {
  const found = Object.entries(parameters).find(([, each]) => each === tensor);
  return found ? `parameter ${found[0]}` : "a parameter";
}
